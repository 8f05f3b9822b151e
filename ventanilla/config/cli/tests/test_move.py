"""An installation outgrows SQLite, or comes home to it: every row arrives, also when the copy is cut short."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ventanilla.config.cli.tests.conftest import ROOT, Done, environment

PERSON = ("--account", "Otra", "--name", "Ana", "--password", "Clave.123", "--json")
Ventanilla = Callable[..., Done]


def counts(data: Path) -> dict[str, int]:
    with closing(sqlite3.connect(data / "ventanilla.sqlite3")) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in names
            if not name.startswith("sqlite_")
        }


@pytest.mark.postgres
@pytest.mark.timeout(240)
@pytest.mark.feature("Z-30")
def test_one_command_takes_all_to_postgresql_and_back_also_when_it_is_killed(
    ventanilla: Ventanilla, data: Path, postgres_databases: tuple[str, str]
) -> None:
    url = postgres_databases[0]
    there = {"VENTANILLA_DATABASE_URL": url}
    ventanilla("demo")
    before = counts(data)
    _kill_a_copy_half_way(data, url)
    moved = ventanilla("move", "--to", url, "--json")
    assert moved.code == 0, moved.err
    copied = moved.json["tables"]
    assert copied == {name: count for name, count in before.items() if name in copied}
    # An index is built where it is asked.
    indexes = {name for name in before if name.startswith("search_")}
    assert {"search_build", "search_word"} <= indexes
    assert set(before) - set(copied) == {"django_migrations"} | indexes
    assert before["conversations_message"] > 100
    # Numbers go on after the last, and nothing is read a second time.
    assert ventanilla("createuser", *PERSON, "--email", "one@otra.test", **there).code == 0
    occupied = ventanilla("move", "--to", url, "--json")
    assert occupied.error["code"] == "move_target_in_use"

    (data / "ventanilla.sqlite3").rename(data / "former.sqlite3")
    home = ventanilla("move", "--to", "sqlite", "--json", **there)
    assert home.code == 0, home.err
    back = counts(data)
    assert back["conversations_message"] == before["conversations_message"]
    assert back["accounts_account"] == before["accounts_account"] + 1
    assert back["search_build"] == 0  # the worker builds it
    assert ventanilla("createuser", *PERSON, "--email", "two@otra.test").code == 0
    with closing(sqlite3.connect(data / "ventanilla.sqlite3")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        last = database.execute("SELECT max(id) FROM events_event WHERE id < 1000000").fetchone()[0]
        assert {row[0] for row in database.execute("SELECT position_id FROM events_consumercursor")} == {last}


def _kill_a_copy_half_way(data: Path, url: str) -> None:
    command = [sys.executable, "-m", "ventanilla", "move", "--to", url]
    with subprocess.Popen(command, cwd=ROOT, env=environment(data), stdout=subprocess.DEVNULL) as copying:
        while copying.poll() is None:
            if _noted(url) >= 20:
                copying.send_signal(signal.SIGKILL)
                return
            time.sleep(0.005)


def _noted(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            row = connection.execute("SELECT count(*) FROM ventanilla_transfer").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    return int(row[0]) if row else 0


@pytest.mark.feature("Z-30")
def test_where_it_cannot_go_is_said_and_nothing_is_touched(ventanilla: Ventanilla) -> None:
    ventanilla("createuser", *PERSON, "--email", "one@otra.test")
    same = ventanilla("move", "--to", "sqlite", "--json")
    wrong = ventanilla("move", "--to", "mysql://localhost/x", "--json")
    away = ventanilla("move", "--to", "postgres://nobody@127.0.0.1:1/none", "--json")
    assert [done.error["code"] for done in (same, wrong)] == ["move_same_kind", "bad_setting"]
    assert (away.code, away.error["code"]) == (1, "no_database")
