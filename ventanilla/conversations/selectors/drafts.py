"""Questions about unsent texts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import User
from ventanilla.conversations.models import Conversation, Draft

# A reply that its writer shows, or the one that programs of the API share.
SEEN_BY_COLLEAGUES = Q(mode=Draft.Mode.REPLY) & (Q(is_shared=True) | Q(user=None))


def shared_drafts(conversation: Conversation, *, reader: User) -> QuerySet[Draft]:
    """What colleagues of the reader show in the conversation, the oldest first, with their writers."""
    rows = Draft.objects.filter(SEEN_BY_COLLEAGUES, conversation=conversation)
    return rows.exclude(user=reader).select_related("user").order_by("updated_at", "pk")
