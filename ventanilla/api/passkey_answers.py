"""A browser's answer of a passkey, as doors take it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from ventanilla.kit import links
from ventanilla.signin.commands.passkeys import Asked, PasskeyAnswer


class PasskeyAnswerBody(Schema):
    """The token that came with the question, and `PublicKeyCredential` as WebAuthn writes it in JSON."""

    token: str
    credential: dict[str, Any]


class AskedShape(Schema):
    """The question to the browser, as WebAuthn writes it in JSON, and the token to answer with."""

    options: dict[str, Any]
    token: str


def asked_json(asked: Asked) -> dict[str, Any]:
    """As AskedShape says."""
    return {"options": asked.options, "token": asked.token}


def origin_of(request: HttpRequest) -> str:
    """The page's origin: where this caller reaches us. Hosts that are not ours were refused before."""
    return links.here() or f"{request.scheme}://{request.get_host()}"


def answer_of(given: PasskeyAnswerBody | None, request: HttpRequest) -> PasskeyAnswer | None:
    """The answer with the origin it has to be of."""
    return PasskeyAnswer(given.token, given.credential, origin_of(request)) if given else None
