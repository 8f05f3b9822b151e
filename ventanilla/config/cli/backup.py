"""`ventanilla backup`: a consistent copy while the server runs, proved by restoring it elsewhere."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError

from ventanilla.accounts.models import Account
from ventanilla.config.backups.keeping import moment_of
from ventanilla.config.backups.places import FolderPlace, Place, place_of
from ventanilla.config.backups.run import Made, beginning, new_name
from ventanilla.config.backups.run import run as make
from ventanilla.config.cli.children import follow
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import text
from ventanilla.upkeep.models import BackupRun

_NICE = 10  # who answers customers goes first


def run(arguments: argparse.Namespace) -> int:
    """Make a backup, or list them."""
    if arguments.list:
        return _list(arguments)
    if arguments.scheduled:
        _be_a_child(arguments.lifeline)
    place, name = _where(arguments.file)
    if arguments.file:
        place.check(0)
    if not _has_accounts():
        raise Stop("backup_of_nothing", path=settings.DATA)
    cause = BackupRun.Cause.SCHEDULE if arguments.scheduled else BackupRun.Cause.COMMAND
    is_wished_there = not arguments.file
    made = make(
        place,
        name,
        cause=cause,
        proved=not arguments.no_proof,
        by_rule=is_wished_there,
        told=_tell,
    )
    _answer(arguments, place, made)
    return 0


def _be_a_child(lifeline: int | None) -> None:
    """End with the worker that began this, tidily, and let others have the processor first."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    follow(lifeline)
    os.nice(_NICE)


def _tell(step: str) -> None:
    """Which step begins, on the error stream of someone who watches."""
    if sys.stderr.isatty():
        print(text(f"backup_step_{step}"), file=sys.stderr, flush=True)


def _where(file: str | None) -> tuple[Place, str]:
    """The place and the name there: of the file that was given, else where the settings say."""
    if file is None:
        if not settings.BACKUP_TO:
            raise Stop("backup_nowhere")
        return place_of(settings.BACKUP_TO), new_name()
    target = Path(file).expanduser().absolute()
    if target.exists():
        raise Stop("backup_exists", file=target)
    return FolderPlace(target.parent), target.name


def _has_accounts() -> bool:
    """Whether anyone was ever here: a copy of an empty database is a copy of the wrong folder."""
    try:
        return Account.objects.exists()
    except DatabaseError:
        return False


def _answer(arguments: argparse.Namespace, place: Place, made: Made) -> None:
    files = len(made.manifest.files)
    shown = f"{place.shown}/{made.name}"
    lines = [
        text(
            "backup_done", file=shown, size=f"{made.bytes / 1_000_000:.1f}", files=files, folder=settings.DATA
        )
    ]
    if made.manifest.storage == "s3":
        lines.append(text("backup_without_files"))
    if made.is_proved:
        rows = sum(made.manifest.counts.values())
        lines.append(text("backup_proved", rows=rows))
    elif made.unverified != "not_asked":
        lines.append(text("backup_unproved", reason=unproved(made.unverified, made.said)))
    if made.removed:
        lines.append(text("backup_removed", count=len(made.removed)))
    answer(
        arguments.json, "\n".join(lines), file=shown, bytes=made.bytes, files=files, engine=made.manifest.engine,
        proved=made.is_proved, reason=made.unverified or None, encrypted=bool(settings.BACKUP_KEY),
        removed=made.removed,
    )  # fmt: skip


def unproved(code: str, said: str) -> str:
    """Why a backup could not be tried, in words."""
    key = f"unproved_{code}" if code in {"no_scratch_database", "not_restored"} else "unproved_other"
    return text(key, reason=said or code)


def _list(arguments: argparse.Namespace) -> int:
    """The backups of this installation that are kept where the settings say, newest first."""
    if not settings.BACKUP_TO:
        raise Stop("backup_nowhere")
    place = place_of(settings.BACKUP_TO)
    found = sorted(place.names(beginning()), reverse=True)
    rows = [(kept, moment) for kept in found if (moment := moment_of(kept.name, beginning=beginning()))]
    lines = [
        f"{moment:%Y-%m-%d %H:%M} UTC  {kept.size / 1_000_000:>10.1f} MB  {kept.name}"
        for kept, moment in rows
    ]
    answer(
        arguments.json,
        "\n".join(lines) or text("backup_none", place=place.shown),
        place=place.shown,
        backups=[{"name": kept.name, "bytes": kept.size, "made_at": moment} for kept, moment in rows],
    )
    return 0
