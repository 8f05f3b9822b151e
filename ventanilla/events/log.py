"""Writing to the log and reading it in settled order.

SQLite has one writer, so ids appear in the order in which they were given out. On PostgreSQL two transactions
may take ids 7 and 8 and commit in the order 8, 7: a reader that remembers "seen up to 8" never sees 7.
Therefore each row keeps its transaction's id and readers take only rows below the oldest transaction still
running, in the order (xid, id).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from ventanilla.events import origins, wakeup
from ventanilla.events.facts import Fact as Fact
from ventanilla.events.facts import kind_of
from ventanilla.events.models import ConsumerCursor, Event
from ventanilla.kit import statements

PRUNED_CURSOR = "log.pruned"  # a cursor no one reads with: everything up to it has been deleted by retention
_PRUNE_BATCH = 5_000

_POSITION = re.compile(r"(-?\d{1,19})-(\d{1,19})")


class OutsideTransaction(RuntimeError):
    """`record` was called where no transaction is open, so the change and its event could part."""


class Actor(NamedTuple):
    """Who caused an event: ("user", 3), ("contact", 9), ("agent_bot", 1) or ("system", None)."""

    kind: str
    id: int | None


class Position(NamedTuple):
    """A place in the log: everything up to and including (xid, id) has been read."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the form `str(position)` writes. Raises ValueError for anything else."""
        match = _POSITION.fullmatch(text)
        if match is None:
            raise ValueError("not a position in the log")
        return cls(int(match[1]), int(match[2]))


GAP = 1_000_000  # events; more than any reader catches up with
START = Position(-(2**62), 0)  # before every event, those of a restored log included (see adopt_restored_log)

FactT = TypeVar("FactT", bound=Fact)


class LoggedEvent(msgspec.Struct, frozen=True, dict=True):
    """An event as read from the log."""

    id: int
    xid: int
    account_id: int
    name: str
    payload: dict[str, Any]
    actor: Actor | None
    caused_by: int | None
    occurred_at: datetime
    # From where, of an act of administration: see events.origins.
    origin: origins.Origin | None = None

    @property
    def position(self) -> Position:
        """Where a reader stands after this event."""
        return Position(self.xid, self.id)

    @cached_property
    def fact(self) -> Fact:
        """The event as its room's typed class. Raises msgspec.ValidationError when the payload is of another shape."""
        return self.as_fact(kind_of(self.name))

    def as_fact(self, kind: type[FactT]) -> FactT:
        """The event as its room's typed class. Raises msgspec.ValidationError when the payload is of another
        shape."""
        return msgspec.convert({**self.payload, "account_id": self.account_id}, kind)


_COLUMNS = "id, xid, account_id, name, payload, actor_kind, actor_id, caused_by, occurred_at, origin"
_WRITTEN = "xid, account_id, name, payload, actor_kind, actor_id, caused_by, occurred_at, origin"
_INSERT_ALL = f"INSERT INTO events_event ({_WRITTEN}) VALUES "
_INSERT = _INSERT_ALL + "({xid}, %s, %s, %s, %s, %s, %s, %s, %s)"
_ROWS_AT_ONCE = 100
_INSERT_SQLITE = _INSERT.format(xid="0") + " RETURNING id"
_INSERT_POSTGRES = _INSERT.format(xid="pg_current_xact_id()::text::bigint") + " RETURNING id"
# NOTIFY rides on the statement, is sent at commit and collapses within a transaction: no round trip of its own.
_NOTIFY = f", pg_notify('{wakeup.LOG_CHANNEL}', '')::text"
_HORIZON = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def record(fact: Fact, *, actor: Actor | None = None, caused_by: int | None = None) -> int:
    """Write one event in the caller's transaction and return its id. Readers are woken after the commit.

    `caused_by` is the id of the event behind this one. Raises OutsideTransaction when no transaction is open.
    """
    values = _values(fact, actor, caused_by)
    if connection.vendor == "postgresql":
        row = statements.fetch_one(_INSERT_POSTGRES + ("" if settings.REDIS_URL else _NOTIFY), values)
    else:
        row = statements.fetch_one(_INSERT_SQLITE, values)
    _notify_after_commit()
    return int(row[0]) if row is not None else 0


