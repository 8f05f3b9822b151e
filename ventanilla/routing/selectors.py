"""Who could take a conversation, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from ventanilla.accounts.models import Role, TeamMember
from ventanilla.accounts.selectors import online_user_ids
from ventanilla.conversations.models import Conversation, Status
from ventanilla.inboxes.models import InboxMember
from ventanilla.inboxes.selectors import kept_from_answering


def candidates(conversation: Conversation, *, team_id: int | None = None) -> list[InboxMember]:
    """Members of the inbox (and of the team, if given) who are online and below their capacity, next in turn first.

    Capacity counts open conversations in this inbox (contract F.5). Four queries.
    """
    members = _in_turn(conversation.inbox_id)
    if team_id is not None:
        members = members.filter(user__in=TeamMember.objects.filter(team_id=team_id).values("user_id"))
    limit = _capacity(conversation)
    if limit is not None:
        members = members.annotate(
            open_count=Count(
                "user__assigned_conversations",
                filter=Q(
                    user__assigned_conversations__inbox_id=conversation.inbox_id,
                    user__assigned_conversations__status=Status.OPEN,
                ),
            )
        ).filter(open_count__lt=limit)
    rows = list(members)
    if rows:
        kept_out = kept_from_answering(conversation.account_id, conversation.inbox_id)
        rows = [row for row in rows if row.user_id not in kept_out]
    online = online_user_ids(conversation.account_id, [row.user_id for row in rows]) if rows else set()
    return [row for row in rows if row.user_id in online]


def _in_turn(inbox_id: int) -> QuerySet[InboxMember]:
    """Whoever was given a conversation longest ago comes first; who never was, before everyone. Who may only look gets
    none.
    """
    return (
        InboxMember.objects.filter(
            inbox_id=inbox_id,
            user__is_active=True,
            user__memberships__account_id=F("inbox__account_id"),
            user__memberships__role__in=[Role.ADMINISTRATOR, Role.AGENT],
        )
        .select_related("user")
        .order_by(F("last_assigned_at").asc(nulls_first=True), "pk")
    )


def _capacity(conversation: Conversation) -> int | None:
    value = conversation.inbox.auto_assignment_config.get("max_assignment_limit")
    try:
        limit = int(value)
    except (TypeError, ValueError):
        return None
    return limit if limit > 0 else None


def among_these_need_agent(conversation_ids: Collection[int]) -> set[int]:
    """Those of the conversations that `needs_agent` says yes to, in one query."""
    on_it = InboxMember.objects.filter(inbox_id=OuterRef("inbox_id"), user_id=OuterRef("assignee_id"))
    found = Conversation.objects.filter(pk__in=conversation_ids, status=Status.OPEN).filter(~Exists(on_it))
    return set(found.values_list("pk", flat=True))


def needs_agent(conversation: Conversation) -> bool:
    """Open, with no one on it or with someone who cannot open the inbox."""
    if conversation.status != Status.OPEN:
        return False
    if conversation.assignee_id is None:
        return True
    return not InboxMember.objects.filter(
        inbox_id=conversation.inbox_id, user_id=conversation.assignee_id
    ).exists()
