"""Lists of conversations: which ones, in what order, and how many (contract B.1).

The queries are authored with the ORM and compiled once for each question and reader; what comes back is the few
columns that decide whether a rendering that was kept is still true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from ventanilla.conversations.models import (
    Conversation,
    ConversationLabel,
    Mention,
    Participant,
    Status,
)
from ventanilla.conversations.policies import Visibility
from ventanilla.kit import statements
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.unchanged import WhileUnchanged

PAGE_SIZE = 25
_MOST_WITHOUT_PAGES = 1_000

_STATUSES = {member.label: member.value for member in Status}
_ASSIGNEE_TYPES = frozenset({"me", "unassigned", "assigned", "all"})
_TYPES = frozenset({"mention", "participating", "unattended"})
_SORTS: dict[str, tuple[Any, ...]] = {
    "last_activity_at_asc": ("last_activity_at", "id"),
    "last_activity_at_desc": ("-last_activity_at", "-id"),
    "created_at_asc": ("created_at", "id"),
    "created_at_desc": ("-created_at", "-id"),
    "priority_asc": (F("priority").asc(nulls_last=True), "-last_activity_at", "-id"),
    "priority_desc": (F("priority").desc(nulls_last=True), "-last_activity_at", "-id"),
    "waiting_since_asc": (F("waiting_since").asc(nulls_last=True), "created_at", "id"),
    "waiting_since_desc": (F("waiting_since").desc(nulls_last=True), "created_at", "id"),
}
_OLD_SORTS = {
    "latest": "last_activity_at_desc",
    "sort_on_created_at": "created_at_asc",
    "sort_on_priority": "priority_desc",
    "sort_on_waiting_since": "waiting_since_asc",
}
# The order rendering.conversations.KEY_COLUMNS has.
_KEYS = ("id", "version", "contact__version", "contact_inbox__hmac_verified", "inbox_id", "last_incoming_at")

Keys = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a list asks for, in the contract's words. Raises Invalid for words that do not exist."""

    status: str = "open"
    assignee_type: str = "all"
    inbox_id: int | None = None
    team_id: int | None = None
    labels: tuple[str, ...] = ()
    conversation_type: str = ""
    source_id: str = ""
    about: Q | None = None  # conversations that a search by words found, in whatever state
    updated_within_seconds: int | None = None
    sort_by: str = "last_activity_at_desc"

    def __post_init__(self) -> None:
        if self.status not in _STATUSES and self.status != "all":
            raise Invalid(fields={"status": [_("This state doesn't exist.")]})
        if self.assignee_type not in _ASSIGNEE_TYPES:
            raise Invalid(fields={"assignee_type": [_("This kind of assignment doesn't exist.")]})
        if self.conversation_type and self.conversation_type not in _TYPES:
            raise Invalid(fields={"conversation_type": [_("This kind of conversation doesn't exist.")]})

    @property
    def order(self) -> tuple[Any, ...]:
        """The columns to sort by; an unknown word means the newest activity first."""
        name = _OLD_SORTS.get(self.sort_by, self.sort_by)
        return _SORTS.get(name, _SORTS["last_activity_at_desc"])


class Counts(NamedTuple):
    """How many of the answered question's conversations are whose."""

    mine: int
    assigned: int
    unassigned: int
    all: int


def _assignee_q(kind: str, user_id: int) -> Q:
    if kind == "me":
        return Q(assignee_id=user_id)
    if kind == "unassigned":
        return Q(assignee_id__isnull=True)
    return Q(assignee_id__isnull=False) if kind == "assigned" else Q()


def unattended_q() -> Q:
    """Contract F.9: never answered, or waiting for an answer."""
    return Q(first_reply_created_at__isnull=True) | Q(waiting_since__isnull=False)


def _type_q(kind: str, user_id: int) -> Q:
    if kind == "mention":
        return Q(pk__in=Mention.objects.filter(user_id=user_id).values("conversation_id"))
    if kind == "participating":
        return Q(pk__in=Participant.objects.filter(user_id=user_id).values("conversation_id"))
    return unattended_q() if kind == "unattended" else Q()


def asked(visibility: Visibility, question: ListQuestion) -> QuerySet[Conversation]:
    """The conversations of a question, but for `assignee_type` and order."""
    rows = Conversation.objects.filter(
        visibility.q(), _type_q(question.conversation_type, visibility.user_id)
    )
    if question.about is not None:
        rows = rows.filter(question.about)
    elif question.status != "all":
        rows = rows.filter(status=_STATUSES[question.status])
    if question.inbox_id is not None:
        rows = rows.filter(inbox_id=question.inbox_id)
    if question.team_id is not None:
        rows = rows.filter(team_id=question.team_id)
    if question.labels:
        titled = ConversationLabel.objects.filter(label__title__in=question.labels)
        rows = rows.filter(pk__in=titled.values("conversation_id"))
    if question.source_id:
        rows = rows.filter(contact_inbox__source_id=question.source_id)
    if question.updated_within_seconds is not None:
        since = now() - timedelta(seconds=question.updated_within_seconds)
        rows = rows.filter(updated_at__gt=since)
    return rows


