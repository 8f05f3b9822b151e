"""When the clock says so: what became due is told, and nothing else is looked at."""

from __future__ import annotations

from datetime import timedelta

import structlog

from ventanilla.events.timed import timed_job
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.service_levels import commands
from ventanilla.service_levels.models import SlaPolicy, Spread

log = structlog.get_logger("service_levels")

_BATCH = 200
_MOST = 20_000  # clocks a run: the next one follows ten seconds later
_RESTORABLE = timedelta(days=1)


@timed_job(name="service_levels.tick", every=timedelta(seconds=10))
def tick() -> int:
    """Warn of promises that come due and tell of those that were missed, however long the server was down. How many."""
    _renew()
    until, done = commands.read_until(), 0
    while done < _MOST:
        found = commands.tell_due(until=until, at_most=_BATCH)
        done += found
        if found < _BATCH:
            break
    if done:
        log.info("service_levels.told", clocks=done)
    return done


def _renew() -> None:
    """Reckon anew what changed thresholds or hours made stale, and give clocks where the first promise was made."""
    row_by_row.each(list(Spread.objects.all()), _spread, where="service_levels.spread")
    done = 0
    while done < _MOST:
        found = commands.reckon_stale(at_most=_BATCH)
        done += found
        if found < _BATCH:
            break


def _spread(row: Spread) -> int:
    done = 0
    while done < _MOST and (found := commands.spread(row, at_most=_BATCH)):
        done += found
    return done


@timed_job(name="service_levels.purge_policies", every=timedelta(hours=1))
def purge_policies() -> int:
    """Delete for good what was deleted a day ago and never restored. How many."""
    gone = list(SlaPolicy.objects.filter(deleted_at__lt=now() - _RESTORABLE)[:_BATCH])
    return row_by_row.each(gone, _purge, where="service_levels.purge_policies")


def _purge(policy: SlaPolicy) -> int:
    commands.purge_policy(policy)
    return 1
