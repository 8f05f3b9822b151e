"""`ventanilla migrate`: bring the database to this version's shape."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from ventanilla.accounts.models import Account
from ventanilla.config.backups.places import FolderPlace, Place, place_of
from ventanilla.config.backups.run import beginning, new_name
from ventanilla.config.backups.run import run as make
from ventanilla.config.cli.doors import newer_database
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.config.schema import shape
from ventanilla.upkeep.models import BackupRun

log = structlog.get_logger("migrate")

_KEPT = 3  # backups in DATA/before-upgrade
_LOCK = 7_267_348  # any number, the same for every process of ours


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing, after a backup, and say how many steps that were."""
    applied = migrate(told=_by_log if arguments.json else _by_lines)
    answer(
        arguments.json,
        text("migrated", count=applied) if applied else text("migrated_nothing"),
        applied=applied,
    )
    return 0


class Told(Protocol):
    """Who hears how far it is: the step's sentence in texts.toml (`upgrade_<step>`) and what fills it."""

    def __call__(self, step: str, **values: object) -> None: ...


def _by_lines(step: str, **values: object) -> None:
    print(text(f"upgrade_{step}", **values), file=sys.stderr, flush=True)


def _by_log(step: str, **values: object) -> None:
    log.info(f"upgrade.{step}", **values)


def _to_no_one(step: str, **values: object) -> None:
    del step, values


def migrate(*, told: Told = _by_lines) -> int:
    """Apply missing migrations, one process at a time; how many there were. Where there is data, after a backup.

    Stops when the database cannot be reached, was last used by a newer version, or the backup cannot be made.
    """
    try:
        with _alone():
            found = shape()
            if found.newer:
                raise newer_database(found)
            missing = pending()
            if missing:
                begun = time.monotonic()
                in_sight = told if has_data() else _to_no_one  # an empty database takes every step there is
                if has_data() and settings.BACKUP_BEFORE_UPGRADE:
                    _back_up(in_sight)
                call_command(_Steps(in_sight, missing), interactive=False, verbosity=1, stdout=io.StringIO())
                in_sight("done", count=missing, seconds=f"{time.monotonic() - begun:.0f}")
                log.info("database.migrated", count=missing)
            return missing
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error


def has_data() -> bool:
    """Whether there is somebody's data to lose."""
    table = Account._meta.db_table
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
        return cursor.fetchone() is not None


def backup_place() -> Place:
    """Where the backup before an upgrade is made: where the settings say, else a folder in the data folder."""
    if settings.BACKUP_TO:
        return place_of(settings.BACKUP_TO)
    folder = Path(settings.DATA) / "before-upgrade"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FolderPlace(folder)


def _back_up(told: Told) -> None:
    place, begun = backup_place(), time.monotonic()
    told("backup", place=place.shown)
    try:
        made = make(place, new_name(), cause=BackupRun.Cause.UPGRADE, with_files=False)
    except Stop as stop:
        raise Stop("upgrade_without_backup", reason=stop.sentence()) from stop
    told(
        "backed_up", name=made.name, size=f"{made.bytes / 1e6:.1f}", seconds=f"{time.monotonic() - begun:.0f}"
    )
    if not settings.BACKUP_TO:  # there no rule lets any go
        for old in sorted(kept.name for kept in place.names(beginning()))[:-_KEPT]:
            place.remove(old)


class _Steps(MigrateCommand):
    """Django's own command, which says each step as it begins and how long it took."""

    def __init__(self, told: Told, count: int) -> None:
        super().__init__()
        self._told, self._count, self._number, self._begun = told, count, 0, 0.0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_start":
            self._number, self._begun = self._number + 1, time.monotonic()
        elif action == "apply_success":
            seconds = f"{time.monotonic() - self._begun:.1f}"
            self._told("step", number=self._number, count=self._count, name=str(migration), seconds=seconds)


def pending() -> int:
    """How many migrations are missing in the database."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process migrate at a time: by a lock of the server's on PostgreSQL, else of the data folder."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with (settings.DATA / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
