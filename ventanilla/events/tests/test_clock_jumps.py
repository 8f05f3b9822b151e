"""A clock that jumps ahead and comes back delays nothing: what is planned further ahead than its interval is due."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.config.consumers import make_jobs
from ventanilla.events.models import ConsumerCursor, TimedJob
from ventanilla.events.timed import Job, run_due, seconds_to_next
from ventanilla.kit.clock import SKEW, is_over, over

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C-09")]

JUMPS = [timedelta(minutes=3), timedelta(hours=1), timedelta(days=2), timedelta(days=400)]


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


class Bell:
    def __init__(self, *, every: timedelta, breaks: bool = False) -> None:
        self.strokes, self.breaks = 0, breaks
        self.job = Job(name="bell", every=every, run=self.strike, at_most=timedelta(minutes=1))

    def strike(self) -> None:
        self.strokes += 1
        if self.breaks:
            raise ValueError("cracked")


@pytest.mark.parametrize("jump", JUMPS)
def test_a_job_that_ran_while_the_clock_was_ahead_runs_again_at_once(clock, jump):
    bell = Bell(every=timedelta(minutes=1))
    clock.shift(jump)
    run_due([bell.job])
    clock.shift(-jump)

    assert seconds_to_next([bell.job]) == 0
    assert run_due([bell.job]) == 1
    assert seconds_to_next([bell.job]) == 60


@pytest.mark.parametrize("jump", JUMPS)
def test_a_claim_taken_while_the_clock_was_ahead_does_not_hold(clock, jump):
    bell = Bell(every=timedelta(minutes=1))
    claimed = timezone.now() + jump + timedelta(minutes=1)
    TimedJob.objects.create(name="bell", next_run_at=timezone.now(), claimed_until=claimed)
    assert run_due([bell.job]) == 1


def test_the_pause_after_failures_is_no_jump(clock):
    bell = Bell(every=timedelta(seconds=10), breaks=True)
    for _ in range(12):  # up to an hour between two tries
        clock.shift(timedelta(hours=2))
        assert run_due([bell.job]) == 1
        assert seconds_to_next([bell.job]) > 0
        assert run_due([bell.job]) == 0


def test_no_job_of_the_product_comes_later_than_its_interval_whatever_the_clock_did(clock):
    chance = random.Random(9)
    jobs = [Job(name=job.name, every=job.every, run=lambda: None, at_most=job.at_most) for job in make_jobs()]
    for _ in range(30):
        jump = timedelta(seconds=chance.uniform(0, 10) ** 6)
        clock.shift(jump)
        run_due(chance.sample(jobs, k=chance.randrange(len(jobs))))
        clock.shift(-jump)
        for job in jobs:
            assert seconds_to_next([job]) <= (job.every + SKEW).total_seconds()


def test_what_a_consumer_shall_try_again_is_not_put_off_for_days(clock):
    moment = timezone.now()
    ConsumerCursor.objects.create(name="soon", failures=1, retry_at=moment + timedelta(seconds=30))
    ConsumerCursor.objects.create(name="days", failures=1, retry_at=moment + timedelta(days=2))
    ConsumerCursor.objects.create(name="past", failures=1, retry_at=moment)
    due = ConsumerCursor.objects.filter(over("retry_at", longest=timedelta(seconds=64)))
    assert sorted(due.values_list("name", flat=True)) == ["days", "past"]


def test_rows_and_values_agree(clock):
    moment, longest = timezone.now(), timedelta(minutes=5)
    for seconds in (-90_000, -1, 0, 1, 299, 300, 360, 361, 90_000):
        planned = moment + timedelta(seconds=seconds)
        row = TimedJob.objects.create(name=str(seconds), next_run_at=planned)
        matched = TimedJob.objects.filter(over("next_run_at", longest=longest), pk=row.pk).exists()
        assert is_over(planned, longest=longest) is matched
        assert matched is (seconds <= 0 or seconds > 360)
