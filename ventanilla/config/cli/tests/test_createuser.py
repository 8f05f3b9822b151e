"""`ventanilla createuser` for someone who has a user already: it asks, or says what to do, and changes nothing."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla.config.cli.tests.conftest import ROOT, Done, environment

PERSON = ("--name", "Ana", "--email", "Ana@acme.test", "--password", "Clave.123")
Ventanilla = Callable[..., Done]


@pytest.mark.feature("A-11")
def test_createuser_for_an_address_that_is_known_says_what_to_do_and_changes_nothing(
    ventanilla: Ventanilla, data: Path
) -> None:
    first = ventanilla("createuser", "--account", "Acme", *PERSON, "--json").json
    again = ventanilla("createuser", "--account", "acme", *PERSON, "--json")
    assert (again.error["code"], "ventanilla password ana@acme.test" in again.error["message"]) == (
        "refused",
        True,
    )

    def rows() -> list[object]:
        with sqlite3.connect(data / "ventanilla.sqlite3") as database:
            return [
                database.execute("SELECT name FROM accounts_account").fetchall(),
                database.execute("SELECT name, password FROM accounts_user").fetchall(),
                database.execute("SELECT account_id, role FROM accounts_membership").fetchall(),
            ]

    before = rows()
    elsewhere = ventanilla("createuser", "--account", "Otra", "--role", "administrator", *PERSON, "--json")
    assert elsewhere.error["code"] == "user_known"
    assert all(
        word in elsewhere.error["message"] for word in ("--existing", "ventanilla password ana@acme.test")
    )
    assert rows() == before  # not even the account
    nobody = ("--name", "N", "--email", "n@acme.test", "--existing")
    assert ventanilla("createuser", "--account", "Otra", *nobody, "--json").error["code"] == "no_user"
    assert rows() == before

    known = ("--name", "Otra Ana", "--email", "Ana@acme.test", "--existing", "--json")
    joined = ventanilla("createuser", "--account", "Otra", *known).json
    assert (joined["id"], joined["access_token"]) == (first["id"], first["access_token"])
    assert joined["account_id"] != first["account_id"]
    assert rows()[1] == before[1]


@pytest.mark.parametrize(("said", "code"), [("s", 0), ("\n", 1), ("", 1)])
def test_createuser_asks_at_a_terminal_whether_that_person_is_meant(
    ventanilla: Ventanilla, data: Path, said: str, code: int
) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    ours, theirs = pty.openpty()
    os.write(ours, (said + "\n").encode() if said else b"\x04")
    done = subprocess.run(
        [sys.executable, "-m", "ventanilla", "createuser", "--account", "Otra", *PERSON],
        cwd=ROOT, env=environment(data), stdin=theirs, capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert "it is Ana. Add that person" in done.stdout
