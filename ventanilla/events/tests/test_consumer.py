from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from ventanilla.events import consumer as consumers
from ventanilla.events.consumer import Consumer, drain_log, lag_of, retry_set_aside, run_once
from ventanilla.events.log import LoggedEvent, record
from ventanilla.events.models import ConsumerCursor, SetAsideEvent, TimedJob
from ventanilla.events.tests.facts import Cracked, Listener, Rang, settle

pytestmark = pytest.mark.django_db(transaction=True)


def ring(*bell_ids: int) -> None:
    with transaction.atomic():
        for bell_id in bell_ids:
            record(Rang(account_id=1, bell_id=bell_id))
    settle()


class Fragile(Consumer):
    """Writes a row per bell and breaks at the bells it was told about."""

    name = "fragile"

    def __init__(self, *, breaks_at: set[int]) -> None:
        self.breaks_at = breaks_at

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            TimedJob.objects.create(name=f"bell {event.payload['bell_id']}", next_run_at=timezone.now())
            if event.payload["bell_id"] in self.breaks_at:
                raise ValueError("cracked")


def rows() -> list[str]:
    return sorted(TimedJob.objects.values_list("name", flat=True))


def test_each_event_is_handled_once():
    listener = Listener()
    ring(1, 2)
    run_once(listener)
    ring(3)
    run_once(listener)

    assert run_once(listener) == 0
    assert listener.heard == [1, 2, 3]


def test_a_consumer_hears_only_what_it_subscribes_to():
    listener = Listener()
    with transaction.atomic():
        record(Cracked(account_id=1, bell_id=9))
        record(Rang(account_id=1, bell_id=1))
    settle()

    assert run_once(listener) == 1
    assert listener.heard == [1]


def test_a_consumer_that_is_added_later_may_start_at_the_end():
    class Latecomer(Listener):
        name = "latecomer"
        from_beginning = False

    ring(1)
    latecomer = Latecomer()
    run_once(latecomer)
    ring(2)
    run_once(latecomer)

    assert latecomer.heard == [2]


def test_many_events_of_other_names_are_skipped_for_good(monkeypatch):
    monkeypatch.setattr(consumers, "SKIP_AHEAD", 3)
    listener = Listener()
    run_once(listener)
    with transaction.atomic():
        for bell_id in range(5):
            record(Cracked(account_id=1, bell_id=bell_id))
    settle()

    run_once(listener)
    moved = ConsumerCursor.objects.get(pk="listener").position_id
    ring(1)
    run_once(listener)

    assert moved >= 5
    assert listener.heard == [1]


def test_rows_and_cursor_move_together_and_one_bad_event_holds_the_next_until_its_turn():
    fragile = Fragile(breaks_at={2})
    ring(1, 2, 3)

    handled = run_once(fragile)

    assert handled == 1
    assert rows() == ["bell 1"]
    assert run_once(fragile) == 0  # it waits before it tries again
    assert lag_of(fragile).failures == 1


def test_a_failing_event_is_tried_again_after_a_pause():
    fragile = Fragile(breaks_at={1})
    ring(1, 2)
    run_once(fragile)
    fragile.breaks_at = set()

    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        run_once(fragile)
        run_once(fragile)

    assert rows() == ["bell 1", "bell 2"]
    assert lag_of(fragile).failures == 0


def test_an_event_that_never_works_is_set_aside_and_the_rest_goes_on():
    fragile = Fragile(breaks_at={2})
    ring(1, 2, 3)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(consumers.MAX_ATTEMPTS + 1):
            run_once(fragile)
            clock.shift(timedelta(minutes=2))

    assert rows() == ["bell 1", "bell 3"]
    aside = SetAsideEvent.objects.get()
    assert (aside.consumer, aside.name, aside.attempts) == ("fragile", "bell.rang", consumers.MAX_ATTEMPTS)
    assert "cracked" in aside.error
    assert lag_of(fragile).set_aside == 1


def test_an_event_that_was_set_aside_can_be_run_again():
    fragile = Fragile(breaks_at={1})
    ring(1)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(consumers.MAX_ATTEMPTS):
            run_once(fragile)
            clock.shift(timedelta(minutes=2))
    aside = SetAsideEvent.objects.get()

    with pytest.raises(ValueError):
        retry_set_aside(fragile, aside)
    fragile.breaks_at = set()
    retry_set_aside(fragile, aside)

    assert rows() == ["bell 1"]
    assert SetAsideEvent.objects.count() == 0


def test_two_workers_never_handle_the_same_event():
    class Slow(Listener):
        name = "slow"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            super().handle(events)
            inside.set()
            may_end.wait(5)

    inside, may_end = threading.Event(), threading.Event()
    ring(1, 2)
    first, second = Slow(), Listener()
    second.name = "slow"  # type: ignore[misc]
    run_once(Listener())  # so that both workers find a database that is warm

    def work() -> None:
        try:
            run_once(first)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(5)
    if connection.vendor == "postgresql":
        assert run_once(second) == 0  # does not wait either
    may_end.set()
    worker.join(5)
    run_once(second)

    assert first.heard == [1, 2]
    assert second.heard == []


def test_lag_counts_what_waits_and_how_long():
    listener = Listener()
    with time_machine.travel(timezone.now() - timedelta(seconds=30)):
        ring(1, 2, 3)

    before = lag_of(listener)
    run_once(listener)
    after = lag_of(listener)

    assert (before.events, after.events) == (3, 0)
    assert 29 < before.seconds < 40
    assert after.seconds == 0


@pytest.mark.django_db
def test_draining_runs_consumers_until_they_have_nothing_left_to_say():
    class Echo(Consumer):
        name = "echo"

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            for event in events:
                if event.payload["bell_id"] < 3:
                    record(Rang(account_id=1, bell_id=event.payload["bell_id"] + 1), caused_by=event.id)

    listener = Listener()
    with transaction.atomic():  # never committed: the test's own transaction goes around it
        record(Rang(account_id=1, bell_id=1))
        drain_log([listener, Echo()])

        assert listener.heard == [1, 2, 3]


@pytest.mark.feature("Z-28")
def test_a_transaction_is_bounded_by_time_and_everything_is_handled_once_all_the_same():
    class Slow(Listener):
        name = "slow"

        def __init__(self) -> None:
            super().__init__()
            self.slices: list[int] = []

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            time.sleep(0.005 * len(events))
            self.slices.append(len(events))
            super().handle(events)

    slow = Slow()
    ring(*range(1, 101))
    turns = []
    while handled := run_once(slow):
        turns.append(handled)

    assert slow.heard == list(range(1, 101))
    assert max(turns) <= 24  # of five milliseconds each: some 50, and what one slice takes
    assert len(turns) >= 4


def test_quick_work_needs_few_transactions():
    listener = Listener()
    ring(*range(1, 401))

    turns = 0
    while run_once(listener):
        turns += 1

    assert listener.heard == list(range(1, 401))
    assert turns <= 5
