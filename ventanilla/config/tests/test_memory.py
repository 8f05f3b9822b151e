"""What an idle process does without: libraries that only some of its work needs come with the first of that work
(docs/adr/0017-a-start-loads-what-it-serves.md).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, environment

SELDOM = {
    "PIL", "aiosmtpd", "anymail", "babel", "charset_normalizer", "dns", "dkim", "fido2", "httpx", "icalendar", "idna",
    "imapclient", "jwt", "linkify_it", "liquid", "markdown_it", "regex", "segno", "ua_parser",
}  # fmt: skip
# What the other kind of process is made of.
NOT_HERE = {"web": set[str](), "worker": {"ninja", "prometheus_client", "starlette", "uvicorn", "websockets"}}
START = """
import importlib, json, sys
from ventanilla.config.cli import startup
startup.use_data_folder(None)
importlib.import_module("ventanilla.config.cli.with_django").ready(sys.argv[1])
if sys.argv[1] == "web":
    import ventanilla.config.asgi
    from django.urls import get_resolver
    get_resolver().url_patterns
else:
    from ventanilla.config import consumers, worker
    consumers.make_consumers(), consumers.make_jobs(), consumers.make_trays()
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("process", ["web", "worker"])
def test_an_idle_process_holds_no_library_that_only_some_work_needs(tmp_path: Path, process: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, process],
        cwd=ROOT, env=environment(tmp_path / "data"), capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) & (SELDOM | NOT_HERE[process]) == set()
