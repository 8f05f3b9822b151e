"""Accounts of the operator's customers, and who is in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands.accounts import update_account
from ventanilla.accounts.commands.platform import (
    create_account_for,
    delete_account_for,
    remove_member_for,
    set_member_for,
)
from ventanilla.accounts.features import enabled_features
from ventanilla.accounts.models import Account, Membership, PlatformPermit, Role
from ventanilla.accounts.selectors import memberships_of
from ventanilla.api.auth import PlatformRequest
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.platform.access import permitted_account, permitted_member, permitted_user
from ventanilla.api.replies import empty_reply, json_reply

router = Router(tags=["platform"])


class PlatformAccountIn(Body):
    """What an operator sets of an account. `limits`: {agents, inboxes}; `features`: {name: bool}."""

    name: str | None = None
    locale: str | None = None
    domain: str | None = None
    support_email: str | None = None
    status: str | None = None
    features: dict[str, bool] | None = None
    limits: dict[str, int | None] | None = None
    custom_attributes: dict[str, Any] | None = None


class PlatformAccountOut(Schema):
    """An account as operators see it."""

    id: int
    name: str
    locale: str
    domain: str | None
    support_email: str | None
    features: dict[str, bool]
    custom_attributes: dict[str, Any]
    limits: dict[str, Any]
    status: str


class PlatformMemberIn(Body):
    """A user and their role in the account."""

    user_id: int
    role: str = Role.AGENT


class PlatformMemberOut(Schema):
    """A user in an account."""

    id: int
    account_id: int
    user_id: int
    role: str


def account_row(account: Account) -> dict[str, Any]:
    """Contract B.13's shape."""
    return {
        "id": account.pk,
        "name": account.name,
        "locale": account.locale,
        "domain": account.domain or None,
        "support_email": account.support_email or None,
        "features": enabled_features(account),
        "custom_attributes": account.custom_attributes,
        "limits": account.limits,
        "status": account.status,
    }


def member_row(membership: Membership) -> dict[str, Any]:
    """A membership."""
    return {
        "id": membership.pk,
        "account_id": membership.account_id,
        "user_id": membership.user_id,
        "role": membership.role,
    }


def _fields(given: PlatformAccountIn) -> dict[str, Any]:
    return {name: value for name, value in given.given.items() if value is not None}


@router.get("/accounts", response=list[PlatformAccountOut], summary="List accounts")
def list_accounts(request: PlatformRequest) -> HttpResponse:
    """The accounts this app may touch."""
    permits = PlatformPermit.objects.filter(app=request.auth, account__isnull=False).select_related("account")
    return json_reply(
        [account_row(permit.account) for permit in permits.order_by("account_id") if permit.account]
    )


@router.post("/accounts", response=PlatformAccountOut, summary="Open an account")
def create(request: PlatformRequest, given: PlatformAccountIn = Given()) -> HttpResponse:
    """Open an account with no one in it."""
    fields = _fields(given)
    name = fields.pop("name", "")
    account = create_account_for(request.auth, name=name, **fields)
    return json_reply(account_row(account))


@router.get("/accounts/{int:account_id}", response=PlatformAccountOut, summary="Show an account")
def show(request: PlatformRequest, account_id: int) -> HttpResponse:
    """One account."""
    return json_reply(account_row(permitted_account(request.auth, account_id)))


@router.patch("/accounts/{int:account_id}", response=PlatformAccountOut, summary="Change an account")
def change(request: PlatformRequest, account_id: int, given: PlatformAccountIn = Given()) -> HttpResponse:
    """Change what is given; features that are not named stay."""
    account = update_account(permitted_account(request.auth, account_id), by=request.auth, **_fields(given))
    return json_reply(account_row(account))


@router.delete("/accounts/{int:account_id}", summary="Delete an account")
def destroy(request: PlatformRequest, account_id: int) -> HttpResponse:
    """Close it at once; its rows go in the background."""
    delete_account_for(request.auth, account=permitted_account(request.auth, account_id))
    return empty_reply()


@router.get(
    "/accounts/{int:account_id}/account_users", response=list[PlatformMemberOut], summary="List members"
)
def list_members(request: PlatformRequest, account_id: int) -> HttpResponse:
    """Everyone in the account, with their role."""
    rows = memberships_of(permitted_account(request.auth, account_id))
    return json_reply([member_row(row) for row in rows])


@router.post(
    "/accounts/{int:account_id}/account_users", response=PlatformMemberOut, summary="Add or change a member"
)
def set_member(request: PlatformRequest, account_id: int, given: PlatformMemberIn = Given()) -> HttpResponse:
    """Put a user of this app into the account, or change their role."""
    account = permitted_account(request.auth, account_id)
    user = permitted_user(request.auth, given.user_id)
    return json_reply(member_row(set_member_for(request.auth, account=account, user=user, role=given.role)))


@router.delete("/accounts/{int:account_id}/account_users", summary="Remove a member")
def remove_member(
    request: PlatformRequest, account_id: int, given: PlatformMemberIn = Given()
) -> HttpResponse:
    """Take the user out of the account, whoever made them: who is in it is the account's own affair."""
    account = permitted_account(request.auth, account_id)
    permitted_member(request.auth, account, given.user_id)
    remove_member_for(request.auth, account=account, user_id=given.user_id)
    return empty_reply()
