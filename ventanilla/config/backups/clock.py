"""When a backup is due, and its making in a process of its own: it works for minutes and gives its memory back."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from ventanilla.accounts.models import Account
from ventanilla.config.cli.startup import PROGRAM
from ventanilla.kit.clock import now
from ventanilla.upkeep import selectors
from ventanilla.upkeep.schedule import shown_place, slot_before

log = structlog.get_logger("backup")

LOOK_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=2)


def is_due(moment: datetime) -> bool:
    """Whether the last moment of the schedule has no backup yet, and a failed try is long enough ago."""
    place = shown_place(settings.BACKUP_TO)
    if selectors.is_made_since(slot_before(moment, settings.BACKUP_AT), place=place):
        return False
    failures = selectors.failures_in_a_row()
    last = selectors.newest_ended()
    if not failures or last is None or last.finished_at is None:
        return True
    pause: timedelta = min(_FIRST_PAUSE * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
    return bool(moment >= last.finished_at + pause)


class _Child:
    """The process that makes a backup. It is asked now and then whether it ended: no thread waits for it."""

    def __init__(self) -> None:
        # No one writes to this pipe. It ends with this process, however that ends, and then the other one stops.
        reading, self._ours = os.pipe()
        words = [*PROGRAM, "backup", "--scheduled", "--json", "--lifeline", str(reading)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                words, pass_fds=(reading,), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        except OSError:
            os.close(self._ours)
            raise
        finally:
            os.close(reading)

    def has_ended(self) -> bool:
        if self._process.poll() is None:
            return False
        os.close(self._ours)
        if self._process.returncode and self._process.stderr is not None:
            log.warning("backup.not_made", said=self._process.stderr.read().strip()[-500:])
        return True


_child: _Child | None = None


def look() -> int:
    """Begin the backup that is due, if one is. One of the worker's trays."""
    global _child
    if _child is not None and _child.has_ended():
        _child = None
    if _child is None and settings.BACKUP_TO and Account.objects.exists() and is_due(now()):
        _child = _Child()
    return 0


look.every_seconds = LOOK_SECONDS  # type: ignore[attr-defined]