def record_all(facts: Sequence[Fact], *, actor: Actor | None = None) -> None:
    """The same for several, in their order and by one statement for each hundred."""
    xid = "pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "0"
    for start in range(0, len(facts), _ROWS_AT_ONCE):
        rows = [_values(fact, actor, None) for fact in facts[start : start + _ROWS_AT_ONCE]]
        places = ", ".join([f"({xid}, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
        statements.execute(_INSERT_ALL + places, [value for row in rows for value in row])
    if facts:
        if connection.vendor == "postgresql" and not settings.REDIS_URL:
            statements.execute(f"SELECT {_NOTIFY.removeprefix(', ')}")
        _notify_after_commit()


def _values(fact: Fact, actor: Actor | None, caused_by: int | None) -> list[Any]:
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{fact.name} must be recorded in the transaction that makes it true")
    payload = msgspec.structs.asdict(fact)
    account_id = payload.pop("account_id")
    kind, actor_id = actor if actor is not None else ("", None)
    moment = statements.as_moment(timezone.now())
    origin = origins.written() if fact.administrative is not None else None
    return [account_id, fact.name, _encode(payload).decode(), kind, actor_id, caused_by, moment, origin]


def _notify_after_commit() -> None:
    """Ask for one wake-up per transaction, however many events it records."""
    queued = connection.run_on_commit
    if not queued or queued[-1][1] is not wakeup.notify:
        transaction.on_commit(wakeup.notify)


def read_after(
    position: Position,
    *,
    limit: int = 500,
    names: Collection[str] | None = None,
    account_id: int | None = None,
    until: Position | None = None,
    settled: bool = True,
) -> list[LoggedEvent]:
    """The next events after `position` and up to `until`, at most `limit`, oldest first; settled ones only.

    `settled=False` also returns events of transactions still open on PostgreSQL (in practice the caller's
    own): only tests ask for it, whose transaction never ends.
    """
    if names is not None and not names:
        return []
    where, values = _after(position)
    if settled and connection.vendor == "postgresql":
        where += f" AND xid < {_HORIZON}"
    if until is not None:
        where += " AND (xid, id) <= (%s, %s)" if connection.vendor == "postgresql" else " AND id <= %s"
        values += [until.xid, until.id] if connection.vendor == "postgresql" else [until.id]
    if names is not None:
        where += f" AND name IN ({', '.join(['%s'] * len(names))})"
        values += sorted(names)
    if account_id is not None:
        where += " AND account_id = %s"
        values.append(account_id)
    order = "xid, id" if connection.vendor == "postgresql" else "id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM events_event WHERE {where} ORDER BY {order} LIMIT %s",
            [*values, limit],
        )
        return [_logged(row) for row in cursor.fetchall()]


def headlines_after(position: Position, *, limit: int) -> list[tuple[Position, str, datetime]]:
    """Place, name and moment of the next settled events after `position`, oldest first: what tells a lag."""
    where, values = _after(position)
    is_postgres = connection.vendor == "postgresql"
    if is_postgres:
        where += f" AND xid < {_HORIZON}"
    order = "xid, id" if is_postgres else "id"
    rows = statements.fetch_all(
        f"SELECT xid, id, name, occurred_at FROM events_event WHERE {where} ORDER BY {order} LIMIT %s",
        [*values, limit],
    )
    return [(Position(xid, event_id), name, _moment(at)) for xid, event_id, name, at in rows]


def _after(position: Position) -> tuple[str, list[Any]]:
    """The condition "later than this position" in the dialect at hand."""
    if connection.vendor == "postgresql":
        return "(xid, id) > (%s, %s)", [position.xid, position.id]
    return "id > %s", [position.id]


def _moment(stored: Any) -> datetime:
    moment = (
        datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    )  # SQLite gives text, in UTC
    if moment.tzinfo is None:
        return timezone.make_aware(moment, timezone=timezone.get_default_timezone())
    return moment


def _logged(row: tuple[Any, ...]) -> LoggedEvent:
    event_id, xid, account_id, name, payload, kind, actor_id, caused_by, occurred_at, origin = row
    occurred_at = _moment(occurred_at)
    actor = Actor(kind, actor_id) if kind else None
    came = origins.read(origin)
    return LoggedEvent(event_id, xid, account_id, name, _decode(payload), actor, caused_by, occurred_at, came)


def settled_position() -> Position:
    """Where the log ends for a reader who starts now: every settled event is at or before it."""
    where = (
        f"WHERE xid < {_HORIZON} ORDER BY xid DESC, id DESC"
        if connection.vendor == "postgresql"
        else "ORDER BY id DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xid, id FROM events_event {where} LIMIT 1")
        row = cursor.fetchone()
    return Position(*row) if row else oldest_position()


def oldest_position() -> Position:
    """Positions before this one cannot be resumed: retention deleted what followed them."""
    cursor = (
        ConsumerCursor.objects.filter(name=PRUNED_CURSOR).values_list("position_xid", "position_id").first()
    )
    return Position(*cursor) if cursor else START


def has_unsettled(position: Position) -> bool:
    """Whether events after `position` are visible but wait for an older transaction to end (PostgreSQL
    only)."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM events_event WHERE (xid, id) > (%s, %s) LIMIT 1", [position.xid, position.id]
        )
        return cursor.fetchone() is not None


def oldest_moment() -> datetime | None:
    """When the oldest event that is still kept happened; None when there is none."""
    oldest: datetime | None = Event.objects.aggregate(oldest=Min("occurred_at"))["oldest"]
    return oldest


def retention() -> timedelta:
    """How long events are kept."""
    return timedelta(days=settings.LOG_RETENTION_DAYS)


def prune(*, older_than: timedelta | None = None) -> int:
    """Delete events past retention that every consumer has read, in short transactions. Returns how many
    went."""
    horizon = timezone.now() - (older_than if older_than is not None else retention())
    pruned = 0
    while True:
        count = _prune_batch(horizon)
        pruned += count
        if count < _PRUNE_BATCH:
            return pruned


@transaction.atomic
def _prune_batch(horizon: datetime) -> int:
    readers = ConsumerCursor.objects.exclude(name=PRUNED_CURSOR).values_list("position_xid", "position_id")
    slowest = min((Position(*row) for row in readers), default=None)
    order = ("xid", "id") if connection.vendor == "postgresql" else ("id",)
    rows = (
        Event.objects.filter(occurred_at__lt=horizon).order_by(*order).values_list("xid", "id")[:_PRUNE_BATCH]
    )
    going = [Position(*row) for row in rows]
    if slowest is not None:
        going = [position for position in going if position <= slowest]
    if not going:
        return 0
    last = going[-1]
    ConsumerCursor.objects.update_or_create(
        name=PRUNED_CURSOR,
        defaults={"position_xid": last.xid, "position_id": last.id, "moved_at": timezone.now()},
    )
    where = "(xid, id) <= (%s, %s)" if connection.vendor == "postgresql" else "id <= %s"
    values = [last.xid, last.id] if connection.vendor == "postgresql" else [last.id]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM events_event WHERE {where}", values)
        return int(cursor.rowcount)


def leave_a_gap() -> None:
    """Number the next event far beyond the last one: after a restore.

    Browsers remember how far they had read in the log that is gone. Without the gap, new events would take the numbers of
    lost ones and such a position would look valid; across the gap it is too far behind, and the browser loads afresh.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "pg_get_serial_sequence('events_event', 'id')"
            cursor.execute(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [GAP])
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = 'events_event'", [GAP])


@transaction.atomic
def adopt_restored_log() -> bool:
    """Make a log that was restored into another PostgreSQL cluster readable again. Returns whether it had to.

    Transaction ids belong to a cluster. In a fresh one they start low, so restored rows would seem to come
    from the future and never settle. Shifting all of them, and all cursors, by one amount below zero keeps
    the order exactly.
    """
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(xid), pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM events_event"
        )
        newest, current = cursor.fetchone()
        if newest is None or newest <= current:
            return False
        cursor.execute("UPDATE events_event SET xid = xid - %s", [newest])
        cursor.execute("UPDATE events_consumercursor SET position_xid = position_xid - %s", [newest])
    return True
