"""The numbers beside the desk's lists: open conversations that the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, Count, Value, When

from ventanilla.conversations.models import (
    UNATTENDED,
    Conversation,
    ConversationLabel,
    Mention,
    Participant,
    Status,
)
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors.walking import Keys, Statement, compiled, fetch, totals_of
from ventanilla.kit import statements


@dataclass(frozen=True)
class DeskCounts:
    """All of open conversations but `snoozed`; by inbox and team id, by label title."""

    mine: int
    unassigned: int
    all: int
    unattended: int
    mentions: int
    snoozed: int
    participating: int
    by_inbox: dict[int, int] = field(default_factory=dict)
    by_team: dict[int, int] = field(default_factory=dict)
    by_label: dict[str, int] = field(default_factory=dict)


def desk_counts(visibility: Visibility) -> DeskCounts:
    """Four statements, whatever the size of the account; each is answered by indexes alone."""
    ask = _ready(visibility)
    totals = fetch(ask.totals)
    unattended, mentions, snoozed, participating = totals[0] if totals else (0, 0, 0, 0)
    whose: Counter[str] = Counter()
    by_inbox: Counter[int] = Counter()
    by_team: Counter[int] = Counter()
    for inbox_id, team_id, who, count in fetch(ask.places):
        whose[who] += count
        by_inbox[inbox_id] += count
        if team_id is not None:
            by_team[team_id] += count
    return DeskCounts(
        mine=whose[_ME],
        unassigned=whose[_NO_ONE],
        all=whose.total(),
        unattended=unattended,
        mentions=mentions,
        snoozed=snoozed,
        participating=participating,
        by_inbox=dict(by_inbox),
        by_team=dict(by_team),
        by_label=_titled(fetch(ask.labels)),
    )


_ME, _NO_ONE, _OTHERS = "me", "none", "others"


class _Ready(NamedTuple):
    """The statements for one reader."""

    totals: Statement  # unattended, mentions, snoozed, participating
    places: Statement  # inbox, team, whose and how many
    labels: Statement  # label and how many


@lru_cache(maxsize=512)
def _ready(visibility: Visibility) -> _Ready:
    anyone = Conversation.objects.order_by()
    opened = anyone.filter(status=Status.OPEN)
    mentioned = Mention.objects.filter(user_id=visibility.user_id).values("conversation_id")
    followed = Participant.objects.filter(user_id=visibility.user_id).values("conversation_id")
    totals = totals_of(
        opened.filter(UNATTENDED),
        opened.filter(pk__in=mentioned),
        anyone.filter(status=Status.SNOOZED),
        opened.filter(pk__in=followed),
        parts=visibility.parts(),
    )
    visible = opened.filter(visibility.q())
    whose = Case(
        When(assignee_id=visibility.user_id, then=Value(_ME)),
        When(assignee_id=None, then=Value(_NO_ONE)),
        default=Value(_OTHERS),
    )
    places = visible.annotate(whose=whose).values("inbox_id", "team_id", "whose").annotate(count=Count("*"))
    labelled = ConversationLabel.objects.filter(conversation__in=visible.values("pk")).order_by()
    return _Ready(
        totals=totals,
        places=compiled(places.values_list("inbox_id", "team_id", "whose", "count")),
        labels=compiled(labelled.values_list("label_id").annotate(count=Count("*"))),
    )


def _titled(counted: Keys) -> dict[str, int]:
    titles = statements.fetch_among(_TITLES, [label_id for label_id, _count in counted])
    by_id: dict[int, int] = dict(counted)
    return {title: by_id[label_id] for label_id, title in titles}


_TITLES = "SELECT id, title FROM labels_label WHERE id IN ({})"


def counts_by_contact(visibility: Visibility, contact_ids: Collection[int]) -> dict[int, int]:
    """How many conversations in any state, of those the reader may see, each contact has; none is absent. One statement."""
    if not contact_ids:
        return {}
    visible = Conversation.objects.filter(visibility.q(), contact_id__in=contact_ids)
    return dict(visible.order_by().values_list("contact_id").annotate(count=Count("pk")))
