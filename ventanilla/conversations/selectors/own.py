"""What a user keeps about conversations for themselves, of those that they may see now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ventanilla.conversations.models import Conversation, Mute, Reminder
from ventanilla.conversations.policies import Visibility

_MOST = 1_000  # of either: a screen keeps them all at hand


def alert_levels(visibility: Visibility) -> dict[int, str]:
    """How much the reader is told of which conversation, by number; of all others, everything."""
    mine = Mute.objects.filter(account_id=visibility.account_id, user_id=visibility.user_id)
    rows = mine.filter(conversation__in=_visible(visibility)).order_by("-pk")
    return dict(rows.values_list("conversation__display_id", "level")[:_MOST])


def reminders_of(visibility: Visibility) -> dict[int, datetime]:
    """When the reader is reminded of what, by number, the next one first."""
    mine = Reminder.objects.filter(account_id=visibility.account_id, user_id=visibility.user_id)
    rows = mine.filter(conversation__in=_visible(visibility)).order_by("remind_at")
    return dict(rows.values_list("conversation__display_id", "remind_at")[:_MOST])


def reminders_due(*, at: datetime) -> QuerySet[Reminder]:
    """Those whose moment has come, the longest overdue first."""
    return Reminder.objects.filter(remind_at__lte=at).order_by("remind_at")


def _visible(visibility: Visibility) -> QuerySet[Conversation, Any]:
    return Conversation.objects.filter(visibility.q()).order_by().values("pk")
