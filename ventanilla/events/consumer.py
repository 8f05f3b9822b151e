"""Reading the log from a cursor, each event once.

A consumer's rows and its cursor move in one transaction. The cursor row is locked meanwhile, so two workers
never run the same consumer at once. An event it cannot digest is tried again with growing pauses and then set
aside.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from ventanilla.events.facts import Fact
from ventanilla.events.log import START, LoggedEvent, Position, read_after, settled_position
from ventanilla.events.models import ConsumerCursor, Event, SetAsideEvent
from ventanilla.kit import statements
from ventanilla.kit.clock import is_over

log = structlog.get_logger("events")

SKIP_AHEAD = 500  # events of other names a cursor may trail behind before it is moved for their sake alone
TURN_SECONDS = 0.03  # that a consumer's transaction lasts, as far as its own single steps allow
_FIRST_SLICE = 8
MAX_ATTEMPTS = 6  # then the event is set aside; with the pauses below that is about half a minute
_DRAIN_ROUNDS = 200


LONGEST_PAUSE = timedelta(seconds=2**6)


def _pause(failures: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4, 8, 16 s."""
    return timedelta(seconds=2 ** min(failures - 1, 6))


class Consumer:
    """One reader of the log. Subclasses say their name, which facts they hear and what they do."""

    name: ClassVar[str]
    hears: ClassVar[tuple[type[Fact], ...]] = ()  # `subscribes` by classes
    subscribes: ClassVar[frozenset[str] | None] = None  # None: every event
    # A consumer added to a running installation starts where the log ends unless it asks for what is still
    # kept.
    from_beginning: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        if "hears" in cls.__dict__:
            cls.subscribes = frozenset(kind.name for kind in cls.hears)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        """Write this consumer's own rows for these events. Runs inside the transaction that moves the cursor.

        No outside work here: write a row and let a job do it. May be called again with the same events after
        a failure.
        """
        raise NotImplementedError


def run_once(consumer: Consumer, limit: int = 500, *, until: Position | None = None) -> int:
    """Handle the next batch of one consumer alone, if any, and return how many events were handled or set aside (0:
    nothing to do now). With `until`, it stops at that place.

    A batch that fails is tried again event by event, so that one bad event holds nothing else back. Raises
    OperationalError when the database itself is the trouble; that is no one's failed attempt.
    """
    cursor = cursor_of(consumer)
    if not is_over(cursor.retry_at, longest=LONGEST_PAUSE):
        return 0
    end = until or settled_position()  # before the read: what is settled later must not be skipped
    events = read_after(position_of(cursor), limit=limit, names=consumer.subscribes, until=until)
    if not events:
        _skip_ahead(cursor, end)
        return 0
    if cursor.failures == 0:
        try:
            return _handle(consumer, limit, until)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.warning("consumer.batch_failed", consumer=consumer.name, events=len(events), exc_info=True)
    return _one_by_one(consumer, events)


def _one_by_one(consumer: Consumer, events: Sequence[LoggedEvent]) -> int:
    handled = 0
    for event in events:
        try:
            done = _handle(consumer, 1, event.position)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            return handled + _note_failure(consumer, event, error)
        if done == 0:  # another worker took over
            break
        handled += done
    return handled


@transaction.atomic
def _handle(consumer: Consumer, limit: int, until: Position | None) -> int:
    """Read, handle and move the cursor in one transaction; 0 when another worker holds the cursor.

    Bounded by time, not by the number of events: as long as it lasts no one else writes on SQLite, and on PostgreSQL no
    reader sees what is newer. What is left is the next transaction's.
    """
    cursor = _lock(consumer.name)
    if cursor is None:
        return 0
    events = read_after(position_of(cursor), limit=limit, names=consumer.subscribes, until=until)
    if not events:
        return 0
    began, done, size = time.monotonic(), 0, _FIRST_SLICE
    while done < len(events) and (done == 0 or time.monotonic() - began < TURN_SECONDS):
        consumer.handle(events[done : done + size])
        done = min(done + size, len(events))
        if time.monotonic() - began < TURN_SECONDS / 4:
            size *= 4
    move([consumer.name], events[done - 1].position)
    return done


def _note_failure(consumer: Consumer, event: LoggedEvent, error: Exception) -> int:
    """Count the attempt; after MAX_ATTEMPTS set the event aside. Returns how many events the cursor
    passed."""
    text = "".join(traceback.format_exception(error))[-4_000:]
    with transaction.atomic():
        cursor = _lock(consumer.name)
        if cursor is None or position_of(cursor) >= event.position:
            return 0
        failures = cursor.failures + 1
        if failures < MAX_ATTEMPTS:
            cursor.failures = failures
            cursor.retry_at = timezone.now() + _pause(failures)
            cursor.last_error = text
            cursor.save(update_fields=["failures", "retry_at", "last_error"])
            log.warning(
                "consumer.failed",
                consumer=consumer.name,
                event_name=event.name,
                event_id=event.id,
                attempt=failures,
            )
            return 0
        SetAsideEvent.objects.update_or_create(
            consumer=consumer.name,
            event_id=event.id,
            defaults={
                "event_xid": event.xid,
                "account_id": event.account_id,
                "name": event.name,
                "attempts": failures,
                "error": text,
                "set_aside_at": timezone.now(),
            },
        )
        move([consumer.name], event.position)
    log.error(
        "consumer.set_aside",
        consumer=consumer.name,
        event_name=event.name,
        event_id=event.id,
        error=str(error),
    )
    return 1


