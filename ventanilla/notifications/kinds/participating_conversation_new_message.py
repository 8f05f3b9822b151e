"""A message is written in a conversation that someone follows."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import MessageCreated
from ventanilla.notifications.kind import Call, Happening, Told
from ventanilla.notifications.news import MessageKind, Readers


class ParticipatingConversationNewMessage(MessageKind):
    """Told to the participants but the assignee."""

    number = 5
    name = "participating_conversation_new_message"
    label = lazy("A new message in a conversation you follow")
    hears = (MessageCreated,)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        readers = Readers.of(happening)
        if readers is not None and (others := readers.participants - readers.assignee):
            yield Call(others, readers.message_id)

    @classmethod
    def paragraph(cls, told: Told) -> str:
        return cls.of_note(told) or _("There's a new message in a conversation you follow.")
