"""Service levels of the desk's settings: what is promised by account, channel and team, and how much of it was kept."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.sla_policies import SlaPolicyAnswer
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.service_levels import commands
from ventanilla.service_levels.rendering import level_json, policy_json, shares_json
from ventanilla.service_levels.selectors import get_deleted_policy, kept_shares, levels_of

router = Router(tags=["Desk"])


class ServiceLevelShape(Schema):
    """Times in seconds; null is what the wider place says, and no promise where none is wider."""

    inbox_id: int | None
    team_id: int | None
    first_response: int | None
    next_response: int | None
    resolution: int | None
    in_business_hours: bool | None
    pauses: list[Literal["snoozed", "pending"]] | None


class KeptShape(Schema):
    """How many percent of the conversations of the last 30 days kept every promise there."""

    inbox_id: int | None
    team_id: int | None
    kept_percent: int


class ServiceLevelsShape(Schema):
    """All of the account."""

    levels: list[ServiceLevelShape]
    kept: list[KeptShape]


class ServiceLevelBody(Body):
    """A place and what is promised there; without inbox and team it is the account's."""

    inbox_id: int | None = None
    team_id: int | None = None
    first_response: int | None = None
    next_response: int | None = None
    resolution: int | None = None
    in_business_hours: bool | None = None
    pauses: list[str] | None = None


@router.get("", operation_id="desk_service_levels", response=ServiceLevelsShape)
def index(request: Request, account_id: int) -> HttpResponse:
    """The account's service levels."""
    request.auth.require(Capability.ADMINISTRATION)
    return _all(request)


def _all(request: Request) -> HttpResponse:
    account = request.auth.account
    return json_reply(
        {
            "levels": [level_json(row) for row in levels_of(account)],
            "kept": shares_json(kept_shares(account)),
        }
    )


@router.patch("", operation_id="set_service_level", response=ServiceLevelsShape)
def change(request: Request, account_id: int, given: ServiceLevelBody = Given()) -> HttpResponse:
    """Set what is given of one place; a place of which nothing is left is gone. Answers with all."""
    request.auth.require(Capability.ADMINISTRATION)
    said = dict(given.given)
    place = {name: said.pop(name, None) for name in ("inbox_id", "team_id")}
    commands.set_level(request.auth.account, by=request.auth.person, **place, **said)
    return _all(request)


@router.post(
    "/policies/{int:sla_policy_id}/restore", operation_id="restore_sla_policy", response=SlaPolicyAnswer
)
def restore(request: Request, account_id: int, sla_policy_id: int) -> HttpResponse:
    """Undo the deletion of a policy."""
    request.auth.require(Capability.ADMINISTRATION)
    policy = get_deleted_policy(request.auth.account, policy_id=sla_policy_id)
    return json_reply({"payload": policy_json(commands.restore_policy(policy, by=request.auth.person))})
