"""Older data comes to this version after a backup and in sight; what would happen is known before."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import migrations, models

from ventanilla.config.cli import pending
from ventanilla.config.cli.tests.conftest import ROOT, Done, environment

pytestmark = [pytest.mark.feature("Z-28"), pytest.mark.timeout(240)]
PERSON = ("--name", "Ana", "--email", "ana@acme.test", "--password", "Clave.123", "--json")
Ventanilla = Callable[..., Done]


def make_older(data: Path, **more: str) -> None:
    """Take a room's tables away, as if its version had never been here."""
    command = [sys.executable, "manage.py", "migrate", "upkeep", "zero"]
    subprocess.run(command, cwd=ROOT, env=environment(data, **more), check=True, capture_output=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def older(request: pytest.FixtureRequest, ventanilla: Ventanilla, data: Path) -> dict[str, str]:
    """An installation with data of an older version; its settings."""
    more: dict[str, str] = {}
    if request.param == "postgresql":
        one, _two = request.getfixturevalue("postgres_databases")
        more = {"VENTANILLA_DATABASE_URL": one}
    assert ventanilla("createuser", "--account", "Acme", *PERSON, **more).code == 0
    make_older(data, **more)
    return more


def test_older_data_is_backed_up_and_brought_to_this_version_in_sight(
    older: dict[str, str], ventanilla: Ventanilla, data: Path, tmp_path: Path
) -> None:
    check = ventanilla("upgrade", "--check", "--json", **older)
    assert check.code == 3, check
    assert set(check.json["rooms"]) == {"upkeep"}
    assert check.json["changes"] == sum(check.json["rooms"].values())
    assert check.json["free_bytes"] > check.json["needed_bytes"] > 0
    assert ventanilla("backup", "--list", **older).code == 1  # looking changed nothing

    done = ventanilla("upgrade", **older)
    assert done.code == 0, done
    lines = done.err.splitlines()
    assert "before-upgrade" in lines[0]
    assert lines[1].startswith("Backup made: ")
    count = check.json["changes"]
    assert any(line.startswith(f"{count}/{count} ") for line in lines)
    assert lines[-1].startswith("Upgrade complete in ")
    assert ventanilla("upgrade", "--check", **older).code == 0

    # The way back: the backup holds the data as the older version left it.
    (made,) = (data / "before-upgrade").iterdir()
    (data / "files").mkdir(exist_ok=True)
    (data / "files" / "photo.png").write_bytes(b"picture")
    assert ventanilla("restore", made, "--yes", **older).code == 0
    assert (data / "files" / "photo.png").exists()  # they were not inside and stayed
    assert ventanilla("upgrade", "--check", **older).code == 3


def test_without_its_backup_nothing_is_changed(ventanilla: Ventanilla, data: Path, tmp_path: Path) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    make_older(data)
    nowhere = {"VENTANILLA_BACKUP_TO": str(tmp_path / "gone")}
    stopped = ventanilla("migrate", "--json", **nowhere)
    assert (stopped.code, stopped.error["code"]) == (1, "upgrade_without_backup")
    assert str(tmp_path / "gone") in stopped.error["message"]
    assert ventanilla("upgrade", "--check").code == 3
    without = ventanilla("migrate", "--json", **nowhere, VENTANILLA_BACKUP_BEFORE_UPGRADE="off")
    assert (without.code, without.json["applied"] > 0) == (0, True)


def test_an_older_program_refuses_newer_data_at_the_check_too(ventanilla: Ventanilla, data: Path) -> None:
    ventanilla("createuser", "--account", "Acme", *PERSON)
    database = sqlite3.connect(data / "ventanilla.sqlite3")
    database.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('upkeep', '9999_new', '2030-01-01')"
    )
    database.commit()
    database.close()
    for words in (("upgrade", "--check", "--json"), ("upgrade", "--json")):
        done = ventanilla(*words)
        assert (done.code, done.error["code"]) == (1, "newer_database")


@pytest.mark.django_db
def test_a_large_table_that_is_written_anew_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    step = migrations.Migration("0099_more", "conversations")
    step.operations = [
        migrations.AddField("message", "weight", models.IntegerField(default=0)),
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
    ]
    assert pending.rewrites([step]) == []
    monkeypatch.setattr(pending, "LARGE_ROWS", 0)
    assert pending.rewrites([step]) == [pending.Rewrite("conversations_message", 0)]
