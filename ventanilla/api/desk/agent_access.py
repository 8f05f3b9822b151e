"""How the account's people come in, for its administrators: invitations and their mails, links to hand over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.commands import invitations
from ventanilla.accounts.commands.system_mail import obstacle
from ventanilla.accounts.mail_states import MailState, newest_states
from ventanilla.accounts.models import Membership, OneTimeToken
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.selectors import get_membership
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.kit.clock import iso

router = Router(tags=["Desk"])


class MailStateShape(Schema):
    """`state`: queued, trying (with the reason), sent, failed or not_sent; `at`: when it left, else when it was written."""

    state: str
    reason: str
    at: str | None


class InvitationShape(Schema):
    """Someone who was invited. `state`: waiting or declined."""

    user_id: int
    email: str
    state: str
    invited_at: str | None
    mail: MailStateShape


class HandOverShape(Schema):
    """A link to hand over, shown this once."""

    url: str


def mail_state_json(shown: MailState) -> dict[str, Any]:
    """How far an email came."""
    moment: datetime | None = shown.at
    return {"state": shown.state, "reason": shown.reason, "at": iso(moment)}


@router.get("/invitations", operation_id="list_invitations", response=list[InvitationShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """Who is invited and has not accepted, newest first, and how far the mail came."""
    request.auth.require(Capability.AGENTS_WRITE)
    rows = list(
        Membership.objects.filter(account=request.auth.account).exclude(invited_email="").order_by("-pk")
    )
    mails = newest_states([row.user_id for row in rows], purpose=OneTimeToken.Purpose.INVITATION)
    unwritten = MailState("not_sent", code=obstacle())
    return json_reply(
        [
            {
                "user_id": row.user_id,
                "email": row.invited_email,
                "state": "declined" if row.declined_at else "waiting",
                "invited_at": iso(row.created_at),
                "mail": mail_state_json(mails.get(row.user_id, unwritten)),
            }
            for row in rows
        ]
    )


@router.post("/agents/{int:user_id}/link", operation_id="hand_over_link", response=HandOverShape)
def hand_over(request: Request, account_id: int, user_id: int) -> HttpResponse:
    """A link to hand over: the invitation of who is invited; where no mail leaves, a member's way to a new password.

    Earlier copied links of the same kind stop working.
    """
    caller = request.auth
    caller.require(Capability.AGENTS_WRITE)
    membership = get_membership(caller.account, user_id=user_id)
    url = (
        invitations.invitation_link(membership, by=caller.person)
        if membership.is_pending
        else invitations.member_link(membership, by=caller.person)
    )
    response = json_reply({"url": url})
    response["Cache-Control"] = "no-store"
    return response
