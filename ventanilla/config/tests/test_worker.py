from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, transaction

from ventanilla.config.consumers import make_consumers, make_jobs, make_trays
from ventanilla.config.worker import Worker
from ventanilla.events import wakeup
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent, record
from ventanilla.events.models import TimedJob
from ventanilla.events.tests.facts import Listener, Rang
from ventanilla.events.timed import Job

pytestmark = pytest.mark.django_db(transaction=True)


def ring(*bell_ids: int) -> None:
    with transaction.atomic():
        for bell_id in bell_ids:
            record(Rang(account_id=1, bell_id=bell_id))


def eventually(is_so, *, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def work():
    workers: list[Worker] = []

    def start(*consumers: Consumer, jobs=(), trays=None) -> Worker:
        worker = Worker(consumers=consumers, jobs=jobs, trays=trays or {})
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()


def test_a_consumer_hears_of_an_event_at_once(work):
    listener = Listener()
    work(listener)
    ring(1)
    assert eventually(lambda: listener.heard == [1])

    began = time.monotonic()
    ring(2)

    assert eventually(lambda: listener.heard == [1, 2])
    assert time.monotonic() - began < 0.5  # by the wake-up: the slow look comes once a second


def test_what_was_recorded_while_no_worker_ran_is_handled_at_the_start(work):
    listener = Listener()
    ring(1, 2, 3)

    work(listener)

    assert eventually(lambda: listener.heard == [1, 2, 3])


def test_a_consumer_that_fails_does_not_keep_the_others_from_working(work):
    class Broken(Listener):
        name = "broken"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            raise ValueError("cracked")

    listener = Listener()
    work(Broken(), listener)
    ring(1)

    assert eventually(lambda: listener.heard == [1])


def test_a_database_that_was_away_is_nobodys_failed_attempt(work):
    class Unlucky(Listener):
        name = "unlucky"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            if not self.batches:
                self.batches.append(0)
                raise OperationalError("the server closed the connection unexpectedly")
            super().handle(events)

    unlucky = Unlucky()
    work(unlucky)
    ring(1)

    assert eventually(lambda: unlucky.heard == [1])


def test_two_workers_share_the_log_without_doing_anything_twice(work):
    first, second = Listener(), Listener()
    work(first)
    work(second)
    for bell_id in range(50):
        ring(bell_id)

    assert eventually(lambda: len(first.heard) + len(second.heard) >= 50)
    assert sorted(first.heard + second.heard) == list(range(50))


def test_timed_jobs_run_when_their_time_comes(work):
    struck = threading.Event()
    work(jobs=[Job(name="bell", every=timedelta(hours=1), run=struck.set, at_most=timedelta(minutes=1))])

    assert struck.wait(5)
    assert eventually(lambda: TimedJob.objects.filter(name="bell", last_run_at__isnull=False).exists())


def test_a_tray_is_emptied_when_something_is_recorded(work):
    left = [3]
    looks: list[int] = []

    def empty() -> int:
        looks.append(left[0])
        taken, left[0] = min(2, left[0]), max(0, left[0] - 2)
        return taken

    work(trays={"tests.empty": empty})

    assert eventually(lambda: left == [0])
    left[0] = 1
    ring(1)
    assert eventually(lambda: left == [0], seconds=0.7)


def test_stopping_lets_a_batch_end(work):
    class Slow(Listener):
        name = "slow"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            began.set()
            time.sleep(0.3)
            super().handle(events)

    began = threading.Event()
    slow = Slow()
    worker = work(slow)
    ring(1)
    assert began.wait(5)

    assert worker.stop()
    assert slow.heard == [1]


def test_a_tray_is_looked_at_as_soon_as_a_consumer_has_worked(work):
    """A consumer's row in a tray is no event of its own."""
    lies: list[int] = []
    taken: list[float] = []

    class Sender(Listener):
        name = "sender"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            time.sleep(0.1)  # long after the event's own wake-up
            lies.append(1)

    def empty() -> int:
        if not lies:
            return 0
        lies.clear()
        taken.append(time.monotonic())
        return 1

    work(Sender(), trays={"tests.empty": empty})
    time.sleep(0.3)
    began = time.monotonic()
    ring(1)

    assert eventually(lambda: taken)
    assert taken[0] - began < 0.5


def test_a_consumer_is_not_troubled_with_events_it_does_not_listen_to(work):
    asked: list[str] = []

    class Deaf(Listener):
        name = "deaf"
        subscribes = frozenset({"bell.cracked"})

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            asked.append(self.name)

    listener = Listener()
    work(Deaf(), listener)
    ring(1)
    assert eventually(lambda: listener.heard == [1])
    ring(2)
    assert eventually(lambda: listener.heard == [1, 2])

    assert "deaf" not in asked


def test_a_tray_with_a_bell_is_looked_at_when_it_rings_and_not_at_every_commit(work):
    looks: list[float] = []

    @wakeup.rung_by("tests.tray")
    def empty() -> int:
        looks.append(time.monotonic())
        return 0

    work(trays={"tests.empty": empty})
    assert eventually(lambda: looks)
    before = len(looks)
    for bell_id in range(20):
        ring(bell_id)
        time.sleep(0.03)
    by_the_clock = len(looks) - before
    with transaction.atomic():
        wakeup.ring("tests.tray")
        wakeup.ring("tests.tray")
        rung = time.monotonic()
        before = len(looks)

    assert by_the_clock <= 2
    assert eventually(lambda: len(looks) > before)
    assert looks[before] - rung < 0.5


def test_everything_that_is_listed_exists():
    consumers = make_consumers()

    assert len({consumer.name for consumer in consumers}) == len(consumers)
    assert all(callable(tray) for tray in make_trays().values())
    assert all(job.every > timedelta(0) for job in make_jobs())


@pytest.mark.sqlite
@pytest.mark.slow
def test_a_worker_process_ends_gracefully_when_told_to(tmp_path):
    environment = {
        **os.environ,
        "VENTANILLA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
        "VENTANILLA_LOG_LEVEL": "info",
    }
    begin = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "print('ready', flush=True)\n"
        "from ventanilla.config.worker import Worker\n"
        "raise SystemExit(Worker().run_until_signal())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", begin],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert any("worker.started" in line for line in process.stdout)

    process.send_signal(signal.SIGTERM)

    assert process.wait(30) == 0
