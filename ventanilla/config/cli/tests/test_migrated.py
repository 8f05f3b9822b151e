"""A start asks without Django whether there is something to migrate, and asks the command whenever it is not sure."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.apps import apps

from ventanilla.config import schema
from ventanilla.config.cli import migrated
from ventanilla.testing import template

GIVEN = {"DATABASE_URL": "", "SECRET_KEY": "of-the-environment"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    template.place(tmp_path / "data")
    return tmp_path / "data"


def _change(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "ventanilla.sqlite3") as database:
        database.execute(statement)


def test_files_name_the_same_migrations_as_django() -> None:
    assert migrated.known() == schema._known()
    assert all(Path(config.path).name == config.label for config in apps.get_app_configs())


def test_a_current_database_needs_no_command(folder: Path) -> None:
    assert migrated.is_current(folder, GIVEN)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM django_migrations WHERE app = 'search'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('accounts', '9999_future', '2030-01-01')",
        "DROP TABLE django_migrations",
    ],
)
def test_any_difference_is_the_commands_to_look_at(folder: Path, change: str) -> None:
    _change(folder, change)
    assert not migrated.is_current(folder, GIVEN)


def test_what_cannot_be_asked_is_the_commands_too(folder: Path, tmp_path: Path) -> None:
    assert not migrated.is_current(folder, GIVEN | {"DATABASE_URL": "postgres://elsewhere/ventanilla"})
    assert not migrated.is_current(folder, GIVEN | {"SECRET_KEY": ""})
    assert not migrated.is_current(tmp_path / "nothing", GIVEN)
    assert not (tmp_path / "nothing").exists()
    (folder / "ventanilla.sqlite3").write_bytes(b"no database at all" * 100)
    assert not migrated.is_current(folder, GIVEN)
