"""Teams and their members (B.5)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands import teams as commands
from ventanilla.accounts.models import Team
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.rendering import agent_json, team_json
from ventanilla.accounts.selectors import get_team, team_members, teams_of
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply

router = Router(tags=["Teams"])

SightWord = Literal["inboxes", "team", "own"]


class TeamShape(Schema):
    """A team. `is_member` says whether the caller is in it."""

    id: int
    name: str
    description: str
    allow_auto_assign: bool
    account_id: int
    is_member: bool
    sees_only_own: bool
    sight: SightWord


class NewTeamBody(Body):
    """A new team. `sight`: what its members see, all of their inboxes, their teams' and their own, or their own alone.

    `sees_only_own` is an older word for the first two.
    """

    wrapper = "team"
    name: str
    description: str | None = None
    allow_auto_assign: bool | None = None
    sight: SightWord | None = None
    sees_only_own: bool | None = None

    def values(self) -> dict[str, Any]:
        """What was given, for the commands."""
        values = {name: value for name, value in self.given.items() if value is not None}
        own = values.pop("sees_only_own", None)
        return values if own is None else {"sight": "team" if own else "inboxes"} | values


class TeamBody(NewTeamBody):
    """What to change of a team."""

    name: str | None = None  # type: ignore[assignment]  # not needed to change other things


class TeamMembersBody(Body):
    """Ids of users."""

    user_ids: list[int] = []


def _team(request: Request, team_id: int) -> Team:
    return get_team(request.auth.account, team_id=team_id, for_user=request.auth.person)


def _own_team(request: Request, team_id: int) -> Team:
    request.auth.require(Capability.TEAMS_WRITE)
    return _team(request, team_id)


@router.get("", operation_id="list_teams", response=list[TeamShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """All teams, by name."""
    return json_reply(
        [team_json(team) for team in teams_of(request.auth.account, for_user=request.auth.person)]
    )


@router.post("", operation_id="create_team", response=TeamShape)
def create(request: Request, account_id: int, given: NewTeamBody = Given()) -> HttpResponse:
    """Make a team; its name is kept in lower case."""
    request.auth.require(Capability.TEAMS_WRITE)
    team = commands.create_team(request.auth.account, by=request.auth.person, **given.values())
    return json_reply(team_json(team, is_member=False))


@router.get("/{int:team_id}", operation_id="show_team", response=TeamShape)
def show(request: Request, account_id: int, team_id: int) -> HttpResponse:
    """One team."""
    return json_reply(team_json(_team(request, team_id)))


@router.patch("/{int:team_id}", operation_id="update_team", response=TeamShape)
def change(request: Request, account_id: int, team_id: int, given: TeamBody = Given()) -> HttpResponse:
    """Change what is given."""
    team = _own_team(request, team_id)
    return json_reply(team_json(commands.update_team(team, by=request.auth.person, **given.values())))


@router.delete("/{int:team_id}", operation_id="delete_team", response={200: None})
def destroy(request: Request, account_id: int, team_id: int) -> HttpResponse:
    """Delete the team; its conversations stay and have no team."""
    commands.delete_team(_own_team(request, team_id), by=request.auth.person)
    return empty_reply()


@router.get("/{int:team_id}/team_members", operation_id="list_team_members", response=list[AgentShape])
def members(request: Request, account_id: int, team_id: int) -> HttpResponse:
    """The team's members, by name."""
    return _members_reply(_team(request, team_id))


def _members_reply(team: Team) -> HttpResponse:
    return json_reply([agent_json(agent) for agent in team_members(team)])


@router.post("/{int:team_id}/team_members", operation_id="add_team_members", response=list[AgentShape])
def add_members(
    request: Request, account_id: int, team_id: int, given: TeamMembersBody = Given()
) -> HttpResponse:
    """Put users into the team."""
    team = _own_team(request, team_id)
    commands.add_team_members(team, user_ids=given.user_ids, by=request.auth.person)
    return _members_reply(team)


@router.patch("/{int:team_id}/team_members", operation_id="set_team_members", response=list[AgentShape])
def set_members(
    request: Request, account_id: int, team_id: int, given: TeamMembersBody = Given()
) -> HttpResponse:
    """Make exactly these users the team."""
    team = _own_team(request, team_id)
    commands.set_team_members(team, user_ids=given.user_ids, by=request.auth.person)
    return _members_reply(team)


@router.delete("/{int:team_id}/team_members", operation_id="remove_team_members", response={200: None})
def remove_members(
    request: Request, account_id: int, team_id: int, given: TeamMembersBody = Given()
) -> HttpResponse:
    """Take users out of the team."""
    commands.remove_team_members(_own_team(request, team_id), user_ids=given.user_ids, by=request.auth.person)
    return empty_reply()
