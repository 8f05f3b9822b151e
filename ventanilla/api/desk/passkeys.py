"""The signed-in user's passkeys."""

from __future__ import annotations

from django.http import HttpResponse

from ventanilla.api.application.profile_mfa import CodesShape
from ventanilla.api.auth import UserRequest
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.passkey_answers import AskedShape, PasskeyAnswerBody, asked_json, origin_of
from ventanilla.api.proofs import freshly_proved, themselves
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.signin.commands import passkeys

router = Router(tags=["Desk"])


class NewPasskeyBody(PasskeyAnswerBody, Body):
    """What the browser made, and what the user calls it."""

    name: str = ""


class NameBody(Body):
    """Another name."""

    name: str = ""


@router.post("/passkeys/ask", operation_id="ask_for_new_passkey", response=AskedShape)
def ask(request: UserRequest) -> HttpResponse:
    """What the browser makes a passkey of."""
    user = freshly_proved(request)
    return json_reply(asked_json(passkeys.ask_for_new(user, origin=origin_of(request))))


@router.post("/passkeys", operation_id="add_passkey", response=CodesShape)
def add(request: UserRequest, given: NewPasskeyBody = Given()) -> HttpResponse:
    """Keep it. With the first factor come recovery codes, shown this once."""
    made = passkeys.add_passkey(
        freshly_proved(request),
        token=given.token,
        answer=given.credential,
        name=given.name,
        origin=origin_of(request),
    )
    return json_reply({"enabled": True, "backup_codes": made})


@router.patch("/passkeys/{int:passkey_id}", operation_id="rename_passkey", response={200: None})
def rename(request: UserRequest, passkey_id: int, given: NameBody = Given()) -> HttpResponse:
    """Call it otherwise."""
    passkeys.rename_passkey(themselves(request), passkey_id=passkey_id, name=given.name)
    return empty_reply()


@router.delete("/passkeys/{int:passkey_id}", operation_id="remove_passkey", response={200: None})
def remove(request: UserRequest, passkey_id: int) -> HttpResponse:
    """It opens nothing any more."""
    passkeys.remove_passkey(freshly_proved(request), passkey_id=passkey_id)
    return empty_reply()
