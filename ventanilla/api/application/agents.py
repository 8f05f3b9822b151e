"""Agents of the account (B.5)."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands import agents as commands
from ventanilla.accounts.commands.invitations import invite_again
from ventanilla.accounts.models import Account
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.rendering import agent_json
from ventanilla.accounts.selectors import agents_of, get_membership
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.kit import rate_limits

router = Router(tags=["Agents"])

AvailabilityWord = Literal["online", "busy", "offline"]
RoleWord = Literal["administrator", "agent", "analyst"]


class AgentShape(Schema):
    """A member of the account. `availability` is what they chose, `availability_status` what others see."""

    id: int
    account_id: int
    availability: AvailabilityWord
    availability_status: AvailabilityWord
    auto_offline: bool
    confirmed: bool
    email: str
    available_name: str
    custom_attributes: dict[str, Any]
    name: str
    role: RoleWord
    thumbnail: str
    custom_role_id: int | None


class NewAgentBody(Body):
    """Whom to invite."""

    wrapper = "agent"
    email: str
    name: str = ""
    role: RoleWord = "agent"
    custom_role_id: int | None = None
    availability: AvailabilityWord = "online"
    auto_offline: bool = True


class AgentBody(Body):
    """What to change of an agent. `availability_status` is an older spelling of `availability`."""

    wrapper = "agent"
    name: str | None = None
    role: RoleWord | None = None
    custom_role_id: int | None = None
    availability: AvailabilityWord | None = None
    availability_status: AvailabilityWord | None = None
    auto_offline: bool | None = None
    custom_attributes: dict[str, Any] | None = None


class BulkBody(Body):
    """Addresses to invite."""

    emails: list[str] = []


def _agent(account: Account, user_id: int) -> dict[str, Any]:
    return agent_json(agents_of(account, user_ids=[user_id])[0])


@router.get("", operation_id="list_agents", response=list[AgentShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """Everyone in the account, by name."""
    return json_reply([agent_json(agent) for agent in agents_of(request.auth.account)])


@router.post("", operation_id="create_agent", response=AgentShape)
def create(request: Request, account_id: int, given: NewAgentBody = Given()) -> HttpResponse:
    """Invite someone: a mail asks them, and they are in the account once they accept."""
    caller = request.auth
    caller.require(Capability.AGENTS_WRITE)
    membership = commands.add_agent(
        caller.account,
        email=given.email,
        name=given.name,
        role=given.role,
        custom_role_id=given.custom_role_id,
        availability=given.availability,
        auto_offline=given.auto_offline,
        by=caller.person,
    )
    return json_reply(_agent(caller.account, membership.user_id))


@router.post("/bulk_create", operation_id="bulk_create_agents", response={200: None})
def bulk_create(request: Request, account_id: int, given: BulkBody = Given()) -> HttpResponse:
    """Invite many; addresses that cannot be used are skipped."""
    request.auth.require(Capability.AGENTS_WRITE)
    commands.bulk_create_agents(request.auth.account, emails=given.emails, by=request.auth.person)
    return empty_reply()


@router.patch("/{int:user_id}", operation_id="update_agent", response=AgentShape)
def change(request: Request, account_id: int, user_id: int, given: AgentBody = Given()) -> HttpResponse:
    """Change what is given."""
    caller = request.auth
    caller.require(Capability.AGENTS_WRITE)
    commands.update_agent(
        get_membership(caller.account, user_id=user_id),
        by=caller.person,
        name=given.name,
        role=given.role,
        custom_role_id=(given.custom_role_id or 0) if "custom_role_id" in given.given else None,
        availability=given.availability or given.availability_status,
        auto_offline=given.auto_offline,
        custom_attributes=given.custom_attributes,
    )
    return json_reply(_agent(caller.account, user_id))


@router.delete("/{int:user_id}", operation_id="delete_agent", response={200: None})
def destroy(request: Request, account_id: int, user_id: int) -> HttpResponse:
    """Take the agent out of the account, its teams and inboxes."""
    caller = request.auth
    caller.require(Capability.AGENTS_WRITE)
    commands.remove_agent(get_membership(caller.account, user_id=user_id), by=caller.person)
    return empty_reply()


@router.post("/{int:user_id}/invitation", operation_id="resend_invitation", response={200: None})
def resend_invitation(request: Request, account_id: int, user_id: int) -> HttpResponse:
    """Mail the invitation again; earlier links stop working."""
    caller = request.auth
    caller.require(Capability.AGENTS_WRITE)
    rate_limits.check("invitations_per_account", account_id)
    invite_again(get_membership(caller.account, user_id=user_id), by=caller.person)
    return empty_reply()
