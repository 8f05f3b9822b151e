"""What is scheduled in a conversation."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.conversations.models import Conversation, ScheduledMessage
from ventanilla.kit import statements


def scheduled_in(conversation: Conversation) -> QuerySet[ScheduledMessage]:
    """Messages for later, the next one first, with their authors and files."""
    return (
        ScheduledMessage.objects.filter(conversation=conversation)
        .select_related("user")
        .prefetch_related("files")
        .order_by("send_at", "id")
    )


def is_anything_scheduled(conversation: Conversation) -> bool:
    """Whether there is any, asked by the short way: each opening does."""
    return statements.fetch_one(_ANY, [conversation.pk]) is not None


_ANY = "SELECT 1 FROM conversations_scheduledmessage WHERE conversation_id = %s LIMIT 1"
