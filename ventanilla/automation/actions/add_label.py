"""Add labels to the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, Step, texts
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation
from ventanilla.labels.titles import stored_titles


class AddLabel(Action):
    """Words that the account does not have yet become labels of it."""

    name = "add_label"
    title = _("Add labels")
    can_be_undone = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="labels", title=_("Labels"), source="labels", many=True),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.titles = texts(given, "labels")

    def apply(self, conversation: Conversation) -> None:
        commands.add_labels(
            conversation, titles=self.titles, by=self.acting.by, caused_by=self.acting.caused_by
        )

    def undoing(self, conversation: Conversation) -> list[Step]:
        new = [title for title in stored_titles(self.titles) if title not in conversation.label_titles]
        return [Step(name="remove_label", given={"labels": new})] if new else []

    def shown(self) -> list[str]:
        return self.titles
