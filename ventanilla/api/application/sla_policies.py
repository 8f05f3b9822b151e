"""SLA policies (contract B.6): every member reads them, administrators change them."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.service_levels import commands
from ventanilla.service_levels.rendering import policy_json
from ventanilla.service_levels.selectors import get_policy, policies_of

router = Router(tags=["SLA"])


class SlaPolicyShape(Schema):
    """A policy. Thresholds are seconds, null is no promise; `pauses` are the states in which its clocks stand still."""

    id: int
    name: str
    description: str
    first_response_time_threshold: int | None
    next_response_time_threshold: int | None
    resolution_time_threshold: int | None
    only_during_business_hours: bool
    pauses: list[Literal["snoozed", "pending"]]
    conditions: list[dict[str, Any]]
    position: int


class SlaPolicyAnswer(Schema):
    """A policy in its envelope."""

    payload: SlaPolicyShape


class SlaPoliciesAnswer(Schema):
    """The policies, in the order in which their conditions are tried."""

    payload: list[SlaPolicyShape]


class SlaPolicyBody(Body):
    """What is left out stays as it is."""

    wrapper = "sla_policy"
    name: str | None = None
    description: str | None = None
    first_response_time_threshold: int | None = None
    next_response_time_threshold: int | None = None
    resolution_time_threshold: int | None = None
    only_during_business_hours: bool | None = None
    pauses: list[str] | None = None
    conditions: list[dict[str, Any]] | None = None
    position: int | None = None


@router.get("", operation_id="list_sla_policies", response=SlaPoliciesAnswer)
def index(request: Request, account_id: int) -> HttpResponse:
    """The account's policies."""
    return json_reply({"payload": [policy_json(one) for one in policies_of(request.auth.account)]})


@router.post("", operation_id="create_sla_policy", response=SlaPolicyAnswer)
def create(request: Request, account_id: int, given: SlaPolicyBody = Given()) -> HttpResponse:
    """Make a policy."""
    request.auth.require(Capability.ADMINISTRATION)
    made = commands.create_policy(request.auth.account, by=request.auth.person, **given.given)
    return json_reply({"payload": policy_json(made)})


@router.get("/{int:sla_policy_id}", operation_id="show_sla_policy", response=SlaPolicyAnswer)
def show(request: Request, account_id: int, sla_policy_id: int) -> HttpResponse:
    """One policy."""
    return json_reply({"payload": policy_json(get_policy(request.auth.account, policy_id=sla_policy_id))})


@router.patch("/{int:sla_policy_id}", operation_id="update_sla_policy", response=SlaPolicyAnswer)
def change(
    request: Request, account_id: int, sla_policy_id: int, given: SlaPolicyBody = Given()
) -> HttpResponse:
    """Change what is given; clocks that run by it are reckoned anew."""
    request.auth.require(Capability.ADMINISTRATION)
    policy = get_policy(request.auth.account, policy_id=sla_policy_id)
    changed = commands.update_policy(policy, by=request.auth.person, **given.given)
    return json_reply({"payload": policy_json(changed)})


@router.delete("/{int:sla_policy_id}", operation_id="delete_sla_policy", response={200: None})
def destroy(request: Request, account_id: int, sla_policy_id: int) -> HttpResponse:
    """Delete it; the desk can restore it for a day."""
    request.auth.require(Capability.ADMINISTRATION)
    policy = get_policy(request.auth.account, policy_id=sla_policy_id)
    commands.delete_policy(policy, by=request.auth.person)
    return empty_reply()
