"""What mails make of a conversation: its subject, which finds it again and which later answers have; where they go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ventanilla.conversations.commands.held import Held
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.models import ALSO_THEIRS, Message
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit.subjects import bare_subject, without_reply_prefix

# In a message's content attributes: the message that it passes on to others.
FORWARDED = "forwarded_message_id"
# In a conversation's additional attributes: where the customer's newest mail wants its answer.
ANSWERS_TO = "answers_to"
_MOST_ADDRESSES = 20


def subject_attributes(subject: str) -> dict[str, Any]:
    """The additional attributes of a conversation with this subject."""
    return {"mail_subject": without_reply_prefix(subject), "thread_subject": bare_subject(subject)}


def follow_subject(row: Held, message: Message) -> None:
    """A mail of ours with a subject of its own: the conversation is called so from now on."""
    subject = message.content_attributes.get("subject")
    if not isinstance(subject, str) or not subject.strip():
        return
    if capabilities_of(row.inbox_kind).email_headers:
        row.set("additional_attributes", {**row.additional_attributes, **subject_attributes(subject)})


def follow_answers(row: Held, message: Message) -> None:
    """A mail of the customer: answers go where it says (Reply-To), which is the customer's too from now on."""
    mail = message.content_attributes.get("email")
    if not isinstance(mail, dict) or message.sender_id != row.contact_id:
        return
    asked = [str(address) for address in mail.get("answers_to") or ()]
    known = row.additional_attributes
    theirs = list(dict.fromkeys([*asked, *known.get(ALSO_THEIRS, ())]))[:_MOST_ADDRESSES]
    if asked == known.get(ANSWERS_TO, []) and theirs == known.get(ALSO_THEIRS, []):
        return
    rest = {name: value for name, value in known.items() if name != ANSWERS_TO}
    row.set(
        "additional_attributes",
        {**rest, ALSO_THEIRS: theirs, **({ANSWERS_TO: asked} if asked else {})},
    )


def address_answer(row: Held, new: NewMessage) -> NewMessage:
    """A mail of ours for which no one said to whom it goes: where the customer's newest mail asks for, if it does."""
    asked, given = row.additional_attributes.get(ANSWERS_TO), new.content_attributes
    if not asked or "to_emails" in given or FORWARDED in given:
        return new
    return replace(new, content_attributes={**given, "to_emails": list(asked)})
