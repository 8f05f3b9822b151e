"""Archive: resolved, and put away as needing nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.actions.change_status import StatusAction
from ventanilla.conversations.models import CloseReason, Status


class ArchiveConversation(StatusAction):
    name = "archive_conversation"
    title = _("Archive")

    def read(self, given: Mapping[str, Any]) -> None:
        self.status, self.close_reason = Status.RESOLVED, CloseReason.ARCHIVED
