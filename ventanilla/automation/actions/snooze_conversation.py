"""Put the conversation aside, until a moment or the next reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Parameter
from ventanilla.automation.actions.change_status import StatusAction
from ventanilla.conversations.models import Status
from ventanilla.conversations.snoozing import Snooze

if TYPE_CHECKING:
    from ventanilla.kit.errors import Text


def _moments() -> list[tuple[str, Text]]:
    return [
        (Snooze.NEXT_REPLY, _("Until the next reply")),
        (Snooze.HOUR, _("An hour")),
        (Snooze.TOMORROW, _("Until tomorrow")),
        (Snooze.NEXT_WORKING_DAY, _("Until the next working day")),
        (Snooze.NEXT_WEEK, _("Until next week")),
        (Snooze.NEXT_MONTH, _("Until next month")),
    ]


class SnoozeConversation(StatusAction):
    """A named moment is counted when the action runs; epoch seconds are taken too."""

    name = "snooze_conversation"
    title = _("Snooze")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="snoozed_until", title=_("Until"), choices=_moments, required=False),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = Status.SNOOZED
        self.until = self.until_of(given)
        self._said = given.get("snoozed_until") or Snooze.NEXT_REPLY

    def shown(self) -> list[str]:
        named = dict(_moments()).get(self._said)
        return [str(named)] if named else []
