"""When a conversation is given out: it became open, or it came to a team (contract F.5)."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.accounts.models import Team
from ventanilla.conversations.events import ConversationCreated, ConversationOpened, TeamChanged
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.routing import commands
from ventanilla.routing.selectors import among_these_need_agent

Heard = ConversationCreated | ConversationOpened | TeamChanged


class Routing(Consumer):
    """Assigns what has just become open, and what was given to a team that assigns by itself."""

    name = "routing"
    hears = (ConversationCreated, ConversationOpened, TeamChanged)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        heard = [(event.id, fact) for event in events if isinstance(fact := event.fact, Heard)]
        needing = among_these_need_agent({fact.conversation_id for _id, fact in heard})
        teams = _teams_that_assign([fact for _id, fact in heard]) if needing else set()
        for event_id, fact in heard:
            team_id = _new_team(fact)
            if fact.conversation_id in needing and (not isinstance(fact, TeamChanged) or team_id in teams):
                commands.assign_in_turn(fact.conversation_id, team_id=team_id, caused_by=event_id)


def _new_team(fact: Heard) -> int | None:
    """The team it was given to; None of a fact about something else, and where it was taken from one."""
    match fact:
        case TeamChanged(changes={"team_id": [_old, int(new)]}):
            return new
    return None


def _teams_that_assign(heard: Sequence[Heard]) -> set[int]:
    named = {team_id for fact in heard if (team_id := _new_team(fact)) is not None}
    return (
        set(Team.objects.filter(pk__in=named, allow_auto_assign=True).values_list("pk", flat=True))
        if named
        else set()
    )
