"""Someone is named in a note."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import ConversationMentioned
from ventanilla.notifications.kind import Bell, Call, Happening, NotificationKind, Told


class ConversationMention(NotificationKind):
    """Told to whom the note names."""

    number = 4
    name = "conversation_mention"
    label = lazy("Someone mentions you in a note")
    icon = "at-sign"
    sound = "mention"
    needs_message = True
    is_addressed = True
    hears = (ConversationMentioned,)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        match happening.fact:
            case ConversationMentioned(user_id=user_id, message_id=note):
                yield Call({user_id}, note)

    @classmethod
    def title(cls, bell: Bell) -> str:
        names = {"name": bell.actor, "id": bell.display_id, "text": bell.text}
        return _("%(name)s mentioned you in #%(id)s: %(text)s") % names

    @classmethod
    def heading(cls, told: Told) -> str:
        if told.actor_name:
            return _("%(actor)s mentioned you in the conversation with %(contact)s") % told.names
        return _("You were mentioned in the conversation with %(contact)s") % told.names
