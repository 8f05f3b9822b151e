"""Give the conversation to a team, or to none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.policies import Capability
from ventanilla.automation.action import Action, Parameter, Step
from ventanilla.conversations import commands
from ventanilla.conversations.given import team_given
from ventanilla.conversations.models import Conversation


class AssignTeam(Action):
    """0, null and "nil" take the team away. An agent who is not in the team loses the conversation."""

    name = "assign_team"
    title = _("Assign to a team")
    capability = Capability.CONVERSATIONS_ASSIGN
    can_be_undone = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="team_id", title=_("Team"), kind="integer", source="teams", required=False),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.team = team_given(self.acting.account, given.get("team_id"))

    def apply(self, conversation: Conversation) -> None:
        commands.assign_team(conversation, team=self.team, by=self.acting.by, caused_by=self.acting.caused_by)

    def undoing(self, conversation: Conversation) -> list[Step]:
        return [
            Step(name="assign_team", given={"team_id": conversation.team_id}),
            Step(name="assign_agent", given={"assignee_id": conversation.assignee_id}),
        ]

    def shown(self) -> list[str]:
        return [self.team.name] if self.team else [str(_("no team"))]
