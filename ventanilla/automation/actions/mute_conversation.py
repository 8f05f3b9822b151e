"""Block the contact and resolve the conversation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Step
from ventanilla.automation.actions.change_status import state_of
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation


class MuteConversation(Action):
    name = "mute_conversation"
    title = _("Block the contact")
    can_be_undone = True

    def apply(self, conversation: Conversation) -> None:
        commands.mute(conversation, by=self.acting.by, caused_by=self.acting.caused_by)

    def undoing(self, conversation: Conversation) -> list[Step]:
        if conversation.contact.blocked:
            return []
        return [
            Step(name="unmute_conversation"),
            state_of(conversation),
            Step(name="assign_agent", given={"assignee_id": conversation.assignee_id}),
        ]
