"""Mark as pending: one state, without asking which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.actions.change_status import StatusAction
from ventanilla.conversations.models import Status


class PendingConversation(StatusAction):
    name = "pending_conversation"
    title = _("Mark as pending")

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = Status.PENDING
