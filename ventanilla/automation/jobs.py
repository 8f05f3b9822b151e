"""When macros are run, and when what is left of them goes."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.db import DatabaseError

from ventanilla.automation.commands.macros import purge_macro
from ventanilla.automation.commands.runs import BELL, advance
from ventanilla.automation.models import Macro, MacroRun
from ventanilla.automation.selectors import deleted_macros, runs_under_way
from ventanilla.events import wakeup
from ventanilla.events.timed import timed_job
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now

log = structlog.get_logger("automation")

_RESTORABLE = timedelta(days=1)
_RUNS_KEPT = timedelta(days=30)
_BATCH = 100
_LONGEST_TURN_SECONDS = 2.0  # a long run lets others have a turn


@wakeup.rung_by(BELL)
def run_macros() -> int:
    """Do the steps of all runs that are under way; how many. A tray of the worker."""
    return sum(_run(run_id) for run_id in runs_under_way())


def _run(run_id: int) -> int:
    done, began = 0, time.monotonic()
    try:
        while time.monotonic() - began < _LONGEST_TURN_SECONDS and advance(run_id):
            done += 1
    except DatabaseError:
        log.warning("macro.put_off", run=run_id, exc_info=True)
    return done


@timed_job(name="automation.purge_macros", every=timedelta(hours=1))
def purge_macros() -> int:
    """Delete for good the macros that were deleted a day ago, and runs of a month ago. How many macros."""
    gone = list(deleted_macros(before=now() - _RESTORABLE)[:_BATCH])
    old = (
        MacroRun.objects.filter(created_at__lt=now() - _RUNS_KEPT).order_by("pk").values_list("pk", flat=True)
    )
    MacroRun.objects.filter(pk__in=list(old[:_BATCH])).delete()
    return row_by_row.each(gone, _purge, where="automation.purge_macros")


def _purge(macro: Macro) -> int:
    purge_macro(macro)
    return 1
