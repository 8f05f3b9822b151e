"""Messages that say the words, of any age: newest first, or oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, OuterRef, Q, QuerySet

from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit import statements
from ventanilla.search.documents import messages, table_of
from ventanilla.search.engines import EVERY, Range, engine
from ventanilla.search.expressions import Expression
from ventanilla.search.language import Question
from ventanilla.search.operators import Reader

_FROM = ' FROM "conversations_message"'


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of messages, newest first, and what they were found by. `loosely`: words a letter away counted, too."""

    ids: list[int]
    expression: Expression | None
    loosely: bool = False


def narrowed(question: Question, *, message: Q | None = None, conversation: Q | None = None) -> Question:
    """The question with further conditions."""
    return replace(
        question,
        message=question.message & (message or Q()),
        conversation=question.conversation & (conversation or Q()),
    )


def find_messages(
    reader: Reader, question: Question, *, size: int, before: int | None = None, offset: int = 0
) -> Found:
    """A page: the newest, or those below the id `before`. Nothing said so as typed: words a letter away are tried."""
    for loosely in (False, True) if question.is_spelt else (False,):
        expression = question.expression(reader, loosely=loosely)
        if expression is None or question.is_blank:
            break
        rows = _rows(reader, question, expression, ("pk",), size + offset, before)
        if rows:
            return Found([row[0] for row in rows[offset:]], expression, loosely)
    return Found([], None)


def find_oldest_messages(reader: Reader, question: Question, *, size: int, after: int | None = None) -> Found:
    """A page from the other end: the oldest, or those above the id `after`."""
    for loosely in (False, True) if question.is_spelt else (False,):
        expression = question.expression(reader, loosely=loosely)
        if expression is None or question.is_blank:
            break
        ids = _oldest_ids(reader, question, expression, size, after)
        if ids:
            return Found(ids, expression, loosely)
    return Found([], None)


def _oldest_ids(
    reader: Reader, question: Question, expression: Expression, size: int, after: int | None
) -> list[int]:
    statement = _statement(reader, question, expression, ("pk",), "ASC")
    if statement is None:
        return []
    sql, given = statement
    found: list[int] = []
    within: Range = (after if after is not None else EVERY[0], EVERY[1])
    for above, up_to in engine().ranges_from_oldest(table_of(messages.DOCUMENT), within):
        rows = statements.fetch_all(sql, [*given, above, up_to, size - len(found)])
        found += [row[0] for row in rows]
        if len(found) >= size:
            break
    return found


def rows_of(
    reader: Reader, question: Question, fields: Sequence[str], *, size: int, loosely: bool
) -> list[tuple[Any, ...]]:
    """These columns of the newest messages."""
    expression = question.expression(reader, loosely=loosely)
    return [] if expression is None else _rows(reader, question, expression, fields, size, None)


def _rows(
    reader: Reader,
    question: Question,
    expression: Expression,
    fields: Sequence[str],
    size: int,
    before: int | None,
) -> list[tuple[Any, ...]]:
    within: Range = (EVERY[0], before - 1 if before is not None else EVERY[1])
    found: list[tuple[Any, ...]] = []
    statement = _statement(reader, question, expression, fields)
    if statement is None:
        return []
    sql, given = statement
    for above, up_to in engine().ranges(table_of(messages.DOCUMENT), within):
        found += statements.fetch_all(sql, [*given, above, up_to, size - len(found)])
        if len(found) >= size:
            break
    return found


def _statement(
    reader: Reader, question: Question, expression: Expression, fields: Sequence[str], order: str = "DESC"
) -> tuple[str, list[Any]] | None:
    """The index first, in the order of its ids, each hit held against the living message and its conversation.

    Written by the ORM but for the index's table, which no model knows.
    """
    try:
        sql, given = living(reader, question).values_list(*fields).query.sql_with_params()
    except EmptyResultSet:
        return None
    table, key = table_of(messages.DOCUMENT), engine().key
    condition, asked = engine().condition(table, expression)
    sql = sql.replace(_FROM, f" FROM {table} f CROSS JOIN {_FROM.removeprefix(' FROM ')}", 1)
    sql += f' AND "conversations_message"."id" = {key} AND {condition} AND {key} > %s AND {key} <= %s'
    return f"{sql} ORDER BY {key} {order} LIMIT %s", [*given, *asked]


def living(reader: Reader, question: Question) -> QuerySet[Message]:
    """Messages that are there, that the reader may see, and of which the rest of the question is true; in no order."""
    sees = reader.visibility
    rows = Message.objects.filter(
        account_id=sees.account_id, deleted_at__isnull=True, message_type__in=messages.SPOKEN
    )
    if not sees.everything or question.conversation:
        theirs = Conversation.objects.filter(sees.q(), question.conversation, pk=OuterRef("conversation_id"))
        rows = rows.filter(Exists(theirs))
    return rows.filter(question.message).order_by()