Statement = tuple[str, tuple[Any, ...]]
_NOTHING: Statement = ("", ())  # the question can have no answer: a reader without any inbox


def listed(visibility: Visibility, question: ListQuestion) -> QuerySet[Conversation]:
    """All rows of a list, in its order."""
    rows = asked(visibility, question).filter(_assignee_q(question.assignee_type, visibility.user_id))
    return rows.order_by(*question.order)


def _key_statement(visibility: Visibility, question: ListQuestion) -> Statement:
    return _compiled_keys(listed(visibility, question))


def _compiled_keys(rows: QuerySet[Conversation]) -> Statement:
    sql, parameters = _compiled(rows.values_list(*_KEYS))
    return (sql + " LIMIT %s OFFSET %s", parameters) if sql else _NOTHING


def _count_statement(visibility: Visibility, question: ListQuestion) -> Statement:
    rows = asked(visibility, question)
    if question.about is not None or question.labels or question.conversation_type or question.source_id:
        return _compiled_counts(rows, visibility.user_id)
    return _compiled_counts_by_index(rows, visibility.user_id)


def _compiled_counts(rows: QuerySet[Conversation], user_id: int) -> Statement:
    """All counts in one pass over the rows: for questions that are dear to answer."""
    counted = (
        rows.order_by()
        .values(one=Value(1))
        .annotate(
            mine=Count("assignee_id", filter=Q(assignee_id=user_id)),
            unassigned=Count("pk", filter=Q(assignee_id__isnull=True)),
            everything=Count("*"),
        )
        .values_list("mine", "unassigned", "everything")
    )
    return _compiled(counted)


def _compiled_counts_by_index(rows: QuerySet[Conversation], user_id: int) -> Statement:
    """The same as three questions in one statement, each of which an index answers alone: a third of the time."""
    statements_of_each = [
        _compiled(
            part.order_by().values(one=Value(1)).annotate(count=Count("*")).values_list("count", flat=True)
        )
        for part in (
            rows.filter(assignee_id=user_id),
            rows.filter(assignee_id__isnull=True),
            rows,
        )
    ]
    if not all(sql for sql, _parameters in statements_of_each):
        return _NOTHING
    columns = ", ".join(f"({sql})" for sql, _parameters in statements_of_each)
    return f"SELECT {columns}", tuple(value for _sql, given in statements_of_each for value in given)


def _compiled(rows: QuerySet[Any, Any]) -> Statement:
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return _NOTHING
    return sql, tuple(parameters)


_answers: WhileUnchanged[Keys] = WhileUnchanged()
_kept_key_statement = lru_cache(maxsize=2048)(_key_statement)
_kept_count_statement = lru_cache(maxsize=2048)(_count_statement)


def _depends_on_time(question: ListQuestion) -> bool:
    """Whether compiling it tomorrow gives another statement; and free text is not worth keeping."""
    return question.updated_within_seconds is not None or question.about is not None


def _fetch(statement: Statement, *more: Any) -> Keys:
    sql, parameters = statement
    if not sql:
        return []
    return statements.fetch_all(sql, (*parameters, *more))


def page_keys(visibility: Visibility, question: ListQuestion, *, page: int = 1) -> Keys:
    """The keys of one page, to be rendered. With `updated_within` there is one page only."""
    size, start = PAGE_SIZE, (page - 1) * PAGE_SIZE
    if question.updated_within_seconds is not None:
        size, start = _MOST_WITHOUT_PAGES, 0
    if _depends_on_time(question):
        return _fetch(_key_statement(visibility, question), size, start)
    return _answers.get(
        ("page", visibility, question, page),
        lambda: _fetch(_kept_key_statement(visibility, question), size, start),
    )


def counts_of(visibility: Visibility, question: ListQuestion) -> Counts:
    """How many: every filter counts but `assignee_type`. One statement."""
    question = replace(question, assignee_type="all", sort_by="last_activity_at_desc")
    if _depends_on_time(question):
        return _counts(_fetch(_count_statement(visibility, question)))
    keys = _answers.get(
        ("counts", visibility, question), lambda: _fetch(_kept_count_statement(visibility, question))
    )
    return _counts(keys)


def _counts(rows: Keys) -> Counts:
    mine, unassigned, everything = rows[0] if rows else (0, 0, 0)
    return Counts(mine=mine, assigned=everything - unassigned, unassigned=unassigned, all=everything)


def keys_of(rows: QuerySet[Conversation], *, page: int = 1, size: int = PAGE_SIZE) -> Keys:
    """The keys of a page of any other query, in its order."""
    return _fetch(_compiled_keys(rows), size, (page - 1) * size)


def counts_in(rows: QuerySet[Conversation], *, user_id: int) -> Counts:
    """The counts of any other query."""
    return _counts(_fetch(_compiled_counts(rows, user_id)))
