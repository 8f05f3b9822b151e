"""A worker dies in the middle of an import: the next one goes on at the very row, and nothing is there twice."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, Done, environment

ROWS = 4_000
_PERSON = (
    "--account",
    "Acme",
    "--email",
    "ana@acme.test",
    "--name",
    "Ana",
    "--password",
    "Clave.123",
    "--json",
)
_BEGIN = """
import io
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.imports import begin_import
rows = "".join(f"P{n},{'mal' if not n %% 100 else f'p{n}@example.com'}\\n" for n in range(%d))
begin_import(Account.objects.get(), content=io.BytesIO(("nombre,correo\\n" + rows).encode()), filename="a.csv",
             by=User.objects.get(), at_once=True)
"""


@pytest.mark.feature("P-03")
def test_an_import_outlives_its_workers(ventanilla: Callable[..., Done], data: Path) -> None:
    assert ventanilla("createuser", *_PERSON).code == 0
    script = [sys.executable, "manage.py", "shell", "-c", _BEGIN % ROWS]
    subprocess.run(script, cwd=ROOT, env=environment(data), check=True, capture_output=True)
    seen: list[int] = []
    for least in (1, ROWS // 2):
        _work_and_die(data, once_read=least)
        read, created, refused = _numbers(data)
        seen.append(read)
        assert read == created + refused == created + _count(data, "contacts_refusedrow")
        assert created == _count(data, "contacts_contact") == _count(data, "contacts_importedcontact")
    assert 0 < seen[0] < seen[1] < ROWS
    _work_and_die(data, once_read=ROWS)
    assert _numbers(data) == (ROWS, ROWS - ROWS // 100, ROWS // 100)
    assert _count(data, "contacts_contact") == ROWS - ROWS // 100
    assert _state(data) == "done"


def _work_and_die(data: Path, *, once_read: int) -> None:
    """A worker of its own, killed without a word when so many rows are in."""
    command = [sys.executable, "-m", "ventanilla", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(data), stderr=subprocess.DEVNULL) as worker:
        try:
            until = time.monotonic() + 45
            while time.monotonic() < until:
                if _numbers(data)[0] >= once_read and (once_read < ROWS or _state(data) == "done"):
                    return
                time.sleep(0.01)
            raise AssertionError(f"the import stands still at {_numbers(data)}")
        finally:
            worker.kill()


def _ask(data: Path, question: str) -> tuple[object, ...]:
    with sqlite3.connect(data / "ventanilla.sqlite3", timeout=20) as database:
        return tuple(database.execute(question).fetchone())


def _numbers(data: Path) -> tuple[int, int, int]:
    read, created, refused = _ask(data, "SELECT read, created, refused FROM contacts_contactimport")
    return int(str(read)), int(str(created)), int(str(refused))


def _state(data: Path) -> str:
    return str(_ask(data, "SELECT state FROM contacts_contactimport")[0])


def _count(data: Path, table: str) -> int:
    return int(str(_ask(data, f"SELECT count(*) FROM {table}")[0]))
