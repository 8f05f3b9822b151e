"""Give the conversation to an agent, or to no one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.policies import Capability
from ventanilla.automation.action import Action, Parameter, Step
from ventanilla.conversations import commands
from ventanilla.conversations.given import agent_given
from ventanilla.conversations.models import Conversation

SELF = "self"  # whoever lets it happen


class AssignAgent(Action):
    """0, null and "nil" take the agent away, "self" is whoever lets it happen."""

    name = "assign_agent"
    title = _("Assign to an agent")
    capability = Capability.CONVERSATIONS_ASSIGN
    can_be_undone = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="assignee_id", title=_("Agent"), kind="integer", source="agents", required=False),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        wanted = given.get("assignee_id")
        self.assignee = self.acting.by if wanted == SELF else agent_given(self.acting.account, wanted)

    def check(self, conversations: Sequence[Conversation]) -> None:
        for inbox_id, account_id in {(row.inbox_id, row.account_id) for row in conversations}:
            commands.check_assignable(self.assignee, account_id=account_id, inbox_id=inbox_id)

    def apply(self, conversation: Conversation) -> None:
        commands.assign_agent(
            conversation, assignee=self.assignee, by=self.acting.by, caused_by=self.acting.caused_by
        )

    def undoing(self, conversation: Conversation) -> list[Step]:
        return [Step(name="assign_agent", given={"assignee_id": conversation.assignee_id})]

    def shown(self) -> list[str]:
        return [self.assignee.available_name] if self.assignee else [str(_("no one"))]
