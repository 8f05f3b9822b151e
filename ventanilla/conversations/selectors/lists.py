"""Lists of conversations: which ones, in what order, and how many (contract B.1).

The queries are authored with the ORM and compiled once for each question and reader; what comes back is the few
columns that decide whether a rendering that was kept is still true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import gettext as _

from ventanilla.conversations.models import (
    UNATTENDED,
    CloseReason,
    Conversation,
    ConversationLabel,
    Mention,
    Participant,
    Status,
)
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.rendering.conversations import keys_of_ids
from ventanilla.conversations.selectors import walking
from ventanilla.conversations.selectors.orders import ASSIGNEE_TYPES, Order, assigned_q, order_named
from ventanilla.conversations.selectors.walking import KEYS, NOTHING, Keys, Statement, Steps, compiled, fetch
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.unchanged import ForAMoment, WhileUnchanged

PAGE_SIZE = 25
_LARGE = 10_000  # conversations
_MOST_WITHOUT_PAGES = 1_000

_STATUSES = {member.label: member.value for member in Status}
# Beside the contract's states: resolved ones, and why.
_REASONS = frozenset({CloseReason.ARCHIVED.value, CloseReason.IGNORED.value})
_TYPES = frozenset({"mention", "participating", "unattended"})


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """What a list asks for, in the contract's words; `status` may also be archived or ignored.

    Raises Invalid for words that do not exist.
    """

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
        if self.status not in {*_STATUSES, *_REASONS, "all"}:
            raise Invalid(fields={"status": [_("This state doesn't exist.")]})
        if self.assignee_type not in ASSIGNEE_TYPES:
            raise Invalid(fields={"assignee_type": [_("This kind of assignment doesn't exist.")]})
        if self.conversation_type and self.conversation_type not in _TYPES:
            raise Invalid(fields={"conversation_type": [_("This kind of conversation doesn't exist.")]})

    @property
    def order(self) -> Order:
        """How its rows are sorted."""
        return order_named(self.sort_by)

    @property
    def is_plain(self) -> bool:
        """Whether it asks for nothing but columns of the conversation, so that an index knows the answer at any length."""
        return not (
            self.about is not None
            or self.labels
            or self.conversation_type
            or self.source_id
            or self.updated_within_seconds
        )


class Counts(NamedTuple):
    """How many of the answered question's conversations are whose."""

    mine: int
    assigned: int
    unassigned: int
    all: int


def _type_q(kind: str, user_id: int) -> Q:
    if kind == "mention":
        return Q(pk__in=Mention.objects.filter(user_id=user_id).values("conversation_id"))
    if kind == "participating":
        return Q(pk__in=Participant.objects.filter(user_id=user_id).values("conversation_id"))
    return UNATTENDED if kind == "unattended" else Q()


def asked(visibility: Visibility, question: ListQuestion) -> QuerySet[Conversation]:
    """The conversations of a question, but for `assignee_type` and order."""
    return _asked(question, visibility).filter(visibility.q())


def _asked(question: ListQuestion, visibility: Visibility) -> QuerySet[Conversation]:
    """The same, whoever may see them."""
    rows = Conversation.objects.filter(_type_q(question.conversation_type, visibility.user_id))
    if question.about is not None:
        rows = rows.filter(question.about)
    elif question.status in _REASONS:
        rows = rows.filter(close_reason=question.status)
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


def listed(visibility: Visibility, question: ListQuestion) -> QuerySet[Conversation]:
    """All rows of a list, in its order."""
    rows = asked(visibility, question).filter(assigned_q(question.assignee_type, visibility.user_id))
    return rows.order_by(*question.order.columns)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Ready:
    """A question, compiled. `first`: keys of the first page in one statement, where there is but one walk and part."""

    steps: Steps
    first: Statement = NOTHING

    def keys(self, page: int) -> Keys:
        if page == 1 and self.first[0]:
            return fetch(self.first, PAGE_SIZE, 0)
        return keys_of_ids(walking.page(self.steps, PAGE_SIZE, (page - 1) * PAGE_SIZE))


