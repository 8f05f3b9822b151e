"""The subject of a conversation by mail: what later answers are called, and what finds it again."""

from __future__ import annotations

from typing import Any

from ventanilla.conversations.commands.held import Held
from ventanilla.conversations.models import Conversation, Message
from ventanilla.inboxes.channel import channel_of
from ventanilla.kit.subjects import bare_subject, without_reply_prefix


def subject_attributes(subject: str) -> dict[str, Any]:
    """The additional attributes of a conversation with this subject."""
    return {"mail_subject": without_reply_prefix(subject), "thread_subject": bare_subject(subject)}


def follow_subject(row: Held, conversation: Conversation, message: Message) -> None:
    """A mail of ours with a subject of its own: the conversation is called so from now on."""
    subject = message.content_attributes.get("subject")
    if not isinstance(subject, str) or not subject.strip():
        return
    if channel_of(row.inbox_kind).capabilities.email_headers:
        row.set("additional_attributes", {**row.additional_attributes, **subject_attributes(subject)})
