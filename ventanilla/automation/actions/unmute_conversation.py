"""Let the contact write again; the state stays."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation


class UnmuteConversation(Action):
    name = "unmute_conversation"
    title = _("Unblock the contact")

    def apply(self, conversation: Conversation) -> None:
        commands.unmute(conversation, by=self.acting.by, caused_by=self.acting.caused_by)
