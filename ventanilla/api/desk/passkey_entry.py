"""Coming in by a passkey: alone, or as the second step."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ventanilla.api.desk.session import BootShape, let_in, require_json
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.passkey_answers import AskedShape, PasskeyAnswerBody, asked_json, origin_of
from ventanilla.api.replies import json_reply
from ventanilla.api.sign_in_limits import address_of
from ventanilla.kit import rate_limits
from ventanilla.signin.commands import entry, passkeys

router = Router(tags=["Desk"])


class AskBody(Body):
    """In the second step: the token of the first one."""

    mfa_token: str = ""


class EntryBody(PasskeyAnswerBody, Body):
    """The browser's answer."""


@router.post("/ask", operation_id="ask_for_passkey", response=AskedShape, auth=None)
def ask(request: HttpRequest, given: AskBody = Given()) -> HttpResponse:
    """What the browser is asked. In the first step it tells no one whose passkeys there are."""
    require_json(request)
    user = entry.in_second_step(given.mfa_token) if given.mfa_token else None
    return json_reply(asked_json(passkeys.ask_for_one(origin=origin_of(request), user=user)))


@router.post("/session", operation_id="sign_in_by_passkey", response=BootShape, auth=None)
def sign_in(request: HttpRequest, given: EntryBody = Given()) -> HttpResponse:
    """Come in by the passkey alone: it is something one has, and the device asked who one is."""
    require_json(request)
    rate_limits.check("passkey_per_ip", address_of(request))
    user = passkeys.use_passkey(token=given.token, answer=given.credential, origin=origin_of(request))
    rate_limits.give_back("passkey_per_ip", address_of(request))
    return let_in(request, user, how="passkey")
