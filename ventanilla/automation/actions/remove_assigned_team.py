"""Leave the conversation without a team."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Parameter
from ventanilla.automation.actions.assign_team import AssignTeam


class RemoveAssignedTeam(AssignTeam):
    name = "remove_assigned_team"
    title = _("Take the team away")
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    def shown(self) -> list[str]:
        return []
