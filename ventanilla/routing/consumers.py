"""When a conversation is given out: it became open, or it came to a team (contract F.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.models import Team
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.routing import commands


class Routing(Consumer):
    """Assigns what has just become open, and what was given to a team that assigns by itself."""

    name = "routing"
    subscribes: ClassVar[frozenset[str]] = frozenset(
        {"conversation.created", "conversation.opened", "team.changed"}
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            team_id = None
            if event.name == "team.changed":
                team_id = event.payload["changes"].get("team_id", [None, None])[1]
                if team_id is None or not Team.objects.filter(pk=team_id, allow_auto_assign=True).exists():
                    continue
            commands.assign_in_turn(event.payload["conversation_id"], team_id=team_id, caused_by=event.id)
