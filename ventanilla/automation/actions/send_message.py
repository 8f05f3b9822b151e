"""Write to the customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, text
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation
from ventanilla.kit.limits import check_message


class SendMessage(Action):
    """Variables (contract F.19) are filled in for each conversation."""

    name = "send_message"
    title = _("Send a message")
    private: ClassVar[bool] = False
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="content", title=_("Message"), shape="message"),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.content = text(given, "content")
        check_message(self.content)

    def apply(self, conversation: Conversation) -> None:
        commands.post_message(
            conversation,
            commands.NewMessage(self.content, private=self.private, content_attributes=self.acting.marks),
            by=self.acting.by,
            caused_by=self.acting.caused_by,
        )

    def shown(self) -> list[str]:
        return [self.content]
