"""An empty SQLite database with every migration applied, made once for each state of the migrations and copied.

Applying them costs many seconds of processor time, and each test process, command and product under test begins with
an empty database of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import django

ROOT = Path(__file__).parents[2]
_FOLDER = ROOT / ".state" / "templates"
NAME = "ventanilla.sqlite3"


def place(folder: Path) -> None:
    """Put a migrated, empty database into `folder`, which is made as an installation's own is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy(folder / NAME)


def copy(target: Path) -> None:
    """Write a migrated, empty database to `target`."""
    shutil.copyfile(_migrated(), target)
    target.chmod(0o600)


@cache
def prepare() -> None:
    """Make it where it is not there yet: some ten seconds, a minute on a busy machine."""
    _migrated()


def _migrated() -> Path:
    path = _FOLDER / f"{_digest()}.sqlite3"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in _FOLDER.glob("*.sqlite3"):
                old.unlink()
            _make(path)
    return path


def _digest() -> str:
    total = hashlib.sha256(django.__version__.encode())
    for file in sorted((ROOT / "ventanilla").glob("*/migrations/*.py")):
        total.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return total.hexdigest()[:24]


def _make(path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("VENTANILLA_", "DJANGO"))
        }
        command = [sys.executable, "-m", "ventanilla", "migrate", "--data", folder]
        subprocess.run(command, cwd=ROOT, env=kept, check=True, capture_output=True)  # noqa: S603
        with sqlite3.connect(Path(folder) / NAME) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # all in the one file that is copied
        database.close()
        (Path(folder) / NAME).replace(path)
