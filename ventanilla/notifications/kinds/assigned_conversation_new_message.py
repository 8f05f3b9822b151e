"""A message is written in a conversation that someone has."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import MessageCreated
from ventanilla.notifications.kind import Call, Happening, Told
from ventanilla.notifications.kinds.participating_conversation_new_message import (
    ParticipatingConversationNewMessage,
)
from ventanilla.notifications.news import MessageKind, Readers


class AssignedConversationNewMessage(MessageKind):
    """Told to the assignee; one who also follows the conversation is told once, by either wish."""

    number = 3
    name = "assigned_conversation_new_message"
    label = lazy("A new message in a conversation assigned to you")
    sound = "message"
    is_heard_there = True
    hears = (MessageCreated,)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        readers = Readers.of(happening)
        if readers is not None and readers.assignee:
            follows = readers.assignee <= readers.participants
            also_by = ParticipatingConversationNewMessage if follows else None
            yield Call(readers.assignee, readers.message_id, also_by=also_by)

    @classmethod
    def paragraph(cls, told: Told) -> str:
        return cls.of_note(told) or _("There's a new message in a conversation assigned to you.")

    @classmethod
    def wanted_by(cls) -> set[str]:
        return {cls.name, ParticipatingConversationNewMessage.name}
