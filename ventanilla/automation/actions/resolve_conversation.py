"""Resolve: one state, without asking which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.actions.change_status import StatusAction
from ventanilla.conversations.models import Status


class ResolveConversation(StatusAction):
    name = "resolve_conversation"
    title = _("Resolve")

    def read(self, given: Mapping[str, Any]) -> None:
        self.status = Status.RESOLVED
