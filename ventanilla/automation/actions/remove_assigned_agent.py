"""Leave the conversation without an agent."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Parameter
from ventanilla.automation.actions.assign_agent import AssignAgent


class RemoveAssignedAgent(AssignAgent):
    name = "remove_assigned_agent"
    title = _("Take the agent away")
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def shown(self) -> list[str]:
        return []
