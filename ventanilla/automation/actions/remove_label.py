"""Take labels away from the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from ventanilla.automation.action import Action, Parameter, Step, texts
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation
from ventanilla.labels.titles import stored_titles


class RemoveLabel(Action):
    """Labels that it does not have are ignored."""

    name = "remove_label"
    title = _("Remove labels")
    can_be_undone = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="labels", title=_("Labels"), source="labels", many=True),
    )

    def read(self, given: Mapping[str, Any]) -> None:
        self.titles = texts(given, "labels")

    def apply(self, conversation: Conversation) -> None:
        commands.remove_labels(
            conversation, titles=self.titles, by=self.acting.by, caused_by=self.acting.caused_by
        )

    def undoing(self, conversation: Conversation) -> list[Step]:
        had = [title for title in stored_titles(self.titles) if title in conversation.label_titles]
        return [Step(name="add_label", given={"labels": had})] if had else []

    def shown(self) -> list[str]:
        return self.titles
