"""The moment has come that someone chose to be reminded of a conversation."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import ReminderDue
from ventanilla.notifications.kind import Bell, Call, Happening, NotificationKind, Told


class ConversationReminder(NotificationKind):
    """Told to whoever asked for it, also of what they muted: this alert they chose themselves."""

    number = 9
    name = "conversation_reminder"
    label = lazy("A reminder you set for a conversation")
    icon = "alarm"
    despite_mute = True
    hears = (ReminderDue,)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        match happening.fact:
            case ReminderDue(user_id=user_id):
                yield Call({user_id})

    @classmethod
    def title(cls, bell: Bell) -> str:
        return _("Reminder: conversation #%(id)s") % {"id": bell.display_id}

    @classmethod
    def heading(cls, told: Told) -> str:
        return _("Reminder: the conversation with %(contact)s") % told.names

    @classmethod
    def paragraph(cls, told: Told) -> str:
        return _("You asked to be reminded of this conversation now.")
