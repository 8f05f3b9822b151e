"""Roles as the desk shows them: one column each, standard ones beside the account's own, a row for each question."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.commands import roles as commands
from ventanilla.accounts.models import Account, CustomRole, Membership, Role, Sight
from ventanilla.accounts.policies import GRANTABLE, MATRIX, Capability
from ventanilla.accounts.selectors import get_role, memberships_of, roles_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.inboxes.selectors import inboxes_of
from ventanilla.kit.errors import Invalid

router = Router(tags=["Desk"])

SightName = Literal["inboxes", "team", "unassigned", "own", "none"]
_NAMES = 2  # of those who have a role: shown in the foot, "and n more"


class RoleColumnShape(Schema):
    """A role. `key`: a standard one's name, or the id of one of the account's own. `names`: the first who have it."""

    key: str
    name: str
    description: str
    own: bool
    everything: bool
    sight: str
    inbox_ids: list[int] | None
    capabilities: list[str]
    people: int
    names: list[str]


class RolesShape(Schema):
    """Every role of the account, and what a role of its own can be given."""

    roles: list[RoleColumnShape]
    grantable: list[str]


class RoleBody(Body):
    """A role, or what to change of one. `inbox_ids`: null leaves them all of the inboxes they belong to."""

    wrapper = "role"
    name: str | None = None
    description: str | None = None
    sight: SightName | None = None
    inbox_ids: list[int] | None = None
    capabilities: list[str] | None = None


class RemovalBody(Body):
    """Where the people of a removed role go: a standard role's name or the id of one of the account's own."""

    move_to: str | int | None = None


class ContradictionShape(Schema):
    """Why one answer cannot stand beside the others."""

    field: str
    reason: str


class TriedShape(Schema):
    """What would be refused of a role as it is being changed."""

    contradictions: list[ContradictionShape]


@router.get("/roles", operation_id="desk_roles", response=RolesShape)
def index(request: Request, account_id: int) -> HttpResponse:
    """All of them."""
    request.auth.require(Capability.ADMINISTRATION)
    return _all(request.auth.account)


def _all(account: Account) -> HttpResponse:
    people = _people(account)
    counted = dict(
        Membership.objects.filter(account=account, custom_role=None)
        .values_list("role")
        .annotate(count=Count("pk"))
        .values_list("role", "count")
    )
    standard = [
        _standard(account, role, people=counted.get(role, 0), names=people.get(role, []))
        for role in (Role.ADMINISTRATOR, Role.ANALYST, Role.AGENT)
    ]
    own = [_own(role, names=people.get(str(role.pk), [])) for role in roles_of(account)]
    return json_reply({"roles": standard + own, "grantable": sorted(GRANTABLE)})


def _people(account: Account) -> dict[str, list[str]]:
    """The first names of each role's people, by the role's key."""
    found: dict[str, list[str]] = {}
    for row in memberships_of(account):
        names = found.setdefault(str(row.custom_role_id or row.role), [])
        if len(names) < _NAMES:
            names.append(row.user.name)
    return found


def _standard(account: Account, role: Role, *, people: int, names: list[str]) -> dict[str, Any]:
    features = account.features
    sight = Sight.INBOXES
    if role == Role.AGENT and features.get("hide_all_chats_for_agent"):
        sight = Sight.OWN if features.get("hide_unassigned_for_agent") else Sight.UNASSIGNED
    return {
        "key": role.value, "name": "", "description": "", "own": False, "everything": role != Role.AGENT,
        "sight": sight, "inbox_ids": None, "capabilities": sorted(MATRIX[role]), "people": people, "names": names,
    }  # fmt: skip


def _own(role: CustomRole, *, names: list[str]) -> dict[str, Any]:
    return {
        "key": str(role.pk), "name": role.name, "description": role.description, "own": True, "everything": False,
        "sight": role.sight, "inbox_ids": role.inbox_ids, "capabilities": role.capabilities,
        "people": getattr(role, "people", 0), "names": names,
    }  # fmt: skip


def _role(request: Request, role_id: int) -> CustomRole:
    request.auth.require(Capability.ADMINISTRATION)
    return get_role(request.auth.account, role_id=role_id)


def _fields(request: Request, given: RoleBody) -> dict[str, Any]:
    fields = {name: value for name, value in given.given.items() if value is not None or name == "inbox_ids"}
    if given.inbox_ids is not None:
        _check_inboxes(request.auth.account, given.inbox_ids)
    return fields


def _check_inboxes(account: Account, inbox_ids: Collection[int]) -> None:
    known = set(inboxes_of(account).filter(pk__in=inbox_ids).values_list("pk", flat=True))
    if set(inbox_ids) - known:
        raise Invalid(fields={"inbox_ids": [_("One of these channels doesn't exist.")]})


@router.post("/roles", operation_id="desk_create_role", response=RoleColumnShape)
def create(request: Request, account_id: int, given: RoleBody = Given()) -> HttpResponse:
    """Make one."""
    request.auth.require(Capability.ADMINISTRATION)
    fields = {"name": "", **_fields(request, given)}
    return json_reply(
        _own(commands.create_role(request.auth.account, by=request.auth.person, **fields), names=[])
    )


@router.post("/roles/tried", operation_id="desk_try_role", response=TriedShape)
def tried(request: Request, account_id: int, given: RoleBody = Given()) -> HttpResponse:
    """Which of these answers contradict each other; nothing is kept."""
    request.auth.require(Capability.ADMINISTRATION)
    found = commands.contradictions(given.sight or Sight.NONE, given.inbox_ids, given.capabilities or [])
    return json_reply(
        {"contradictions": [{"field": field, "reason": str(reason)} for field, reason in found]}
    )


@router.patch("/roles/{int:role_id}", operation_id="desk_update_role", response=RoleColumnShape)
def change(request: Request, account_id: int, role_id: int, given: RoleBody = Given()) -> HttpResponse:
    """Change what is given; it holds at once, also for who is at work."""
    role = commands.update_role(_role(request, role_id), by=request.auth.person, **_fields(request, given))
    return json_reply(_own(role, names=_people(request.auth.account).get(str(role.pk), [])))


@router.delete("/roles/{int:role_id}", operation_id="desk_remove_role", response={200: None})
def destroy(request: Request, account_id: int, role_id: int, given: RemovalBody = Given()) -> HttpResponse:
    """Remove it; its people get another one."""
    commands.delete_role(_role(request, role_id), by=request.auth.person, move_to=given.move_to)
    return empty_reply()
