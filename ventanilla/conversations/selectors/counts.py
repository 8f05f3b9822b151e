"""The numbers beside the desk's lists: open conversations that the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from ventanilla.conversations.models import Conversation, ConversationLabel, Mention, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.selectors.lists import unattended_q


@dataclass(frozen=True)
class DeskCounts:
    """All of open conversations but `snoozed`; by inbox and team id, by label title."""

    mine: int
    unassigned: int
    all: int
    unattended: int
    mentions: int
    snoozed: int
    by_inbox: dict[int, int] = field(default_factory=dict)
    by_team: dict[int, int] = field(default_factory=dict)
    by_label: dict[str, int] = field(default_factory=dict)


def desk_counts(visibility: Visibility) -> DeskCounts:
    """Four statements, whatever the size of the account."""
    visible = Conversation.objects.filter(visibility.q())
    opened = visible.filter(status=Status.OPEN)
    mentioned = Mention.objects.filter(user_id=visibility.user_id).values("conversation_id")
    totals = opened.aggregate(
        mine=Count("pk", filter=Q(assignee_id=visibility.user_id)),
        unassigned=Count("pk", filter=Q(assignee_id__isnull=True)),
        all=Count("pk"),
        unattended=Count("pk", filter=unattended_q()),
        mentions=Count("pk", filter=Q(pk__in=mentioned)),
    )
    by_inbox: Counter[int] = Counter()
    by_team: Counter[int] = Counter()
    for inbox_id, team_id, count in (
        opened.order_by().values_list("inbox_id", "team_id").annotate(count=Count("pk"))
    ):
        by_inbox[inbox_id] += count
        if team_id is not None:
            by_team[team_id] += count
    return DeskCounts(
        **totals,
        snoozed=visible.filter(status=Status.SNOOZED).count(),
        by_inbox=dict(by_inbox),
        by_team=dict(by_team),
        by_label=_by_label(opened),
    )


def _by_label(opened: QuerySet[Conversation]) -> dict[str, int]:
    labelled = ConversationLabel.objects.filter(conversation__in=opened.order_by())
    return dict(labelled.order_by().values_list("label__title").annotate(count=Count("pk")))


def counts_by_contact(visibility: Visibility, contact_ids: Collection[int]) -> dict[int, int]:
    """How many conversations in any state, of those the reader may see, each contact has; none is absent. One statement."""
    if not contact_ids:
        return {}
    visible = Conversation.objects.filter(visibility.q(), contact_id__in=contact_ids)
    return dict(visible.order_by().values_list("contact_id").annotate(count=Count("pk")))
