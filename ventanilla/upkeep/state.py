"""The last backup, whether it was proved, and what keeps the next one from being made: for health, doctor and the screen.

The list of tries is in the database, so every machine tells the same (upkeep.models).
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.conf import settings

from ventanilla.kit.clock import now
from ventanilla.upkeep import selectors
from ventanilla.upkeep.schedule import shown_place, slot_after
from ventanilla.upkeep.words import failure, unproved


class LastBackup(msgspec.Struct, frozen=True):
    """The newest whole backup: when, its bytes and files, where, and when it was restored elsewhere and counted.

    `unverified` says in words why it was not; "" when it was.
    """

    made_at: datetime
    bytes: int
    files: int = 0
    place: str = ""
    name: str = ""
    is_encrypted: bool = False
    verified_at: datetime | None = None
    unverified: str = ""
    unverified_code: str = ""


class BackupState(msgspec.Struct, frozen=True, kw_only=True):
    """How backups are doing. `error` says in words why the newest try failed, "" when it did not; `said` is the system's.

    `next_at` is null while no backups are made by the clock.
    """

    last: LastBackup | None
    error: str
    error_code: str
    said: str
    failed_at: datetime | None
    failures: int
    is_running: bool
    place: str
    next_at: datetime | None


def last_backup() -> LastBackup | None:
    """The newest backup, or None."""
    run = selectors.newest_good()
    if run is None:
        return None
    return LastBackup(
        made_at=run.started_at,
        bytes=run.bytes,
        files=run.files,
        place=run.place,
        name=run.name,
        is_encrypted=run.is_encrypted,
        verified_at=run.verified_at,
        unverified=str(unproved(run.unverified)) if run.unverified else "",
        unverified_code=run.unverified,
    )


def backup_state() -> BackupState:
    """The last backup, the last failure after it, and the schedule."""
    newest, failures = selectors.newest_ended(), selectors.failures_in_a_row()
    failed = newest if failures else None
    return BackupState(
        last=last_backup(),
        error=str(failure(failed.error)) if failed else "",
        error_code=failed.error if failed else "",
        said=failed.said if failed else "",
        failed_at=failed.finished_at if failed else None,
        failures=failures,
        is_running=selectors.running() is not None,
        place=shown_place(settings.BACKUP_TO),
        next_at=slot_after(now(), settings.BACKUP_AT) if settings.BACKUP_TO else None,
    )
