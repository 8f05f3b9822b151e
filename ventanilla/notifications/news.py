"""What several kinds of notification have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Self

from django.utils.translation import gettext as _

from ventanilla.conversations.events import MessageCreated, SlaMissed
from ventanilla.conversations.models import MessageType, SenderType
from ventanilla.notifications.kind import Bell, Call, Happening, NotificationKind, Told


class Readers(NamedTuple):
    """Who waits for a message: users by id. Who wrote it knows; who was named in it hears of the naming alone."""

    message_id: int
    participants: set[int]
    assignee: set[int]

    @classmethod
    def of(cls, happening: Happening) -> Self | None:
        """None when the message is no one's news."""
        fact, conversation, scene = happening.fact, happening.conversation, happening.scene
        if not isinstance(fact, MessageCreated) or fact.message_type not in (
            MessageType.INCOMING,
            MessageType.OUTGOING,
        ):
            return None
        assignee = {conversation.assignee_id} if conversation.assignee_id else set()
        around = scene.participants[conversation.pk] | assignee
        if conversation.contact.blocked or around <= happening.actors:
            return None
        message = scene.messages.get(fact.message_id)
        if message is None:
            return None
        is_agents = message.sender_type == SenderType.USER and message.sender_id
        left_out = scene.mentioned[message.pk] | ({message.sender_id} if is_agents else set())
        return cls(message.pk, scene.participants[conversation.pk] - left_out, assignee - left_out)


class MessageKind(NotificationKind):
    """Of a new message."""

    icon = "message"
    is_of_message = True
    needs_message = True

    @classmethod
    def title(cls, bell: Bell) -> str:
        return _("New message in #%(id)s: %(text)s") % {"id": bell.display_id, "text": bell.text}

    @classmethod
    def heading(cls, told: Told) -> str:
        return _("New message in the conversation with %(contact)s") % told.names


class MissedKind(NotificationKind):
    """A promise of the service level was missed: told to participants, assignee and administrators (contract F.23)."""

    icon = "alarm"
    is_addressed = True
    hears = (SlaMissed,)
    promise: ClassVar[str] = ""

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        fact, conversation, scene = happening.fact, happening.conversation, happening.scene
        if isinstance(fact, SlaMissed) and fact.promise == cls.promise:
            assignee = {conversation.assignee_id} if conversation.assignee_id else set()
            administrators = scene.administrators[conversation.account_id]
            yield Call(scene.participants[conversation.pk] | assignee | administrators)

    @classmethod
    def title(cls, bell: Bell) -> str:
        return _("Service level missed in #%(id)s") % {"id": bell.display_id}

    @classmethod
    def heading(cls, told: Told) -> str:
        return _("Service level missed in the conversation with %(contact)s") % told.names
