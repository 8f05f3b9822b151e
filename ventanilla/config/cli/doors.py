"""What each command does where the database is not of its own version: the same rule at every door."""

from __future__ import annotations

import sys
import time

from django.db import DatabaseError

from ventanilla.config.cli.output import Stop
from ventanilla.config.cli.texts import text
from ventanilla.config.schema import Shape, shape

# Bring the database up to date themselves, or (doctor, restore) say or settle what is wrong with it.
_THEIR_OWN = frozenset(
    {"address", "createplatformapp", "createuser", "demo", "doctor", "migrate", "restore", "upgrade"}
)
# A copy of what is there needs only tables that every version has, and is wanted just before a migration.
_TAKES_OLDER = frozenset({"backup"})
# Long-lived ones wait: on several machines one of them migrates while the others start.
_WAIT = frozenset({"web", "worker"})
_LOOK_SECONDS = 1.0
_SAY_SECONDS = 30.0


def check(command: str) -> None:
    """Stop, or wait with a word, until `command` may work on this database."""
    if command in _THEIR_OWN:
        return
    if command in _WAIT:
        _wait_for_migration()
        return
    found = _look()
    if found.missing and command not in _TAKES_OLDER:
        raise Stop("not_migrated")


def newer_database(found: Shape) -> Stop:
    """The reason to stop when a newer program has changed the database."""
    return Stop("newer_database", names=", ".join(f"{app}.{name}" for app, name in found.newer))


def _look() -> Shape:
    try:
        found = shape()
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error
    if found.newer:
        raise newer_database(found)
    return found


def _wait_for_migration() -> None:
    said_at = -_SAY_SECONDS
    while found := _look().missing:
        if time.monotonic() - said_at >= _SAY_SECONDS:
            said_at = time.monotonic()
            print(text("waiting_for_migration", count=len(found)), file=sys.stderr, flush=True)
        time.sleep(_LOOK_SECONDS)
