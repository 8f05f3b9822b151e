"""What is scheduled in a conversation."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.conversations.models import Conversation, ScheduledMessage


def scheduled_in(conversation: Conversation) -> QuerySet[ScheduledMessage]:
    """Messages for later, the next one first, with their authors and files."""
    return (
        ScheduledMessage.objects.filter(conversation=conversation)
        .select_related("user")
        .prefetch_related("files")
        .order_by("send_at", "id")
    )
