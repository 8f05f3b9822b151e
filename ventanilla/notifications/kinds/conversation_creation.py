"""A conversation begins, or a bot hands it over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import ConversationBotHandoff, ConversationCreated
from ventanilla.conversations.models import Status
from ventanilla.notifications.kind import Bell, Call, Happening, NotificationKind, Told
from ventanilla.notifications.kinds.conversation_assignment import ConversationAssignment
from ventanilla.notifications.models import Notification
from ventanilla.notifications.selectors import wants_mail


class ConversationCreation(NotificationKind):
    """Told to the members of the inbox who chose it."""

    number = 1
    name = "conversation_creation"
    label = lazy("A conversation starts in one of your channels")
    icon = "inbox"
    sound = "conversation"
    is_heard_there = True
    # It waits for its first words, and for whom it is given to: one mail then says it all.
    mail_waits = timedelta(seconds=10)
    hears = (ConversationCreated, ConversationBotHandoff)

    @classmethod
    def rings_unasked(cls, ways: tuple[str, ...]) -> bool:
        """Whoever asked to be told of new conversations; all others see them come in their lists."""
        return bool(ways)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        conversation = happening.conversation
        if conversation.status != Status.PENDING and not conversation.contact.blocked:
            yield Call(happening.scene.inbox_members[conversation.inbox_id])

    @classmethod
    def title(cls, bell: Bell) -> str:
        return _("New conversation #%(id)s") % {"id": bell.display_id}

    @classmethod
    def heading(cls, told: Told) -> str:
        return _("New conversation with %(contact)s") % told.names

    @classmethod
    def paragraph(cls, told: Told) -> str:
        return _("A new conversation started in %(inbox)s.") % told.names

    @classmethod
    def is_news(cls, told: Told) -> bool:
        """Not when it was assigned to them in the same breath: that mail says all, and one is enough."""
        user_id = told.membership.user_id
        newest = Notification.objects.filter(user_id=user_id, conversation=told.conversation).first()
        return not (
            newest is not None
            and newest.kind == ConversationAssignment.number
            and told.conversation.assignee_id == user_id
            and wants_mail(told.membership, {ConversationAssignment.name})
        )
