"""The send guard: a reply to what its writer has not read is held (Z-03)."""

from __future__ import annotations

from ventanilla.conversations.errors import NotSeen
from ventanilla.kit import statements

# What a customer or a colleague said; not what the writer sent from another window, nor automatic texts.
_NEWER = (
    "SELECT max(id) FROM conversations_message WHERE conversation_id = %s AND id > %s AND NOT private"
    " AND deleted_at IS NULL AND (message_type = 0 OR (message_type = 1 AND NOT (sender_type = %s AND sender_id = %s)))"
)


def guard_unseen(
    conversation_id: int, *, seen_id: int | None, sender_type: str, sender_id: int | None
) -> None:
    """Raises NotSeen when someone else said something publicly after `seen_id`; None claims nothing.

    Called with the conversation locked, so that of two replies at once the second knows of the first.
    """
    if seen_id is None:
        return
    row = statements.fetch_one(_NEWER, [conversation_id, seen_id, sender_type, sender_id])
    if row is not None and row[0] is not None:
        raise NotSeen(newest_id=row[0])
