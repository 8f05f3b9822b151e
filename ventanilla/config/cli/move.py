"""`ventanilla move`: take the installation from SQLite to PostgreSQL, or back. What was there stays as it is."""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection, connections

from ventanilla.config import environment
from ventanilla.config.cli import doors
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.startup import PROGRAM
from ventanilla.config.cli.texts import text
from ventanilla.config.consumers import make_consumers
from ventanilla.config.settings import database
from ventanilla.config.transfer import Transfer, Unequal, accounts_in
from ventanilla.events.consumer import lag_of, run_once
from ventanilla.kit import setting_values

TARGET = "target"
_ROUNDS = 10_000
_TELL_SECONDS = 2.0


def run(arguments: argparse.Namespace) -> int:
    """Copy everything, compare the counts, and say which setting to change."""
    url = _address(arguments.to)
    if (connection.vendor == "postgresql") == bool(url):
        raise Stop("move_same_kind", engine=connection.vendor)
    try:
        with _nobody_at_work():
            doors.check("move")  # again, now that no one can change it
            if not url:
                _read_the_log_to_its_end()
            counts = _move(url)
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error
    except Unequal as error:
        raise Stop("move_unequal", table=error.table, source=error.source, target=error.target) from error
    rows = sum(counts.values())
    said = text("moved_to_postgres" if url else "moved_to_sqlite", rows=rows, tables=len(counts))
    answer(arguments.json, said, rows=rows, tables=counts)
    return 0


def _address(given: str) -> str:
    """The address of the target; empty for SQLite."""
    if given == "sqlite":
        return ""
    try:
        return str({option.name: option for option in environment.OPTIONS}["DATABASE_URL"].read(given))
    except setting_values.BadValue as error:
        raise Stop(
            "bad_setting", variable="--to", reason=text(f"setting_{error.key}", **error.values)
        ) from error


def _move(url: str) -> dict[str, int]:
    connections.databases[TARGET] = connections.configure_settings({"default": {}, TARGET: database(url)})[
        TARGET
    ]
    transfer = Transfer("default", TARGET)
    if not transfer.is_begun():
        if found := accounts_in(TARGET):
            raise Stop("move_target_in_use", names=", ".join(found))
        _migrate(url)
    progress = _Progress()
    counts = transfer.run(progress.tell)
    progress.end()
    return counts


def _migrate(url: str) -> None:
    """Give the target its tables, by a process of its own: this one's settings are of the source."""
    env = os.environ | {"VENTANILLA_DATABASE_URL": url}
    done = subprocess.run([*PROGRAM, "migrate"], env=env, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


@contextmanager
def _nobody_at_work() -> Iterator[None]:
    """Keep a server from starting meanwhile. Stops when one runs, on this machine or on the database."""
    with (settings.DATA / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Stop("already_running", path=settings.DATA) from error
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                if others := cursor.fetchone()[0]:
                    raise Stop("move_database_busy", count=others)
        yield


def _read_the_log_to_its_end() -> None:
    """PostgreSQL reads the log in the order of its transactions, which SQLite does not have: let nothing be unread."""
    consumers = make_consumers()
    for _ in range(_ROUNDS):
        if not sum(run_once(consumer) for consumer in consumers):
            break
    behind = [lag.consumer for lag in map(lag_of, consumers) if lag.oldest]
    if behind:
        raise Stop("move_readers_behind", names=", ".join(behind))


class _Progress:
    """A line on the error stream now and then, so that a long copy is seen to continue."""

    def __init__(self) -> None:
        self.next = time.monotonic() + _TELL_SECONDS
        self.told = False

    def tell(self, table: str, rows: int) -> None:
        if time.monotonic() >= self.next and sys.stderr.isatty():
            print(f"\r\033[K{text('moving', table=table, rows=rows)}", end="", file=sys.stderr, flush=True)
            self.next, self.told = time.monotonic() + _TELL_SECONDS / 4, True

    def end(self) -> None:
        if self.told:
            print(file=sys.stderr)
