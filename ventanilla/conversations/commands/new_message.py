"""What someone writes, before it is a row: the one argument of writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ventanilla.conversations.commands.attachments import Attachable
from ventanilla.conversations.models import Message, MessageStatus, MessageType

ECHO_ID_CHARS = 128


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message about to be written. Fields that are columns of Message have their names; commands say who wrote it.

    `processed_content`: the content without what it quotes; `folded_text`: what is quoted and signed with beside it,
    which search finds. `forwards`: a message of the conversation that goes to others (`to_emails`) under the content,
    which may be empty then.
    """

    content: str = ""
    private: bool = False
    content_type: str = "text"
    content_attributes: Mapping[str, Any] = field(default_factory=dict)
    additional_attributes: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[Attachable] = ()
    echo_id: str | None = None  # the writer's own key: told twice, it is written once
    source_id: str | None = None  # the provider's id
    status: int = MessageStatus.SENT
    message_type: int = MessageType.OUTGOING
    created_at: datetime | None = None  # when the provider says it was sent; else the moment of the command
    processed_content: str = ""
    folded_text: str = ""
    language: str = ""  # what the visitor who wrote it is spoken to; "" when their channel does not tell
    forwards: Message | None = None
    seen_id: int | None = None  # the newest public message its writer had before their eyes, if they say so
    sender_type: str = ""
    sender_id: int | None = None


def key_of(echo_id: str | None) -> str | None:
    """The writer's key. A longer one could not be compared in full, so it is no key."""
    return echo_id if echo_id and len(echo_id) <= ECHO_ID_CHARS else None
