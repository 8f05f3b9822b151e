"""When a conversation is given out: it became open, or it came to a team (contract F.5)."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.accounts.models import Team
from ventanilla.conversations.events import ConversationCreated, ConversationOpened, TeamChanged
from ventanilla.events.consumer import Consumer
from ventanilla.events.facts import Fact
from ventanilla.events.log import LoggedEvent
from ventanilla.routing import commands
from ventanilla.routing.selectors import among_these_need_agent


class Routing(Consumer):
    """Assigns what has just become open, and what was given to a team that assigns by itself."""

    name = "routing"
    hears = (ConversationCreated, ConversationOpened, TeamChanged)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        needing = among_these_need_agent({event.payload["conversation_id"] for event in events})
        teams = _teams_that_assign(events) if needing else set()
        for event in events:
            conversation_id, team_id = event.payload["conversation_id"], _new_team(event.fact)
            if conversation_id in needing and (not isinstance(event.fact, TeamChanged) or team_id in teams):
                commands.assign_in_turn(conversation_id, team_id=team_id, caused_by=event.id)


def _new_team(fact: Fact) -> int | None:
    """The team it was given to; None of a fact about something else, and where it was taken from one."""
    match fact:
        case TeamChanged(changes={"team_id": [_old, int(new)]}):
            return new
    return None


def _teams_that_assign(events: Sequence[LoggedEvent]) -> set[int]:
    named = {team_id for event in events if (team_id := _new_team(event.fact)) is not None}
    return (
        set(Team.objects.filter(pk__in=named, allow_auto_assign=True).values_list("pk", flat=True))
        if named
        else set()
    )
