"""Work by the clock: a registry of timed jobs, and claims so that one worker at a time runs each.

Rooms register theirs in jobs.py:

    @timed_job(name="conversations.wake_snoozed", every=timedelta(minutes=1))
    def wake_snoozed() -> None: ...
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from ventanilla.events import claims
from ventanilla.events.log import prune
from ventanilla.events.models import TimedJob
from ventanilla.kit import statistics
from ventanilla.kit.clock import is_over, now

log = structlog.get_logger("events")

_MAX_PAUSE_AFTER_FAILURE = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """A timed job. A claim on it ends with its process, or after `at_most`: one that takes longer may be started again."""

    name: str
    every: timedelta
    run: Callable[[], object]
    at_most: timedelta


REGISTRY: dict[str, Job] = {}


def timed_job(
    *, name: str, every: timedelta, at_most: timedelta = timedelta(minutes=15)
) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a function to be run every so often. After downtime it runs once, at once."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        REGISTRY[name] = Job(name=name, every=every, run=function, at_most=at_most)
        return function

    return register


def run_due(jobs: Iterable[Job] | None = None) -> int:
    """Run every job whose time has come and no one else has claimed; returns how many ran, failed ones included."""
    ran = 0
    for job in list(REGISTRY.values()) if jobs is None else jobs:
        claim = claims.new()
        with claims.holding(claim, _renewal(job, claim)):
            if _claim(job, claim):
                claims.keep_alive()
                _run(job)
                ran += 1
    return ran


def seconds_to_next(jobs: Iterable[Job] | None = None) -> float:
    """How long until the next job is due; 0 when one is. A job that has never run is due."""
    chosen = list(REGISTRY.values()) if jobs is None else list(jobs)
    rows = {row.pk: row for row in TimedJob.objects.filter(pk__in=[job.name for job in chosen])}
    moment = now()
    waits = [
        0.0
        if (row := rows.get(job.name)) is None or _is_due(job, row, moment)
        else (row.next_run_at - moment).total_seconds()
        for job in chosen
    ]
    return max(0.0, min(waits, default=60.0))


def _is_due(job: Job, row: TimedJob, moment: datetime) -> bool:
    """Whether its time has come, or was planned by a clock that ran ahead."""
    longest = _pause(job, row.failures) if row.failures else job.every
    return is_over(row.next_run_at, longest=longest, at=moment)


def _claim(job: Job, claim: str) -> bool:
    """Take the job if it is due and no one works on it. One statement decides between workers."""
    moment = now()
    # Reading first keeps an idle worker from SQLite's write lock.
    row = TimedJob.objects.filter(pk=job.name).first()
    if row is None:
        row, _made = TimedJob.objects.get_or_create(name=job.name, defaults={"next_run_at": moment})
    if not _is_due(job, row, moment):
        return False
    if row.claim and not claims.is_lost(row.claim, row.claimed_until, at=moment):
        return False
    # Unchanged since it was read: the claim of another worker would have changed it.
    unchanged = TimedJob.objects.filter(pk=job.name, next_run_at=row.next_run_at, claim=row.claim)
    return unchanged.update(claim=claim, claimed_until=moment + claims.LEASE) == 1


def _renewal(job: Job, claim: str) -> Callable[[], object]:
    ends_at = time.monotonic() + job.at_most.total_seconds()

    def renew() -> None:
        if time.monotonic() < ends_at:
            mine = TimedJob.objects.filter(name=job.name, claim=claim)
            mine.update(claimed_until=now() + claims.LEASE)

    return renew


def _run(job: Job) -> None:
    started_at, began = now(), time.monotonic()
    error = ""
    try:
        job.run()
    except Exception:
        error = traceback.format_exc()[-4_000:]
        log.exception("timed_job.failed", job=job.name)
    with transaction.atomic():
        row = TimedJob.objects.get(pk=job.name)
        row.failures = row.failures + 1 if error else 0
        row.last_error = error
        row.last_run_at = started_at
        row.last_seconds = time.monotonic() - began
        row.next_run_at = now() + (_pause(job, row.failures) if error else job.every)
        row.claim, row.claimed_until = "", None
        row.save()


def _pause(job: Job, failures: int) -> timedelta:
    """After a failure: the usual interval or a minute, whichever is shorter, doubled each time up to an hour."""
    doubled: int = 2 ** min(failures - 1, 10)
    return min(min(job.every, timedelta(minutes=1)) * doubled, max(_MAX_PAUSE_AFTER_FAILURE, job.every))


@timed_job(name="events.prune_log", every=timedelta(hours=6))
def prune_log() -> None:
    """Delete events past retention."""
    prune()


@timed_job(name="events.count_tables_anew", every=timedelta(hours=6))
def count_tables_anew() -> None:
    """Let the database know how large its tables are: by that it chooses its indexes."""
    statistics.refresh()
