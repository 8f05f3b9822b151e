"""When a conversation is given out: it became open, or it came to a team (contract F.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.models import Team
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.routing import commands
from ventanilla.routing.selectors import among_these_need_agent


class Routing(Consumer):
    """Assigns what has just become open, and what was given to a team that assigns by itself."""

    name = "routing"
    subscribes: ClassVar[frozenset[str]] = frozenset(
        {"conversation.created", "conversation.opened", "team.changed"}
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        needing = among_these_need_agent({event.payload["conversation_id"] for event in events})
        teams = _teams_that_assign(events) if needing else set()
        for event in events:
            team_id = _new_team(event)
            if event.payload["conversation_id"] in needing and (
                event.name != "team.changed" or team_id in teams
            ):
                commands.assign_in_turn(event.payload["conversation_id"], team_id=team_id, caused_by=event.id)


def _new_team(event: LoggedEvent) -> int | None:
    """The team it was given to; None of an event about something else, and where it was taken from one."""
    if event.name != "team.changed":
        return None
    _old, new = event.payload["changes"].get("team_id", (None, None))
    return int(new) if new is not None else None


def _teams_that_assign(events: Sequence[LoggedEvent]) -> set[int]:
    named = {team_id for event in events if (team_id := _new_team(event)) is not None}
    return (
        set(Team.objects.filter(pk__in=named, allow_auto_assign=True).values_list("pk", flat=True))
        if named
        else set()
    )
