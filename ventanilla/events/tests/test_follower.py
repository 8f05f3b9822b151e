"""One reading of the log for all: what a batch costs, who is left behind by a failure, and how they meet again."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ventanilla.events import consumer as alone
from ventanilla.events.consumer import Consumer, lag_of
from ventanilla.events.follower import Follower
from ventanilla.events.log import LoggedEvent, record
from ventanilla.events.models import ConsumerCursor, SetAsideEvent, TimedJob
from ventanilla.events.tests.facts import Cracked, Listener, Rang, settle

pytestmark = pytest.mark.django_db(transaction=True)


def ring(*bell_ids: int) -> None:
    with transaction.atomic():
        for bell_id in bell_ids:
            record(Rang(account_id=1, bell_id=bell_id))
    settle()


def named(name: str, kind: type[Consumer] = Listener, **kwargs: object) -> Consumer:
    consumer = kind(**kwargs)  # type: ignore[arg-type]
    consumer.name = name  # type: ignore[misc]
    return consumer


class Writing(Consumer):
    """Writes a row per bell, and breaks at the bells it was told about."""

    def __init__(self, *, breaks_at: frozenset[int] = frozenset()) -> None:
        self.breaks_at = breaks_at

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            TimedJob.objects.create(
                name=f"{self.name} {event.payload['bell_id']}", next_run_at=timezone.now()
            )
            if event.payload["bell_id"] in self.breaks_at:
                raise ValueError("cracked")


def written(name: str) -> list[int]:
    rows = TimedJob.objects.filter(name__startswith=f"{name} ").values_list("name", flat=True)
    return sorted(int(row.split()[-1]) for row in rows)


def follow(follower: Follower) -> None:
    for _ in range(200):
        if not follower.turn().more:
            return
    raise AssertionError("it does not come to an end")


def queries_of(listeners: int, *bell_ids: int) -> int:
    ConsumerCursor.objects.all().delete()
    follower = Follower([named(f"listener {number}") for number in range(listeners)])
    follow(follower)
    ring(*bell_ids)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        follow(follower)
    return len(asked)


@pytest.mark.feature("Z-28")
def test_a_batch_costs_the_same_statements_for_one_event_and_fifty_and_for_one_listener_and_thirty():
    one = queries_of(1, 1)

    assert queries_of(1, *range(50)) == one
    assert queries_of(30, *range(50)) == one
    assert one <= 6  # the log; BEGIN, the cursors, the move, COMMIT; and the look whether more has come


def test_events_that_nobody_wants_cost_no_transaction():
    listener = Listener()
    follower = Follower([listener])
    ring(1)
    follow(follower)
    with transaction.atomic():
        record(Cracked(account_id=1, bell_id=1))
    settle()

    with CaptureQueriesContext(connection) as asked:
        assert not follower.turn().more

    assert len(asked) == 1
    ring(2)
    follow(follower)
    assert listener.heard == [1, 2]


def test_many_events_that_nobody_wants_move_the_cursors_so_that_the_log_can_be_pruned(monkeypatch):
    monkeypatch.setattr("ventanilla.events.follower.SKIP_AHEAD", 3)
    follower = Follower([Listener()])
    follow(follower)
    with transaction.atomic():
        for bell_id in range(5):
            record(Cracked(account_id=1, bell_id=bell_id))
    settle()

    follow(follower)

    assert ConsumerCursor.objects.get().position_id >= 5


@pytest.mark.feature("Z-28")
def test_one_that_fails_is_left_behind_and_the_others_go_on_and_nobody_does_anything_twice():
    good, bad = named("good", Writing), named("bad", Writing, breaks_at=frozenset({3}))
    follower = Follower([bad, good])
    ring(*range(1, 30))

    follow(follower)

    assert written("good") == list(range(1, 30))
    assert written("bad") == [1, 2]
    assert lag_of(bad).failures == 1
    assert lag_of(good).events == 0


def test_who_was_left_behind_catches_up_and_goes_with_the_others_again():
    good, bad = named("good", Writing), named("bad", Writing, breaks_at=frozenset({3}))
    follower = Follower([good, bad])
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ring(1, 2, 3, 4)
        follow(follower)
        bad.breaks_at = frozenset()  # type: ignore[attr-defined]
        clock.shift(timedelta(seconds=2))
        follow(follower)
        ring(5)
        follow(follower)
        follow(follower)

    assert written("bad") == written("good") == [1, 2, 3, 4, 5]
    places = set(ConsumerCursor.objects.values_list("position_xid", "position_id"))
    assert len(places) == 1


def test_an_event_that_never_works_is_set_aside_and_its_consumer_goes_on():
    good, bad = named("good", Writing), named("bad", Writing, breaks_at=frozenset({2}))
    follower = Follower([good, bad])
    ring(1, 2, 3)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(alone.MAX_ATTEMPTS + 2):
            follow(follower)
            clock.shift(timedelta(minutes=2))

    assert written("bad") == [1, 3]
    assert SetAsideEvent.objects.get().consumer == "bad"


def test_a_consumer_that_comes_later_reads_what_is_kept_and_then_goes_with_the_others():
    old, late = named("old"), named("late")
    first = Follower([old])
    ring(1, 2)
    follow(first)

    both = Follower([old, late])
    follow(both)
    ring(3)
    follow(both)

    assert old.heard == late.heard == [1, 2, 3]  # type: ignore[attr-defined]


@pytest.mark.feature("Z-28")
def test_a_turn_is_bounded_by_time_however_much_waits():
    class Slow(Listener):
        def handle(self, events: Sequence[LoggedEvent]) -> None:
            time.sleep(0.005 * len(events))
            super().handle(events)

    slow, quick = named("slow", Slow), named("quick")
    follower = Follower([slow, quick])
    ring(*range(100))
    turns = []
    while (turn := follower.turn()).more:
        turns.append(turn.handled)

    assert slow.heard == quick.heard == list(range(100))  # type: ignore[attr-defined]
    assert max(turns) <= 16  # of five milliseconds each: thirty, and what one slice takes


def test_two_workers_never_handle_the_same_event_and_the_second_takes_over():
    inside, may_end = threading.Event(), threading.Event()

    class Slow(Listener):
        def handle(self, events: Sequence[LoggedEvent]) -> None:
            super().handle(events)
            inside.set()
            may_end.wait(10)

    first, second = named("shared", Slow), named("shared")
    leading, other = Follower([first]), Follower([second])
    follow(other)  # it has looked at the cursors before the first one moves them
    ring(1, 2)

    def work() -> None:
        try:
            leading.turn()
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(10)
    if connection.vendor == "postgresql":
        assert other.turn().taken_by_another  # does not wait either
    may_end.set()
    worker.join(10)
    follow(other)
    ring(3)
    follow(other)
    follow(other)

    assert first.heard == [1, 2]  # type: ignore[attr-defined]
    assert second.heard == [3]  # type: ignore[attr-defined]


def test_a_consumer_hears_classes_and_gets_typed_facts():
    class Typed(Consumer):
        name = "typed"
        hears = (Rang,)

        def __init__(self) -> None:
            self.heard: list[Rang] = []

        def handle(self, events: Sequence[LoggedEvent]) -> None:
            self.heard += [event.fact for event in events if isinstance(event.fact, Rang)]

    typed = Typed()
    with transaction.atomic():
        record(Cracked(account_id=1, bell_id=9))
        record(Rang(account_id=1, bell_id=1, changes={"tone": [1, 2]}))
    settle()
    follow(Follower([typed]))

    assert typed.heard == [Rang(account_id=1, bell_id=1, changes={"tone": [1, 2]})]
