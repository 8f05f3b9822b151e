from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.events import claims
from ventanilla.events.models import TimedJob
from ventanilla.events.timed import Job, run_due, seconds_to_next

pytestmark = pytest.mark.django_db


class Bell:
    def __init__(self, *, breaks: bool = False) -> None:
        self.strokes = 0
        self.breaks = breaks
        self.job = Job(name="bell", every=timedelta(minutes=5), run=self.strike, at_most=timedelta(minutes=1))

    def strike(self) -> None:
        self.strokes += 1
        if self.breaks:
            raise ValueError("cracked")


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_a_job_runs_at_once_and_then_at_its_interval(clock):
    bell = Bell()

    assert run_due([bell.job]) == 1
    assert run_due([bell.job]) == 0
    assert seconds_to_next([bell.job]) == 300
    clock.shift(timedelta(minutes=5))
    assert run_due([bell.job]) == 1


def test_after_downtime_a_job_runs_once_and_not_once_per_missed_time(clock):
    bell = Bell()
    run_due([bell.job])
    clock.shift(timedelta(days=1))

    run_due([bell.job])
    run_due([bell.job])

    assert bell.strokes == 2


def test_a_job_claimed_by_a_worker_elsewhere_is_left_alone_until_the_claim_runs_out(clock):
    bell = Bell()
    now = timezone.now()
    TimedJob.objects.create(
        name="bell", next_run_at=now, claim="other/b/1/7/9#1", claimed_until=now + claims.LEASE
    )

    assert run_due([bell.job]) == 0
    clock.shift(claims.LEASE + timedelta(seconds=1))
    assert run_due([bell.job]) == 1


def test_a_job_of_a_worker_of_this_machine_that_is_gone_runs_at_once(clock):
    bell = Bell()
    now = timezone.now()
    gone = subprocess.Popen(["true"])
    gone.wait()
    place = claims.process_name().rsplit("/", 2)[0]
    TimedJob.objects.create(
        name="bell", next_run_at=now, claim=f"{place}/{gone.pid}/1#1", claimed_until=now + timedelta(hours=2)
    )

    assert run_due([bell.job]) == 1
    assert TimedJob.objects.get().claim == ""


def test_a_failing_job_is_tried_again_sooner_and_its_error_kept(clock):
    bell = Bell(breaks=True)
    run_due([bell.job])

    row = TimedJob.objects.get()
    assert (row.failures, seconds_to_next([bell.job])) == (1, 60)
    assert "cracked" in row.last_error

    bell.breaks = False
    clock.shift(timedelta(minutes=1))
    run_due([bell.job])
    row.refresh_from_db()
    assert (row.failures, row.last_error, seconds_to_next([bell.job])) == (0, "", 300)
