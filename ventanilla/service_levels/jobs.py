"""When the clock says so: what became due is told, and nothing else is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from django.db.models import QuerySet

from ventanilla.events.timed import timed_job
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.kit.faults import fault_of
from ventanilla.service_levels import commands
from ventanilla.service_levels.models import AppliedSla, SlaPolicy, Spread

log = structlog.get_logger("service_levels")

_BATCH = 200
_MOST = 20_000  # clocks a run: the next one follows ten seconds later
_MOST_ODD = 100  # so many at once are no odd clocks but a fault of ours
_RESTORABLE = timedelta(days=1)


@timed_job(name="service_levels.tick", every=timedelta(seconds=10))
def tick() -> int:
    """Warn of promises that come due and tell of those that were missed, however long the server was down. How many."""
    _renew()
    until = commands.read_until()
    done = _by_batches(
        commands.due_clocks(until), partial(commands.tell_due, until=until), where="service_levels.tick"
    )
    if done:
        log.info("service_levels.told", clocks=done)
    return done


def _renew() -> None:
    """Reckon anew what changed thresholds or hours made stale, and give clocks where the first promise was made."""
    row_by_row.each(list(Spread.objects.all()), _spread, where="service_levels.spread")
    stale = AppliedSla.objects.filter(is_stale=True).order_by("pk")
    _by_batches(stale, commands.reckon_stale, where="service_levels.stale")


def _by_batches(clocks: QuerySet[AppliedSla], act: Callable[..., int], *, where: str) -> int:
    """Act on them, many at once and in order; a clock that breaks its batch is found by halving, and left out. How many.

    `act(clocks, at_most=…)` is one transaction, and says on how many it acted.
    """
    done, size = 0, _BATCH
    odd: list[int] = []
    while done < _MOST and len(odd) < _MOST_ODD:
        waiting = clocks.exclude(pk__in=odd)
        try:
            found = act(waiting, at_most=size)
        except Exception as error:
            if fault_of(error) is not None:
                raise
            if size > 1:
                size //= 2
                continue
            first = list(waiting[:1])
            if not row_by_row.each(first, lambda one: act(clocks.filter(pk=one.pk), at_most=1), where=where):
                odd += [one.pk for one in first]
            size = _BATCH
            continue
        done += found
        if found < size:
            break
    return done


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
