"""A worker that starts with a wrong place for files says so, in one sentence, and works on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, environment
from ventanilla.testing import template
from ventanilla.testing.mailbox import free_port


@pytest.mark.feature("Z-28")
def test_a_worker_says_at_its_start_that_files_cannot_be_kept(tmp_path: Path) -> None:
    data = tmp_path / "data"
    template.place(data)
    env = environment(
        data,
        LANG="es_ES.UTF-8",
        VENTANILLA_SECRET_KEY="k" * 50,
        VENTANILLA_STORAGE_URL=f"s3://key:secret@127.0.0.1:{free_port()}/bucket?scheme=http",
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "ventanilla", "worker"], env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    limit = Timer(60, worker.kill)
    limit.start()
    try:
        assert worker.stderr is not None
        said = next((line for line in worker.stderr if "VENTANILLA_STORAGE_URL" in line), "")
        assert "No se pueden guardar archivos" in said
        assert worker.poll() is None  # everything else works
    finally:
        limit.cancel()
        worker.terminate()
        worker.wait(30)
