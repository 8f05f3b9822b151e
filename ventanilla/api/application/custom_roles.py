"""Roles of the account's own in the contract's words (B.5); the desk's own routes say more of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.commands import roles as commands
from ventanilla.accounts.models import CustomRole, Role, Sight
from ventanilla.accounts.policies import (
    MATRIX,
    PERMISSIONS,
    Capability,
    capabilities_of_permissions,
    sight_of_permissions,
)
from ventanilla.accounts.rendering import custom_role_json
from ventanilla.accounts.selectors import get_role, roles_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.kit.errors import Invalid

router = Router(tags=["Custom roles"])

# What someone with a role of the contract may do to the conversations that they see: what an agent may.
_IN_CONVERSATIONS = {
    Capability.CONVERSATIONS_WRITE,
    Capability.CONVERSATIONS_ASSIGN,
    Capability.CONVERSATIONS_CLOSE,
    Capability.MESSAGES_DELETE,
}


class CustomRoleShape(Schema):
    """A role that the account made. Who has it is an agent with these permissions."""

    id: int
    name: str
    description: str
    permissions: list[str]
    created_at: str
    updated_at: str


class CustomRoleBody(Body):
    """A role, or what to change of one."""

    wrapper = "custom_role"
    name: str | None = None
    description: str | None = None
    permissions: list[str] | None = None


def _fields(given: CustomRoleBody, *, before: CustomRole | None) -> dict[str, Any]:
    fields = {name: value for name, value in given.given.items() if name in ("name", "description")}
    fields = {name: value for name, value in fields.items() if value is not None}
    if given.permissions is None:
        return fields
    if unknown := sorted(set(given.permissions) - set(PERMISSIONS)):
        sentence = _("There's no permission called “%(word)s”.") % {"word": unknown[0][:100]}
        raise Invalid(fields={"permissions": [sentence]})
    sight = sight_of_permissions(given.permissions, before=before.sight if before else Sight.NONE)
    start = set(before.capabilities) if before else set(MATRIX[Role.AGENT])
    if sight == Sight.NONE:
        start -= _IN_CONVERSATIONS
    elif before is None or before.sight == Sight.NONE:
        start |= _IN_CONVERSATIONS
    return fields | {
        "sight": sight,
        "capabilities": capabilities_of_permissions(given.permissions, before=start),
    }


def _role(request: Request, role_id: int) -> CustomRole:
    request.auth.require(Capability.ADMINISTRATION)
    return get_role(request.auth.account, role_id=role_id)


@router.get("", operation_id="list_custom_roles", response=list[CustomRoleShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """All, by name; only administrators have any to see."""
    seen = roles_of(request.auth.account) if request.auth.may(Capability.ADMINISTRATION) else []
    return json_reply([custom_role_json(role) for role in seen])


@router.post("", operation_id="create_custom_role", response=CustomRoleShape)
def create(request: Request, account_id: int, given: CustomRoleBody = Given()) -> HttpResponse:
    """Make one."""
    request.auth.require(Capability.ADMINISTRATION)
    fields = {"name": "", **_fields(given, before=None)}
    role = commands.create_role(request.auth.account, by=request.auth.person, **fields)
    return json_reply(custom_role_json(role))


@router.get("/{int:role_id}", operation_id="show_custom_role", response=CustomRoleShape)
def show(request: Request, account_id: int, role_id: int) -> HttpResponse:
    """One of them."""
    return json_reply(custom_role_json(_role(request, role_id)))


@router.patch("/{int:role_id}", operation_id="update_custom_role", response=CustomRoleShape)
def change(request: Request, account_id: int, role_id: int, given: CustomRoleBody = Given()) -> HttpResponse:
    """Change what is given. What the contract has no words for stays as it is."""
    role = _role(request, role_id)
    role = commands.update_role(role, by=request.auth.person, **_fields(given, before=role))
    return json_reply(custom_role_json(role))


@router.delete("/{int:role_id}", operation_id="delete_custom_role", response={200: None})
def destroy(request: Request, account_id: int, role_id: int) -> HttpResponse:
    """Remove it; refused while people have it."""
    commands.delete_role(_role(request, role_id), by=request.auth.person)
    return empty_reply()
