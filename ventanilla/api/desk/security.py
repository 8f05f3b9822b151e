"""How the signed-in user proves who they are: the page Profile › Security."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.models import User
from ventanilla.api.application.profile_mfa import CodesShape
from ventanilla.api.auth import UserRequest
from ventanilla.api.proofs import freshly_proved, remember_proof, themselves
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import guess
from ventanilla.kit.clock import iso
from ventanilla.signin.commands import entry, factors
from ventanilla.signin.selectors import authenticator_of, proof_ways_of, recovery_codes_left, ways_of

router = Router(tags=["Desk"])


class ProofBody(Body):
    """One of them, whichever is asked of this user."""

    password: str = ""
    otp_code: str = ""
    backup_code: str = ""


class ProofWaysShape(Schema):
    """What can be shown to go on: password, authenticator, passkey, recovery_code; [] when only a new sign-in helps."""

    ways: list[str]


class SecurityShape(Schema):
    """`second_step`: whether signing in takes more than a password. `authenticator_since`: null without an app."""

    second_step: bool
    authenticator_since: str | None
    recovery_codes_left: int


def _security(user: User) -> dict[str, Any]:
    app = authenticator_of(user)
    return {
        "second_step": bool(ways_of(user)),
        "authenticator_since": iso(app.confirmed_at) if app else None,
        "recovery_codes_left": recovery_codes_left(user),
    }


@router.get("", operation_id="show_security", response=SecurityShape)
def show(request: UserRequest) -> HttpResponse:
    """What they have set up."""
    return json_reply(_security(request.auth))


@router.delete("/authenticator", operation_id="remove_authenticator", response=SecurityShape)
def remove_authenticator(request: UserRequest) -> HttpResponse:
    """Do without the app from now on."""
    factors.remove_authenticator(freshly_proved(request))
    return json_reply(_security(request.auth))


@router.post("/recovery-codes", operation_id="renew_recovery_codes", response=CodesShape)
def renew_recovery_codes(request: UserRequest) -> HttpResponse:
    """Fresh recovery codes; those before stop working."""
    made = factors.renew_recovery_codes(freshly_proved(request))
    return json_reply({"enabled": True, "backup_codes": made})


@router.get("/proof", operation_id="show_proof_ways", response=ProofWaysShape)
def proof_ways(request: UserRequest) -> HttpResponse:
    """What this user shows before a dangerous act."""
    return json_reply({"ways": proof_ways_of(request.auth)})


@router.post("/proof", operation_id="give_proof", response={200: None})
def give_proof(request: UserRequest, given: ProofBody = Given()) -> HttpResponse:
    """Show anew that it is them: dangerous acts are open for a quarter of an hour, in this browser."""
    user = themselves(request)
    with guess(request, user.email, action="second_step"):
        entry.prove(user, password=given.password, code=given.otp_code, recovery_code=given.backup_code)
    remember_proof(request)
    return empty_reply()
