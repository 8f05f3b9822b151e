"""What a column shows: its filter as a rule of the one language, its rows in their order, how many, how many are new."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Model, Q, QuerySet

from ventanilla.accounts.models import Account
from ventanilla.boards.models import Column
from ventanilla.conversations import selectors as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors import ticket_rules
from ventanilla.kit import statements
from ventanilla.kit.conditions import InvalidCondition, Rule

COUNTED = 1_000  # a number beyond is not read to its last digit, and costs the more the larger it is
PAGE_SIZE = 25
_MOST_PARAMETERS = 30_000  # of one statement: SQLite takes 32,766 where it was built without asking for more

# What the order by waiting time fixes, whatever else is asked: the open ones that wait for a person (D-COL-25, D-COL-26).
LOCK = ticket_rules.replies()["awaited"] & ticket_rules.states()["open"]
_SORTED = {
    (Column.Order.ACTIVITY, False): "last_activity_at_desc",
    (Column.Order.ACTIVITY, True): "last_activity_at_asc",
    (Column.Order.WAITING, False): "waiting_since_asc",
    (Column.Order.WAITING, True): "waiting_since_desc",
}


class Shown(NamedTuple):
    """What a column asks for; two that ask for the same are one question."""

    kind: str
    conditions: Sequence[Any]
    order: str = Column.Order.ACTIVITY
    is_flipped: bool = False

    @property
    def is_locked(self) -> bool:
        """Whether its order fixes who is waited for."""
        return self.kind == Column.Kind.TICKETS and self.order == Column.Order.WAITING

    @property
    def key(self) -> str:
        """The name of its filter, by which desks are told what matches: the same for all who ask the same."""
        said = json.dumps([self.kind, self.conditions, self.is_locked], sort_keys=True, ensure_ascii=False)
        return hashlib.blake2s(said.encode(), digest_size=6).hexdigest()


def shown_by(column: Column) -> Shown:
    """What a column asks for."""
    return Shown(column.kind, column.conditions, column.order, column.is_flipped)


def rows_of(visibility: Visibility, account: Account, shown: Shown) -> QuerySet[Any]:
    """What of it the viewer may see, in its order. Raises InvalidCondition."""
    if shown.kind == Column.Kind.MESSAGES:
        rows: QuerySet[Any] = conversations.filtered_messages(visibility, account, shown.conditions)
        return rows.reverse() if shown.is_flipped else rows
    if shown.kind == Column.Kind.SCHEDULED:
        waiting = conversations.filtered_scheduled(visibility, account, shown.conditions)
        return waiting.reverse() if shown.is_flipped else waiting
    order = _SORTED[Column.Order(shown.order), shown.is_flipped]
    found = conversations.filtered(visibility, account, shown.conditions, sort_by=order)
    if shown.is_locked:
        found = found.filter(LOCK.q)
    return found.filter(merged_into__isnull=True)


class LiveRule(NamedTuple):
    """How rows at hand are matched: whole conversations, or single messages."""

    is_of_messages: bool
    rule: Rule


def rules_for(account: Account, columns: Iterable[Shown]) -> dict[str, LiveRule]:
    """How rows at hand are matched, by the key of the filter; none for what means nothing any more, nor for what is not told
    live: what is to be sent later changes seldom, and desks ask again.
    """
    asked = {one.key: one for one in columns}
    tickets = [one for one in asked.values() if one.kind == Column.Kind.TICKETS]
    messages = [one for one in asked.values() if one.kind == Column.Kind.MESSAGES]
    of_tickets = conversations.rules_of(account, [one.conditions for one in tickets])
    of_messages = conversations.message_rules(account, [one.conditions for one in messages])
    found = {
        one.key: LiveRule(False, rule & LOCK if one.is_locked else rule)
        for one, rule in zip(tickets, of_tickets, strict=True)
        if rule is not None
    }
    said = zip(messages, of_messages, strict=True)
    return found | {one.key: LiveRule(True, rule) for one, rule in said if rule is not None}


class Counted(NamedTuple):
    """How many are in a column, and how many of them moved since it was looked at; at most COUNTED."""

    all: int
    new: int


_MOVES = {
    Column.Kind.TICKETS: "last_activity_at",
    Column.Kind.MESSAGES: "created_at",
    Column.Kind.SCHEDULED: "created_at",
}


def counts_of(
    visibility: Visibility, account: Account, columns: Iterable[Column], looked: Mapping[int, datetime]
) -> dict[int, Counted | None]:
    """By the column's id; None for one whose filter means nothing any more. One statement, however many there are: more
    only for filters of thousands of values, as a database takes so many in one.
    """
    counts: dict[int, Counted | None] = {}
    parts: list[str] = []
    given: list[Any] = []
    found: list[int] = []
    asked: list[int] = []
    for column in columns:
        try:
            rows = rows_of(visibility, account, shown_by(column)).order_by()
        except InvalidCondition:
            counts[column.pk] = None
            continue
        since = Q(**{f"{_MOVES[Column.Kind(column.kind)]}__gt": looked.get(column.pk, column.created_at)})
        counts[column.pk] = Counted(0, 0)
        asked.append(column.pk)
        for few in (rows, rows.filter(since)):
            sql, parameters = _counting(few)
            if parts and len(given) + len(parameters) > _MOST_PARAMETERS:
                found += _counted(parts, given)
                parts, given = [], []
            parts.append(sql)
            given += parameters
    if parts:
        found += _counted(parts, given)
    pairs = iter(found)
    return counts | {pk: Counted(next(pairs), next(pairs)) for pk in asked}


def _counted(parts: Sequence[str], given: Sequence[Any]) -> Sequence[int]:
    [row] = statements.fetch_all(f"SELECT {', '.join(parts)}", list(given))
    return list(row)


def _counting(rows: QuerySet[Model]) -> tuple[str, Sequence[Any]]:
    try:
        sql, parameters = rows.values("pk")[:COUNTED].query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({sql}) AS found)", parameters


def metrics_of(visibility: Visibility) -> dict[str, int]:
    """The head of the wall (D-MET-01): of the viewer's own open conversations how many a person addressed, how many wait
    for an answer, how many there are. One statement.
    """
    mine = Conversation.objects.filter(
        visibility.q(), assignee_id=visibility.user_id, merged_into__isnull=True
    )
    still = mine.filter(ticket_rules.states()["open"].q).order_by()
    asked = [
        still.filter(first_reply_created_at__isnull=False),
        still.filter(waiting_since__isnull=False),
        still,
    ]
    parts = [_counting(rows) for rows in asked]
    [row] = statements.fetch_all(
        "SELECT " + ", ".join(sql for sql, _given in parts), [one for _sql, given in parts for one in given]
    )
    return dict(zip(("addressed", "waiting", "open"), row, strict=True))
