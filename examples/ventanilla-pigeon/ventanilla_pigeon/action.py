"""An action that bulk changes, and whatever else acts by name, can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ventanilla.automation.action import Action, Parameter, text
from ventanilla.conversations import commands
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.models import Conversation


class FeedPigeons(Action):
    """Leaves a note that the pigeons were fed."""

    name = "feed_pigeons"
    title = "Feed the pigeons"
    parameters = (Parameter(name="seeds", title="Seeds"),)

    def read(self, given: Mapping[str, Any]) -> None:
        """Which seeds."""
        self.seeds = text(given, "seeds")

    def apply(self, conversation: Conversation) -> None:
        """A note of the team's, never sent."""
        commands.post_message(
            conversation,
            NewMessage(content=f"The pigeons had {self.seeds}.", private=True),
            by=self.acting.by,
        )

    def shown(self) -> list[str]:
        """The seeds."""
        return [self.seeds]
