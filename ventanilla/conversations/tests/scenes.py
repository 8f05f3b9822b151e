"""Small scenes that the tests of this room begin with."""

from __future__ import annotations

from typing import Any

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import NewMessage, post_message, receive_message, start_conversation
from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.events.log import START, LoggedEvent, read_after
from ventanilla.inboxes.models import Inbox


def talk(contact: Contact, inbox: Inbox, *said: str, **given: Any) -> Conversation:
    """A conversation of the contact in the inbox, in which they said that."""
    conversation = start_conversation(ensure_contact_inbox(contact, inbox=inbox), by=None, **given)
    for text in said:
        receive_message(conversation, NewMessage(text), sender=contact)
    return conversation


def reply(conversation: Conversation, *, by: User | AgentBot, text: str = "Hello") -> Message:
    return post_message(conversation, NewMessage(text), by=by)


def fresh(conversation: Conversation) -> Conversation:
    """As it is stored."""
    return Conversation.objects.get(pk=conversation.pk)


def texts(conversation: Conversation) -> list[str]:
    """What was said in the thread, without activity lines, oldest first."""
    rows = Message.objects.filter(conversation=conversation).exclude(message_type=MessageType.ACTIVITY)
    return list(rows.order_by("id").values_list("content", flat=True))


def activity(conversation: Conversation) -> list[str]:
    """Kinds of the activity lines, oldest first."""
    rows = Message.objects.filter(conversation=conversation, message_type=MessageType.ACTIVITY)
    return [row.additional_attributes["activity"] for row in rows.order_by("id")]


def events(*names: str) -> list[LoggedEvent]:
    """All recorded events of those names (all names when none is given), oldest first."""
    return read_after(START, names=set(names) or None, settled=False, limit=10_000)
