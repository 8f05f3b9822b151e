"""`ventanilla migrate`: bring the database to this version's shape."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text

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
            refuse_newer_database()
            missing = pending()
            if missing:
                call_command("migrate", interactive=False, verbosity=0)
            return missing
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error


def pending() -> int:
    """How many migrations are missing in the database."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_newer_database() -> None:
    """Stop when the database has migrations that this code does not know."""
    if unknown := unknown_migrations():
        raise Stop("newer_database", names=", ".join(unknown))


def unknown_migrations() -> list[str]:
    """Applied migrations of our apps that this code does not have, e.g. after going back to an older version."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations or ())
    apps = {app for app, _ in known}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in apps and (app, name) not in known)


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
