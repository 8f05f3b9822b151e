"""`ventanilla upgrade`: bring older data to this version, after a backup; `--check` says what that would do."""

from __future__ import annotations

import argparse
import shutil

import msgspec
from django.conf import settings
from django.db import DatabaseError

from ventanilla import __version__
from ventanilla.config.backups import making
from ventanilla.config.cli import migrate, pending
from ventanilla.config.cli.doors import newer_database
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.config.schema import shape

CHANGES_WAIT = 3  # the exit code of `--check` when there is something to do and nothing in its way
_BACKUP_BYTES_PER_SECOND = 40_000_000  # made and proved, on a slow disk
_ROWS_PER_SECOND = 50_000
_STEP_SECONDS = 0.3


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade would do. Bytes and seconds; `rooms` has how many changes each room waits for."""

    version: str
    changes: int
    rooms: dict[str, int]
    rewrites: list[pending.Rewrite]
    backup_to: str
    needed_bytes: int
    free_bytes: int
    seconds: int


def run(arguments: argparse.Namespace) -> int:
    """Do it, or say what it would do."""
    if not arguments.check:
        return migrate.run(arguments)
    try:
        found = shape()
        if found.newer:
            raise newer_database(found)
        plan = _plan()
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error
    answer(arguments.json, "\n".join(_lines(plan)), **msgspec.to_builtins(plan))
    if not plan.changes:
        return 0
    return 1 if plan.needed_bytes > plan.free_bytes else CHANGES_WAIT


def _plan() -> Plan:
    steps = pending.steps()
    rewrites = pending.rewrites(steps)
    rooms: dict[str, int] = {}
    for step in steps:
        rooms[step.app_label] = rooms.get(step.app_label, 0) + 1
    makes_backup = bool(steps) and settings.BACKUP_BEFORE_UPGRADE and migrate.has_data()
    size = making.database_bytes()
    needed = (making.room_needed(with_files=False) if makes_backup else 0) + (size if rewrites else 0)
    place = migrate.backup_place() if makes_backup else None
    seconds = len(steps) * _STEP_SECONDS + sum(one.rows for one in rewrites) / _ROWS_PER_SECOND
    seconds += size / _BACKUP_BYTES_PER_SECOND if makes_backup else 0
    return Plan(
        version=__version__,
        changes=len(steps),
        rooms=rooms,
        rewrites=rewrites,
        backup_to=place.shown if place is not None else "",
        needed_bytes=needed,
        free_bytes=shutil.disk_usage(place.scratch if place is not None else settings.DATA).free,
        seconds=round(seconds + 0.5) if steps else 0,
    )


def _lines(plan: Plan) -> list[str]:
    if not plan.changes:
        return [text("plan_nothing", version=plan.version)]
    rooms = ", ".join(f"{room} ({count})" for room, count in sorted(plan.rooms.items()))
    lines = [text("plan_changes", version=plan.version, count=plan.changes), text("plan_rooms", rooms=rooms)]
    lines += [text("plan_rewrite", table=one.table, rows=one.rows) for one in plan.rewrites]
    lines.append(text("plan_backup", place=plan.backup_to) if plan.backup_to else text("plan_no_backup"))
    sizes = {"needed": f"{plan.needed_bytes / 1e6:.0f}", "free": f"{plan.free_bytes / 1e6:.0f}"}
    lines.append(text("plan_room" if plan.needed_bytes <= plan.free_bytes else "plan_no_room", **sizes))
    lines.append(text("plan_time", seconds=plan.seconds))
    return lines
