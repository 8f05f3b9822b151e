"""Open it again: one state, without asking which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.actions.change_status import StatusAction
from ventanilla.conversations.models import Status


class OpenConversation(StatusAction):
    name = "open_conversation"
    title = _("Open it again")

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = Status.OPEN
