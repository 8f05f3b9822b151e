"""What jobs and consumers look for: conversations that have to be brought up to date."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import (
    Conversation,
    Mention,
    Message,
    Participant,
    ScheduledMessage,
    SenderType,
    Status,
)


def snoozes_over(*, at: datetime) -> QuerySet[Conversation]:
    """Snoozed until then or earlier, the longest overdue first."""
    return Conversation.objects.filter(status=Status.SNOOZED, snoozed_until__lte=at).order_by("snoozed_until")


def scheduled_due(*, at: datetime) -> QuerySet[ScheduledMessage]:
    """Messages for later whose moment has come, the longest overdue first."""
    return (
        ScheduledMessage.objects.filter(state=ScheduledMessage.State.WAITING, send_at__lte=at)
        .filter(account__status=Account.Status.ACTIVE, conversation__inbox__deleted_at__isnull=True)
        .select_related("account")
        .order_by("send_at", "id")
    )


def idle_conversations(account: Account, *, since: datetime) -> QuerySet[Conversation]:
    """Open ones of the account without activity since then, the longest idle first."""
    return Conversation.objects.filter(
        account=account, status=Status.OPEN, last_activity_at__lt=since
    ).order_by("last_activity_at")


def in_the_future(account: Account, *, at: datetime) -> QuerySet[Conversation]:
    """Those of the account whose last activity lies after `at`: a clock ran ahead when it was written."""
    return Conversation.objects.filter(account=account, last_activity_at__gt=at).order_by("-last_activity_at")


def with_title(account_id: int, title: str) -> QuerySet[Conversation]:
    """Those whose copied label titles contain this one."""
    rows = Conversation.objects.filter(account_id=account_id)
    if connection.vendor == "postgresql":
        return rows.filter(label_titles__contains=[title])
    # SQLite has no containment of JSON; Django and we may write the same title with or without escapes.
    plain, escaped = json.dumps(title, ensure_ascii=False), json.dumps(title)
    text = rows.annotate(titles=Cast("label_titles", TextField()))
    return text.filter(Q(titles__contains=plain) | Q(titles__contains=escaped))


def of_team(team_id: int) -> QuerySet[Conversation]:
    """Those of a team."""
    return Conversation.objects.filter(team_id=team_id).order_by("id")


def touched_by_user(account_id: int, user_id: int) -> QuerySet[Conversation]:
    """Those a user has, follows or was mentioned in."""
    followed = Participant.objects.filter(account_id=account_id, user_id=user_id)
    mentioned = Mention.objects.filter(account_id=account_id, user_id=user_id)
    return Conversation.objects.filter(
        Q(assignee_id=user_id)
        | Q(pk__in=followed.values("conversation_id"))
        | Q(pk__in=mentioned.values("conversation_id")),
        account_id=account_id,
    ).order_by("id")


def written_by(account_id: int, contact_id: int) -> QuerySet[Conversation]:
    """Where the contact wrote: in their own conversations, and as a stranger in someone's thread."""
    theirs = Message.objects.filter(
        account_id=account_id, sender_type=SenderType.CONTACT, sender_id=contact_id
    )
    return Conversation.objects.filter(pk__in=theirs.values("conversation_id")).order_by("id")
