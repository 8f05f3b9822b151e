"""The messages of a conversation, by cursors of message ids (contract A.6), and its files."""

from __future__ import annotations

from typing import Any

from ventanilla.conversations.models import Attachment, Conversation
from ventanilla.conversations.rendering import messages as rendering
from ventanilla.conversations.rendering.messages import MessageRow
from ventanilla.kit.pagination import page_number

_NEWEST = 20
_FOLLOWING = 100
_BETWEEN = 1_000
_FILES = 100
_IDS = "m.id IN (SELECT x.id FROM conversations_message x WHERE x.conversation_id = %s{more} ORDER BY x.id{way} LIMIT %s)"
_PUBLIC = " AND x.message_type <> 2 AND NOT x.private"


def thread_page(
    conversation: Conversation,
    *,
    before: int | None = None,
    after: int | None = None,
    public: bool = False,
    limit: int | None = None,
) -> list[MessageRow]:
    """Messages, oldest first: the newest; those before a message; those after one; or, with both, from one to another.

    `before` is exclusive; `after` too, but inclusive together with `before`. `public`: as the customer may read them,
    without notes and activity. One statement.
    """
    more, parameters, way, size = "", [conversation.pk], " DESC", _NEWEST
    if after is not None:
        more += " AND x.id >= %s" if before is not None else " AND x.id > %s"
        parameters.append(after)
        way, size = "", _FOLLOWING
    if before is not None:
        more += " AND x.id < %s"
        parameters.append(before)
        size = _BETWEEN if after is not None else _NEWEST
    if public:
        more += _PUBLIC
    return rendering.load(_IDS.format(more=more, way=way), [*parameters, limit or size])


def files_of(conversation: Conversation, *, page: int | None = None) -> list[dict[str, Any]]:
    """Columns of the files in the conversation with their messages' senders, newest first; at most 100 a page."""
    columns = (
        "id", "message_id", "file_type", "file", "filename", "mime_type", "size", "width", "height", "external_url",
        "fallback_title", "coordinates_lat", "coordinates_long", "created_at", "message__sender_type", "message__sender_id",
    )  # fmt: skip
    rows = Attachment.objects.filter(message__conversation=conversation).order_by("-id").values(*columns)
    start = (page_number(page) - 1) * _FILES
    return list(rows[start : start + _FILES])
