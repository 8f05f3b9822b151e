"""From the tray: tables are written one at a time in a worker. Killed in the middle, the next one goes on behind the last
part that was kept: a part counts from the moment at which the row says so.
"""

from __future__ import annotations

import time
from datetime import timedelta

import structlog
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from ventanilla.events import claims, wakeup
from ventanilla.events.timed import timed_job
from ventanilla.exports import commands
from ventanilla.exports.commands import BELL, FOLDER, KEPT_FOR, CannotGoOn, Over
from ventanilla.exports.models import Export
from ventanilla.exports.selectors import AT_WORK
from ventanilla.kit import row_by_row, storage
from ventanilla.kit.clock import now, still_good
from ventanilla.kit.conditions import InvalidCondition
from ventanilla.kit.faults import fault_of

log = structlog.get_logger("exports")

# Between batches others read: an export is in no hurry.
_REST_SECONDS = 0.002
_LINES_KEPT_FOR = timedelta(days=365)


@wakeup.rung_by(BELL, every_seconds=5.0)
def work_on_exports() -> int:
    """Write one table as far as it goes; 0 when none waits. A tray of the worker."""
    claim = claims.new()
    mine = Export.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        export = _claim(claim)
        if export is None:
            return 0
        claims.keep_alive()
        try:
            _work(export, claim)
        except Over:
            pass
        finally:
            mine.update(claim="", claimed_until=None)
    return 1


def _work(export: Export, claim: str) -> None:
    try:
        commands.work(export, claim=claim, rest=lambda: time.sleep(_REST_SECONDS))
    except CannotGoOn as end:
        commands.fail(export, claim=claim, problem=end.problem)
    except FileNotFoundError:
        commands.fail(export, claim=claim, problem="parts_gone")
    except InvalidCondition:  # an attribute that it named was deleted meanwhile
        commands.fail(export, claim=claim, problem="filter_gone")
    except Over:
        raise
    except Exception as error:
        # The database comes back, and it goes on where it is; a question that it refuses it would refuse each time, and
        # every table behind this one would wait.
        if isinstance(error, DatabaseError) and fault_of(error) is not None:
            raise
        log.exception("exports.failed", export_id=export.pk)
        commands.fail(export, claim=claim, problem="failed")


@transaction.atomic
def _claim(claim: str) -> Export | None:
    waiting = Export.objects.filter(state__in=AT_WORK).select_related("account", "created_by").order_by("pk")
    if not waiting.exists():
        return None
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    moment = now()
    for export in waiting:
        if export.claim and not claims.is_lost(export.claim, export.claimed_until, at=moment):
            continue
        export.claim, export.claimed_until = claim, moment + claims.LEASE
        export.state, export.started_at = Export.State.RUNNING, export.started_at or moment
        export.save(update_fields=["claim", "claimed_until", "state", "started_at"])
        return export
    return None


@timed_job(name="exports.forget", every=timedelta(hours=1))
def forget_old() -> None:
    """Files go after their time, lines a year after they were made, and what a killed worker kept for nothing."""
    over = Export.objects.filter(state=Export.State.DONE).exclude(still_good("expires_at", life=KEPT_FOR))
    row_by_row.each(over.order_by("pk")[:100], commands.expire, where="exports.forget")
    old = Export.objects.filter(created_at__lt=now() - _LINES_KEPT_FOR).exclude(state__in=AT_WORK)
    Export.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:1000])).delete()
    day = (now() - KEPT_FOR - timedelta(days=2)).date()
    for key in storage.keys_of_day(FOLDER, day):
        default_storage.delete(key)
