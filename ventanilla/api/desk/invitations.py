"""Invitations on screen: for who was invited, with the link or signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from ventanilla.accounts.commands import invitations
from ventanilla.accounts.commands.accounts import set_active_account
from ventanilla.accounts.models import Membership
from ventanilla.api.application.profile import UserShape
from ventanilla.api.auth import UserRequest, reach_of_request, user_auth, vouched_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.own import own_json
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import address_of
from ventanilla.kit import rate_limits

router = Router(tags=["Desk"])


class LinkBody(Body):
    """The token of a link."""

    token: str = ""


class LinkShape(Schema):
    """What an invitation's link is for.

    `way`: password (choose one), sign_in (the address has a user), or either: a copied link does not tell which.
    """

    account_name: str
    inviter: str
    email: str
    role: str
    way: str


class WaitingShape(Schema):
    """An invitation that waits for the caller's yes."""

    id: int
    account_name: str
    inviter: str
    role: str


def _about(membership: Membership) -> dict[str, Any]:
    return {
        "account_name": membership.account.name,
        "inviter": membership.inviter.available_name if membership.inviter else membership.account.name,
        "role": membership.role,
    }


@router.post("/invitation", operation_id="show_invitation", response=LinkShape, auth=None)
def show(request: HttpRequest, given: LinkBody = Given()) -> HttpResponse:
    """What the link invites to. Changes nothing."""
    rate_limits.check("invitations_per_ip", address_of(request))
    membership, row = invitations.find_invitation(given.token)
    way = "sign_in" if invitations.needs_sign_in(membership, row) else "password"
    way = way if row.is_mailed else "either"
    return json_reply({**_about(membership), "email": membership.invited_email, "way": way})


@router.post("/invitation/accept", operation_id="accept_invitation", response=UserShape, auth=user_auth)
def accept(request: UserRequest, given: LinkBody = Given()) -> HttpResponse:
    """The signed-in user joins, and looks at that account from now on."""
    membership = invitations.accept_by_link(given.token, user=request.auth)
    set_active_account(request.auth, account_id=membership.account_id)
    return json_reply(own_json(request, request.auth))


@router.post("/invitation/decline", operation_id="decline_invitation", response={200: None}, auth=None)
def decline(request: HttpRequest, given: LinkBody = Given()) -> HttpResponse:
    """Who has the link says no."""
    rate_limits.check("invitations_per_ip", address_of(request))
    invitations.decline_by_link(given.token)
    return empty_reply()


@router.get(
    "/invitations", operation_id="list_own_invitations", response=list[WaitingShape], auth=vouched_auth
)
def waiting(request: UserRequest) -> HttpResponse:
    """Invitations that wait for the signed-in user; none are told to a session that is not wholly theirs."""
    is_limited = reach_of_request(request).is_limited
    rows = [] if is_limited else invitations.invitations_for(request.auth)
    return json_reply([{"id": row.pk, **_about(row)} for row in rows])


@router.post(
    "/invitations/{int:invitation_id}/accept",
    operation_id="accept_own_invitation",
    response=UserShape,
    auth=user_auth,
)
def accept_own(request: UserRequest, invitation_id: int) -> HttpResponse:
    """Join that account."""
    invitations.accept_on_desk(request.auth, membership_id=invitation_id)
    return json_reply(own_json(request, request.auth))


@router.post(
    "/invitations/{int:invitation_id}/decline",
    operation_id="decline_own_invitation",
    response={200: None},
    auth=user_auth,
)
def decline_own(request: UserRequest, invitation_id: int) -> HttpResponse:
    """Say no."""
    invitations.decline_on_desk(request.auth, membership_id=invitation_id)
    return empty_reply()
