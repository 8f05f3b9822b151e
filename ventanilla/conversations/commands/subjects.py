"""What mails make of a conversation: its subject, which finds it again and which later answers have; where they go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ventanilla.conversations.commands.held import Held
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.models import Message
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.inboxes.marks import (
    ALSO_THEIRS,
    ANSWERS_TO,
    MAIL_SUBJECT,
    PASSES_ON,
    THREAD_SUBJECT,
    TO,
    ConversationMarks,
)
from ventanilla.kit.subjects import bare_subject, without_reply_prefix

_MOST_ADDRESSES = 20


def subject_attributes(subject: str) -> dict[str, Any]:
    """The additional attributes of a conversation with this subject."""
    return {MAIL_SUBJECT: without_reply_prefix(subject), THREAD_SUBJECT: bare_subject(subject)}


def follow_subject(row: Held, message: Message) -> None:
    """A mail of ours with a subject of its own: the conversation is called so from now on."""
    subject = message.marks.subject
    if subject and capabilities_of(row.inbox_kind).email_headers:
        row.set("additional_attributes", {**row.additional_attributes, **subject_attributes(subject)})


def follow_answers(row: Held, message: Message) -> None:
    """A mail of the customer: answers go where it says (Reply-To), which is the customer's too from now on."""
    if not message.marks.is_mail or message.sender_id != row.contact_id:
        return
    asked, known = message.marks.mail.answers_to, ConversationMarks(row.additional_attributes)
    theirs = list(dict.fromkeys([*asked, *known.also_theirs]))[:_MOST_ADDRESSES]
    if asked == known.answers_to and theirs == known.also_theirs:
        return
    rest = {name: value for name, value in known.kept.items() if name != ANSWERS_TO}
    row.set(
        "additional_attributes",
        {**rest, ALSO_THEIRS: theirs, **({ANSWERS_TO: asked} if asked else {})},
    )


def address_answer(row: Held, new: NewMessage) -> NewMessage:
    """A mail of ours for which no one said to whom it goes: where the customer's newest mail asks for, if it does."""
    asked, given = ConversationMarks(row.additional_attributes).answers_to, new.content_attributes
    if not asked or TO in given or PASSES_ON in given:
        return new
    return replace(new, content_attributes={**given, TO: asked})
