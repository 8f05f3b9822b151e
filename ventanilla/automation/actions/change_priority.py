"""Say how urgent the conversation is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, Step
from ventanilla.conversations import commands
from ventanilla.conversations.given import priority_given
from ventanilla.conversations.models import Conversation, Priority


class ChangePriority(Action):
    """Null and "nil" clear it."""

    name = "change_priority"
    title = _("Change the priority")
    can_be_undone = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="priority",
            title=_("Priority"),
            choices=lambda: [(one.label, commands.priority_word(one.label)) for one in reversed(Priority)],
            required=False,
        ),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.priority = priority_given(given.get("priority"))

    def apply(self, conversation: Conversation) -> None:
        commands.set_priority(
            conversation, priority=self.priority, by=self.acting.by, caused_by=self.acting.caused_by
        )

    def undoing(self, conversation: Conversation) -> list[Step]:
        old = conversation.priority
        return [Step(name=self.name, given={"priority": None if old is None else Priority(old).label})]

    def shown(self) -> list[str]:
        if self.priority is None:
            return [str(_("no priority"))]
        return [commands.priority_word(Priority(self.priority).label)]
