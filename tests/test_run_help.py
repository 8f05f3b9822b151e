"""`scripts/run --help` answers at once, in a checkout where nothing is installed, and installs nothing for it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_a_question_for_help_installs_nothing_first(word: str, tmp_path: Path) -> None:
    for folder in ("scripts", "ventanilla"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "static", "*.mo")
        )
    env = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    before = sorted(tmp_path.iterdir())
    done = subprocess.run(
        [tmp_path / "scripts" / "run", word],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "serve" in done.stdout
    assert sorted(tmp_path.iterdir()) == before
