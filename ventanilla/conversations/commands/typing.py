"""Saying that someone types. Writes no row: it travels by the wake-up channel and is gone after half a minute."""

from __future__ import annotations

import msgspec

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation
from ventanilla.events import wakeup

TYPING_TOPIC = "conversation.typing"


class Typing(msgspec.Struct, frozen=True):
    """What travels: who types where. `typist_kind` is user, contact or agent_bot."""

    account_id: int
    conversation_id: int
    typist_kind: str
    typist_id: int
    on: bool
    is_private: bool = False


def announce_typing(
    conversation: Conversation, *, by: User | Contact | AgentBot, on: bool, is_private: bool = False
) -> None:
    """Tell everyone who may see the conversation that `by` began (`on`) or stopped to type.

    A private one (a note) is never told to the customer. Receivers forget it after 30 s.
    """
    kind = "user" if isinstance(by, User) else "contact" if isinstance(by, Contact) else "agent_bot"
    typing = Typing(
        account_id=conversation.account_id,
        conversation_id=conversation.pk,
        typist_kind=kind,
        typist_id=by.pk,
        on=on,
        is_private=is_private,
    )
    wakeup.publish_ephemeral(TYPING_TOPIC, msgspec.json.encode(typing))
