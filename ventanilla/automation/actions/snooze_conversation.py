"""Put the conversation aside, until a moment or the next reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Parameter
from ventanilla.automation.actions.change_status import UNTIL, StatusAction
from ventanilla.conversations.models import Status
from ventanilla.kit.wire_values import moment


class SnoozeConversation(StatusAction):
    name = "snooze_conversation"
    title = _("Snooze")
    parameters: ClassVar[tuple[Parameter, ...]] = (UNTIL,)

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = Status.SNOOZED
        self.until = moment(given.get("snoozed_until"), field="snoozed_until")
