"""A conversation is given to someone."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.events import AssigneeChanged
from ventanilla.conversations.models import Status
from ventanilla.notifications.kind import Bell, Call, Happening, NotificationKind, Told


class ConversationAssignment(NotificationKind):
    """Told to the new assignee, by their ways; and, in the desk alone, to the one it was taken from (A-13)."""

    number = 2
    name = "conversation_assignment"
    label = lazy("A conversation is assigned to you")
    icon = "user-check"
    is_addressed = True
    hears = (AssigneeChanged,)

    @classmethod
    def calls(cls, happening: Happening) -> Iterator[Call]:
        if happening.conversation.status == Status.PENDING:
            return
        match happening.fact:
            case AssigneeChanged(changes={"assignee_id": [old, new]}):
                if old:
                    yield Call({old}, only_in_desk=True)
                if new:
                    yield Call({new})

    @classmethod
    def title(cls, bell: Bell) -> str:
        if not bell.is_theirs:
            return _("Conversation #%(id)s has another agent") % {"id": bell.display_id}
        if not bell.actor:
            return _("Conversation #%(id)s was assigned to you") % {"id": bell.display_id}
        return _("%(name)s assigned conversation #%(id)s to you") % {
            "name": bell.actor,
            "id": bell.display_id,
        }

    @classmethod
    def heading(cls, told: Told) -> str:
        return _("You've been assigned the conversation with %(contact)s") % told.names

    @classmethod
    def paragraph(cls, told: Told) -> str:
        if told.actor_name:
            return _("%(actor)s assigned it to you.") % told.names
        return _("It was assigned to you automatically.")