@lru_cache(maxsize=2048)
def _ready(visibility: Visibility, question: ListQuestion) -> _Ready:
    if not question.is_plain:
        return _Ready(walking.in_one_step(listed(visibility, question)))
    rows, parts = _asked(question, visibility), visibility.parts()
    rows = rows.filter(assigned_q(question.assignee_type, visibility.user_id))
    steps = walking.steps_of(rows, parts, question.order)
    alone = len(steps) == len(parts) == 1
    return _Ready(steps, _compiled_keys(listed(visibility, question)) if alone else NOTHING)


def _compiled_keys(rows: QuerySet[Conversation]) -> Statement:
    sql, parameters = compiled(rows.values_list(*KEYS))
    return (sql + " LIMIT %s OFFSET %s", parameters) if sql else NOTHING


def page_keys(visibility: Visibility, question: ListQuestion, *, page: int = 1) -> Keys:
    """The keys of one page, to be rendered. With `updated_within` there is one page only."""
    if question.updated_within_seconds is not None:
        return fetch(_compiled_keys(listed(visibility, question)), _MOST_WITHOUT_PAGES, 0)
    if _depends_on_time(question):
        return keys_of(listed(visibility, question), page=page)
    return _answers.get(("page", visibility, question, page), lambda: _ready(visibility, question).keys(page))


def _depends_on_time(question: ListQuestion) -> bool:
    """Whether compiling it tomorrow gives another statement; and free text is not worth keeping."""
    return question.updated_within_seconds is not None or question.about is not None


def keys_of(rows: QuerySet[Conversation], *, page: int = 1, size: int = PAGE_SIZE) -> Keys:
    """The keys of a page of any other query, in its order."""
    return fetch(_compiled_keys(rows), size, (page - 1) * size)


# ── counts ────────────────────────────────────────────────────────────────────────────────────────────


def counts_of(visibility: Visibility, question: ListQuestion) -> Counts:
    """How many: every filter counts but `assignee_type`. One statement.

    A number of five digits and more is counted at most every few seconds: no one reads its last one, and it costs the
    more the larger it is.
    """
    question = replace(question, assignee_type="all", sort_by="last_activity_at_desc")
    if _depends_on_time(question):
        return _counts(fetch(_count_statement(visibility, question)))
    if (known := _large.get((visibility, question))) is not None:
        return known
    counts = _counts(
        _answers.get(
            ("counts", visibility, question), lambda: fetch(_kept_count_statement(visibility, question))
        )
    )
    if counts.all > _LARGE:
        _large.put((visibility, question), counts)
    return counts


def _count_statement(visibility: Visibility, question: ListQuestion) -> Statement:
    if not question.is_plain:
        return _counted_in_one_pass(asked(visibility, question), visibility.user_id)
    rows, mine = _asked(question, visibility), Q(assignee_id=visibility.user_id)
    each = (rows.filter(mine), rows.filter(assignee_id__isnull=True), rows)
    return walking.totals_of(*each, parts=visibility.parts())


def _counted_in_one_pass(rows: QuerySet[Conversation], user_id: int) -> Statement:
    """For questions that are dear to answer."""
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
    return compiled(counted)


_answers: WhileUnchanged[Keys] = WhileUnchanged()
_large: ForAMoment[Counts] = ForAMoment(seconds=10)
_kept_count_statement = lru_cache(maxsize=2048)(_count_statement)


def _counts(rows: Keys) -> Counts:
    mine, unassigned, everything = rows[0] if rows else (0, 0, 0)
    return Counts(mine=mine, assigned=everything - unassigned, unassigned=unassigned, all=everything)


def counts_in(rows: QuerySet[Conversation], *, user_id: int) -> Counts:
    """The counts of any other query."""
    return _counts(fetch(_counted_in_one_pass(rows, user_id)))