@transaction.atomic
def retry_set_aside(consumer: Consumer, row: SetAsideEvent) -> None:
    """Give a set-aside event to its consumer again; the row goes when that succeeds. Raises what the consumer
    raises."""
    before = Event.objects.filter(pk=row.event_id).values_list("xid", "id").first()
    if before is not None:
        # It was settled when it was set aside.
        events = read_after(Position(before[0], before[1] - 1), limit=1, settled=False)
        consumer.handle([event for event in events if event.id == row.event_id])
    row.delete()


def cursor_of(consumer: Consumer) -> ConsumerCursor:
    """Its row, made when it was never seen before."""
    cursor = ConsumerCursor.objects.filter(pk=consumer.name).first()
    if cursor is not None:
        return cursor
    start = START if consumer.from_beginning else settled_position()
    return ConsumerCursor.objects.get_or_create(
        name=consumer.name,
        defaults={"position_xid": start.xid, "position_id": start.id},
    )[0]


def _lock(name: str) -> ConsumerCursor | None:
    """The cursor, locked until the transaction ends; None while another worker has it.

    On SQLite the transaction itself is the lock: it began with BEGIN IMMEDIATE.
    """
    rows = ConsumerCursor.objects.filter(pk=name)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def lock_at(names: Sequence[str], place: Position) -> list[str]:
    """Those of the cursors that stand at `place` and that no other worker has, locked until the transaction ends."""
    skip = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    rows = statements.fetch_among(
        "SELECT name FROM events_consumercursor WHERE name IN ({}) AND position_xid = %s AND position_id = %s"
        f" AND failures = 0{skip}",
        names,
        place,
    )
    free = {row[0] for row in rows}
    return [name for name in names if name in free]


def position_of(cursor: ConsumerCursor) -> Position:
    """Where it stands."""
    return Position(cursor.position_xid, cursor.position_id)


def move(names: Sequence[str], position: Position) -> None:
    """These have handled everything up to `position`. In the transaction of what they wrote."""
    if names:
        places = ", ".join(["%s"] * len(names))
        statements.execute(
            "UPDATE events_consumercursor SET position_xid = %s, position_id = %s, failures = 0, retry_at = NULL,"
            f" last_error = '', moved_at = %s WHERE name IN ({places})",
            [*position, statements.as_moment(timezone.now()), *names],
        )


def _skip_ahead(cursor: ConsumerCursor, end: Position) -> None:
    """Move over events of other names once they are many, so that the next look does not walk them again."""
    if end.id - cursor.position_id >= SKIP_AHEAD and end > position_of(cursor):
        _pass(cursor, end)


def catch_up(consumer: Consumer, place: Position) -> None:
    """Move a consumer that has nothing left to handle before `place` to that place."""
    cursor = cursor_of(consumer)
    if cursor.failures or position_of(cursor) >= place:
        return
    if not read_after(position_of(cursor), limit=1, names=consumer.subscribes, until=place):
        _pass(cursor, place)


def _pass(cursor: ConsumerCursor, end: Position) -> None:
    with transaction.atomic():
        current = _lock(cursor.name)
        if current is not None and position_of(current) == position_of(cursor):
            move([cursor.name], end)


class Lag:
    """How far a consumer trails: events it has still to handle and the age of the oldest of them."""

    def __init__(
        self, *, consumer: str, events: int, oldest: datetime | None, failures: int, set_aside: int
    ) -> None:
        self.consumer = consumer
        self.events = events
        self.oldest = oldest
        self.failures = failures
        self.set_aside = set_aside

    @property
    def seconds(self) -> float:
        """Age of the oldest waiting event; 0 when none waits."""
        return 0.0 if self.oldest is None else max(0.0, (timezone.now() - self.oldest).total_seconds())


def lag_of(consumer: Consumer, *, count_up_to: int = 10_000) -> Lag:
    """Measure one consumer's lag. Counting stops at `count_up_to`."""
    cursor = ConsumerCursor.objects.filter(pk=consumer.name).first()
    position = position_of(cursor) if cursor is not None else START
    first = read_after(position, limit=1, names=consumer.subscribes)
    waiting = 0
    if first:
        rows = Event.objects.filter(xid__gte=position.xid)
        if connection.vendor != "postgresql":
            rows = rows.filter(pk__gt=position.id)
        if consumer.subscribes is not None:
            rows = rows.filter(name__in=sorted(consumer.subscribes))
        waiting = rows[:count_up_to].count()
    return Lag(
        consumer=consumer.name,
        events=waiting,
        oldest=first[0].occurred_at if first else None,
        failures=cursor.failures if cursor is not None else 0,
        set_aside=SetAsideEvent.objects.filter(consumer=consumer.name).count(),
    )


def drain_log(consumers: Iterable[Consumer], *, after_each_round: Callable[[], None] | None = None) -> int:
    """Run every consumer until none has anything left, and return how many events were handled. For tests.

    Skips the settled horizon, which a test's own transaction never reaches, and lets a consumer's exception
    through.
    """
    readers = list(consumers)
    total = 0
    for _ in range(_DRAIN_ROUNDS):
        handled = sum(_drain_once(reader) for reader in readers)
        if after_each_round is not None:
            after_each_round()
        if handled == 0:
            return total
        total += handled
    raise RuntimeError("the log does not drain: consumers keep answering each other's events")


@transaction.atomic
def _drain_once(consumer: Consumer) -> int:
    cursor = cursor_of(consumer)
    events = read_after(position_of(cursor), names=consumer.subscribes, settled=False)
    if not events:
        return 0
    consumer.handle(events)
    move([consumer.name], events[-1].position)
    return len(events)
