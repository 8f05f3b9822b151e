"""Promise what an SLA policy says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.wire_values import row_id
from ventanilla.service_levels import commands
from ventanilla.service_levels.selectors import get_policy


class AddSla(Action):
    """A conversation that has a policy keeps it (contract F.17): such a step does nothing."""

    name = "add_sla"
    title = _("Add an SLA policy")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="sla_policy_id", title=_("SLA policy"), kind="integer", source="sla_policies"),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        policy_id = row_id(given.get("sla_policy_id"), field="sla_policy_id")
        try:
            self.policy = get_policy(self.acting.account, policy_id=policy_id or 0)
        except NotFound:
            raise Invalid(fields={"sla_policy_id": [_now("This SLA policy doesn't exist.")]}) from None

    def apply(self, conversation: Conversation) -> None:
        if conversation.sla_policy_id is None:
            commands.add_policy(
                conversation,
                policy_id=self.policy.pk,
                by=self.acting.by,
                caused_by=self.acting.caused_by,
            )

    def shown(self) -> list[str]:
        return [self.policy.name]
