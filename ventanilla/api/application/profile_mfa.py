"""The second factor by the contract's own addresses (H)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.errors import WrongPassword
from ventanilla.api.auth import UserRequest
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.proofs import freshly_proved, themselves
from ventanilla.api.replies import json_reply
from ventanilla.api.sign_in_limits import guess
from ventanilla.signin.commands import entry, factors
from ventanilla.signin.selectors import recovery_codes_left, ways_of

router = Router(tags=["Profile"])


class MfaShape(Schema):
    """Whether signing in takes a second step. `feature_available` is what the contract's clients look at first."""

    feature_available: bool
    enabled: bool
    backup_codes_generated: bool


class ProposedShape(Schema):
    """What an authenticator app needs to know; `qr_code` is the address drawn, as an image."""

    provisioning_url: str
    secret: str
    qr_code: str


class CodesShape(Schema):
    """Recovery codes, shown this once."""

    enabled: bool
    backup_codes: list[str]


class CodeBody(Body):
    """A code of the app."""

    otp_code: str = ""


class LeavingBody(Body):
    """The password and a code, of the app or for recovery."""

    password: str = ""
    otp_code: str = ""
    backup_code: str = ""


def _state(user: Any) -> dict[str, Any]:
    return {
        "feature_available": True,
        "enabled": bool(ways_of(user)),
        "backup_codes_generated": recovery_codes_left(user) > 0,
    }


@router.get("", operation_id="show_mfa", response=MfaShape)
def show(request: UserRequest) -> HttpResponse:
    """Whether the second step is on."""
    return json_reply(_state(request.auth))


@router.post("", operation_id="begin_mfa", response=ProposedShape)
def begin(request: UserRequest) -> HttpResponse:
    """A secret for the app. Nothing changes until its first code was given."""
    proposed = factors.propose_authenticator(freshly_proved(request))
    return json_reply(
        {"provisioning_url": proposed.address, "secret": proposed.secret, "qr_code": proposed.drawing}
    )


@router.post("/verify", operation_id="verify_mfa", response=CodesShape)
def verify(request: UserRequest, given: CodeBody = Given()) -> HttpResponse:
    """The app's first code: from now on signing in takes it."""
    user = themselves(request)
    with guess(request, user.email, action="second_step"):
        made = factors.confirm_authenticator(user, code=given.otp_code)
    return json_reply({"enabled": True, "backup_codes": made})


@router.post("/backup_codes", operation_id="renew_backup_codes", response=CodesShape)
def backup_codes(request: UserRequest, given: CodeBody = Given()) -> HttpResponse:
    """Fresh recovery codes for a code of the app; those before stop working."""
    user = themselves(request)
    with guess(request, user.email, action="second_step"):
        entry.take_second_step(user, code=given.otp_code)
    return json_reply({"enabled": True, "backup_codes": factors.renew_recovery_codes(user)})


@router.delete("", operation_id="end_mfa", response=MfaShape)
def end(request: UserRequest, given: LeavingBody = Given()) -> HttpResponse:
    """Do without the app from now on."""
    user = themselves(request)
    with guess(request, user.email, action="second_step"):
        if not user.check_password(given.password):
            raise WrongPassword
        entry.take_second_step(user, code=given.otp_code, recovery_code=given.backup_code)
    factors.remove_authenticator(user)
    return json_reply(_state(user))
