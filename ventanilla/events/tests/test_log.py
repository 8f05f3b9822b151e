from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from ventanilla.events.consumer import run_once
from ventanilla.events.log import (
    START,
    Actor,
    OutsideTransaction,
    Position,
    adopt_restored_log,
    has_unsettled,
    leave_a_gap,
    oldest_position,
    prune,
    read_after,
    record,
    settled_position,
)
from ventanilla.events.models import ConsumerCursor, Event
from ventanilla.events.tests.facts import Cracked, Listener, Rang, settle
from ventanilla.realtime.live import MAX_CATCH_UP_DISTANCE, where_to_begin


def ring(bell_id: int, *, account_id: int = 1) -> int:
    with transaction.atomic():
        event_id = record(Rang(account_id=account_id, bell_id=bell_id))
    settle()
    return event_id


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(OutsideTransaction):
        record(Rang(account_id=1, bell_id=1))

    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_comes_back_as_it_was_recorded():
    with transaction.atomic():
        cause = record(Rang(account_id=7, bell_id=1))
        record(
            Rang(account_id=7, bell_id=2, changes={"tone": [1, 2]}), actor=Actor("user", 3), caused_by=cause
        )

    settle()
    first, second = read_after(START)

    assert (first.name, first.account_id, first.payload) == ("bell.rang", 7, {"bell_id": 1, "changes": None})
    assert first.actor is None
    assert second.actor == Actor("user", 3)
    assert second.caused_by == cause == first.id
    assert second.as_fact(Rang) == Rang(account_id=7, bell_id=2, changes={"tone": [1, 2]})
    assert abs(timezone.now() - second.occurred_at) < timedelta(seconds=10)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_event():
    with transaction.atomic():
        record(Rang(account_id=1, bell_id=1))
        transaction.set_rollback(True)

    assert read_after(START) == []


@pytest.mark.django_db(transaction=True)
def test_reading_goes_on_after_the_position_and_can_be_narrowed():
    ring(1)
    ring(2, account_id=2)
    with transaction.atomic():
        record(Cracked(account_id=1, bell_id=1))
    ring(3)

    first = read_after(START, limit=1)[0]

    assert [event.payload["bell_id"] for event in read_after(first.position)] == [2, 1, 3]
    assert [event.payload["bell_id"] for event in read_after(START, names={"bell.rang"})] == [1, 2, 3]
    assert [event.name for event in read_after(START, account_id=1)] == [
        "bell.rang",
        "bell.cracked",
        "bell.rang",
    ]
    assert read_after(START, names=()) == []
    assert read_after(settled_position()) == []


@pytest.mark.parametrize("position", [Position(0, 0), Position(0, 12), Position(751, 9), START])
def test_a_position_survives_being_written_down(position):
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "-", "12", "a-b", "1-2-3", "1--2", "1-2; drop table", "9" * 40 + "-1"])
def test_what_is_no_position_is_refused(text):
    with pytest.raises(ValueError):
        Position.parse(text)


class OtherConnection(threading.Thread):
    """Records bell `bell_id` in a transaction of its own and commits only when told to."""

    def __init__(self, bell_id: int) -> None:
        super().__init__(daemon=True)
        self.bell_id = bell_id
        self.recorded = threading.Event()
        self.may_commit = threading.Event()

    def run(self) -> None:
        try:
            with transaction.atomic():
                record(Rang(account_id=1, bell_id=self.bell_id))
                self.recorded.set()
                self.may_commit.wait(10)
        finally:
            connection.close()

    def begin(self) -> None:
        self.start()
        assert self.recorded.wait(10)

    def commit(self) -> None:
        self.may_commit.set()
        self.join(10)


@pytest.mark.postgres
@pytest.mark.feature("Z-01")
@pytest.mark.django_db(transaction=True)
def test_an_event_that_becomes_visible_late_is_lost_by_the_naive_reader_and_not_by_ours():
    start = settled_position()
    naive_seen_up_to = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    slow, quick = OtherConnection(1), OtherConnection(2)
    slow.begin()
    quick.begin()

    quick.commit()
    naive = list(Event.objects.filter(id__gt=naive_seen_up_to).values_list("id", flat=True))
    ours_before = read_after(start)
    waits = has_unsettled(start)
    slow.commit()
    settle()
    naive_late = list(Event.objects.filter(id__gt=naive[-1]).values_list("id", flat=True))
    ours = read_after(start)

    assert len(naive) == 1
    assert naive_late == []  # the naive reader never sees the slow one's event
    assert ours_before == []
    assert waits
    assert sorted(event.payload["bell_id"] for event in ours) == [1, 2]
    assert settled_position() == ours[-1].position
    assert not has_unsettled(settled_position())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_log_restored_into_a_younger_cluster_is_read_in_its_old_order():
    ring(1)
    ring(2)
    listener = Listener()
    assert run_once(listener, limit=1) == 1
    shift = 10**9
    for event in Event.objects.all():
        Event.objects.filter(pk=event.pk).update(xid=event.xid + shift)
    row = ConsumerCursor.objects.get(pk="listener")
    ConsumerCursor.objects.filter(pk="listener").update(position_xid=row.position_xid + shift)
    assert run_once(listener) == 0  # the future never settles

    assert adopt_restored_log()
    ring(3)
    run_once(listener)

    assert listener.heard == [1, 2, 3]
    assert not adopt_restored_log()


@pytest.mark.django_db(transaction=True)
def test_a_restored_log_goes_on_where_nobody_ever_was():
    ring(1)
    lost = ring(2)
    remembered = str(settled_position())
    Event.objects.filter(pk=lost).delete()  # the backup was made before it

    leave_a_gap()

    assert ring(3) > lost + MAX_CATCH_UP_DISTANCE
    assert where_to_begin(remembered) is None
    assert where_to_begin(str(settled_position())) == settled_position()


@pytest.mark.django_db(transaction=True)
def test_retention_deletes_only_what_every_consumer_has_read():
    listener = Listener()
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        for bell_id in (1, 2, 3):
            ring(bell_id)
    run_once(listener, limit=2)
    ring(4)

    assert prune() == 2
    assert [event.payload["bell_id"] for event in read_after(START)] == [3, 4]
    assert oldest_position() > START
    run_once(listener)
    assert prune() == 1
    assert listener.heard == [1, 2, 3, 4]
    assert [event.payload["bell_id"] for event in read_after(START)] == [4]


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_starts_after_everything_was_deleted_starts_at_the_end():
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        ring(1)
    prune()

    position = settled_position()
    ring(2)

    assert [event.payload["bell_id"] for event in read_after(position)] == [2]
