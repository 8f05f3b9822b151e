"""`ventanilla migrate`: bring the database to this version's shape."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
from collections.abc import Iterator

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from ventanilla.config.cli.doors import newer_database
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.config.schema import shape

log = structlog.get_logger("migrate")

_LOCK = 7_267_348  # any number, the same for every process of ours


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing and say how many steps that were."""
    applied = migrate()
    answer(
        arguments.json,
        text("migrated", count=applied) if applied else text("migrated_nothing"),
        applied=applied,
    )
    return 0


def migrate() -> int:
    """Apply missing migrations, one process at a time; how many there were.

    Stops when the database cannot be reached, or was last used by a newer version.
    """
    try:
        with _alone():
            found = shape()
            if found.newer:
                raise newer_database(found)
            missing = pending()
            if missing:
                call_command("migrate", interactive=False, verbosity=0)
                log.info("database.migrated", count=missing)
            return missing
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error


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
