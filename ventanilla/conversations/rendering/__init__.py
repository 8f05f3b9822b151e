"""Conversations and messages as JSON bytes, ready to send or to stand inside other JSON (`msgspec.Raw`)."""

from __future__ import annotations

from typing import Any

import msgspec

from ventanilla.conversations.rendering.conversations import (
    conversation_events,
    conversations_json,
    forget_rendered,
)
from ventanilla.conversations.rendering.messages import (
    attachment_url,
    message_events,
    messages_json,
    public_messages_json,
)
from ventanilla.conversations.rendering.people import forget_people, people_of

__all__ = [
    "attachment_url",
    "conversation_events",
    "conversations_json",
    "extended",
    "forget_people",
    "forget_rendered",
    "message_events",
    "messages_json",
    "people_of",
    "public_messages_json",
]


def extended(rendered: bytes, **more: Any) -> bytes:
    """A rendered object with more keys."""
    addition = msgspec.json.encode(more)
    return rendered[:-1] + b"," + addition[1:] if more else rendered
