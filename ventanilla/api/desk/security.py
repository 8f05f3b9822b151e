"""How the signed-in user proves who they are: the page Profile › Security."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.application.profile_mfa import CodesShape
from ventanilla.api.auth import UserRequest, reach_of_request, vouched_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.here import where_is
from ventanilla.api.late import Router
from ventanilla.api.passkey_answers import AskedShape, PasskeyAnswerBody, answer_of, asked_json, origin_of
from ventanilla.api.proofs import freshly_proved, owes_nothing, remember_proof, themselves
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.api.sign_in_limits import guess
from ventanilla.kit.clock import iso
from ventanilla.signin.commands import entry, factors, keys, passkeys, sessions
from ventanilla.signin.devices import described, is_phone, place_of
from ventanilla.signin.models import SignIn
from ventanilla.signin.reach import prove_own
from ventanilla.signin.selectors import (
    authenticator_of,
    passkeys_of,
    proof_ways_of,
    recovery_codes_left,
    sessions_of,
    vouching_for,
    ways_of,
)
from ventanilla.signin.single_sign_on.way import PATH

router = Router(tags=["Desk"])


class ProofBody(Body):
    """One of them, whichever is asked of this user."""

    password: str = ""
    otp_code: str = ""
    backup_code: str = ""
    passkey: PasskeyAnswerBody | None = None


class ProofProviderShape(Schema):
    """A provider that can be asked to ask them again. `path` leads there; `?next=` says where to go on."""

    name: str
    path: str


class ProofWaysShape(Schema):
    """What can be shown to go on: password, authenticator, passkey, recovery_code; [] when only a new sign-in helps.

    `providers`: who opened this session; what they ask again counts for the affairs of their account alone.
    """

    ways: list[str]
    providers: list[ProofProviderShape]


class AccessTokenShape(Schema):
    """What a program of theirs signs in with."""

    access_token: str


class PasskeyShape(Schema):
    """One of theirs."""

    id: int
    name: str
    created_at: str
    last_used_at: str | None


class SessionShape(Schema):
    """Where they are signed in. `device` and `place` are in words, as far as browser and address tell."""

    id: int
    device: str
    is_phone: bool
    place: str
    is_here: bool
    signed_in_at: str
    last_seen_at: str


class SecurityShape(Schema):
    """`second_step`: whether signing in takes more than a password. `authenticator_since`: null without an app.

    `is_vouched`: a provider opened this session, which neither shows nor changes what they prove themselves with.
    """

    is_vouched: bool
    second_step: bool
    authenticator_since: str | None
    recovery_codes_left: int
    passkeys: list[PasskeyShape]
    sessions: list[SessionShape]


def _vouched_in(request: UserRequest) -> frozenset[int] | None:
    """The accounts whose providers opened this session; None when it is wholly theirs."""
    reach = reach_of_request(request)
    return reach.accounts if reach.is_limited else None


def _security(request: UserRequest) -> dict[str, Any]:
    user, vouched_in = request.auth, _vouched_in(request)
    here = where_is(request).key
    kept = [_session(one, here=here) for one in sessions_of(user, vouched_in=vouched_in)]
    if vouched_in is not None:
        return {"is_vouched": True, "second_step": False, "authenticator_since": None, "recovery_codes_left": 0,
                "passkeys": [], "sessions": kept}  # fmt: skip
    app = authenticator_of(user)
    return {
        "is_vouched": False,
        "second_step": bool(ways_of(user)),
        "authenticator_since": iso(app.confirmed_at) if app else None,
        "recovery_codes_left": recovery_codes_left(user),
        "passkeys": [
            {
                "id": one.pk,
                "name": one.name,
                "created_at": iso(one.created_at),
                "last_used_at": iso(one.last_used_at),
            }
            for one in passkeys_of(user)
        ],
        "sessions": kept,
    }


def _session(one: SignIn, *, here: str) -> dict[str, Any]:
    return {
        "id": one.pk,
        "device": described(one.agent),
        "is_phone": one.client_session_id is not None or is_phone(one.agent),
        "place": place_of(one.address),
        "is_here": one.key == here,
        "signed_in_at": iso(one.created_at),
        "last_seen_at": iso(one.last_seen_at),
    }


@router.get("", operation_id="show_security", response=SecurityShape, auth=vouched_auth)
def show(request: UserRequest) -> HttpResponse:
    """What they have set up."""
    return json_reply(_security(request))


@router.delete("/authenticator", operation_id="remove_authenticator", response=SecurityShape)
def remove_authenticator(request: UserRequest) -> HttpResponse:
    """Do without the app from now on."""
    factors.remove_authenticator(freshly_proved(request))
    return json_reply(_security(request))


@router.post("/recovery-codes", operation_id="renew_recovery_codes", response=CodesShape)
def renew_recovery_codes(request: UserRequest) -> HttpResponse:
    """Fresh recovery codes; those before stop working."""
    made = factors.renew_recovery_codes(freshly_proved(request))
    return json_reply({"enabled": True, "backup_codes": made})


@router.post("/access-token", operation_id="show_access_token", response=AccessTokenShape)
def show_token(request: UserRequest) -> HttpResponse:
    """The key of their programs, which outlives this session: so it takes a fresh proof, and is recorded."""
    user = freshly_proved(request)
    owes_nothing(user)
    response = json_reply({"access_token": keys.show_access_token(user)})
    response["Cache-Control"] = "no-store"
    return response


@router.get("/proof", operation_id="show_proof_ways", response=ProofWaysShape, auth=vouched_auth)
def proof_ways(request: UserRequest) -> HttpResponse:
    """What this user shows before a dangerous act."""
    providers = [
        {"name": one.name, "path": f"{PATH}{one.slug}?fresh=1"}
        for one in vouching_for(request.auth, reach_of_request(request).accounts)
    ]
    return json_reply({"ways": proof_ways_of(request.auth), "providers": providers})


@router.post("/proof", operation_id="give_proof", response={200: None}, auth=vouched_auth)
def give_proof(request: UserRequest, given: ProofBody = Given()) -> HttpResponse:
    """Show anew that it is them: dangerous acts are open for a quarter of an hour, in this browser."""
    user = themselves(request)
    with guess(request, user.email, action="second_step"):
        entry.prove(
            user,
            password=given.password,
            code=given.otp_code,
            recovery_code=given.backup_code,
            passkey=answer_of(given.passkey, request),
        )
    remember_proof(request)
    prove_own(request.session)
    return empty_reply()


@router.post(
    "/proof/passkey", operation_id="ask_for_passkey_as_proof", response=AskedShape, auth=vouched_auth
)
def ask_for_passkey(request: UserRequest) -> HttpResponse:
    """What the browser is asked when a passkey is the proof."""
    user = themselves(request)
    return json_reply(asked_json(passkeys.ask_for_one(origin=origin_of(request), user=user)))


@router.delete(
    "/sessions/{int:session_id}", operation_id="revoke_session", response=SecurityShape, auth=vouched_auth
)
def revoke(request: UserRequest, session_id: int) -> HttpResponse:
    """End one session, wherever it is."""
    sessions.revoke_session(themselves(request), sign_in_id=session_id, vouched_in=_vouched_in(request))
    return json_reply(_security(request))


@router.delete("/sessions", operation_id="revoke_other_sessions", response=SecurityShape, auth=vouched_auth)
def revoke_others(request: UserRequest) -> HttpResponse:
    """End every session but this one."""
    sessions.revoke_others(themselves(request), keep=where_is(request).key, vouched_in=_vouched_in(request))
    return json_reply(_security(request))
