"""Signing in to a mailbox at Google or Microsoft: the authorisation-code flow with PKCE (RFC 6749, RFC 7636, OpenID).

Only the protocol is here: addresses, codes and tokens. Who asked, and keeping what comes, is the post room's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings as installation
from django.utils.translation import gettext as _

from ventanilla.inboxes.channel import SignInFailed, SignInRefused, Unreachable
from ventanilla.kit import safe_http
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.kit.json_text import read_json
from ventanilla.kit.limits import is_email

TOKEN_SECONDS = 15.0
MAX_ANSWER_BYTES = 256 * 1024
# A token that ends within this time is renewed before it is used.
RENEW_BEFORE = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=5)
# The consent was taken back, or the provider wants to see the person again: trying again will not help.
_PERSON_IS_NEEDED = {"invalid_grant", "interaction_required", "consent_required", "login_required"}


@dataclass(frozen=True)
class Provider:
    """Who signs people in. `extra` are parameters of the authorisation request."""

    key: str
    name: str
    client_id: str
    client_secret: str
    authorize_url: str
    token_url: str
    scopes: tuple[str, ...]
    extra: Mapping[str, str]


@dataclass(frozen=True)
class Tokens:
    """What the provider gave. `refresh` is empty when it gave none; `address` when it did not say who signed in."""

    access: str
    refresh: str
    expires_at: int  # seconds since 1970
    address: str = ""


_NAMES = {"google": "Google", "microsoft": "Microsoft"}
_SCOPES = {
    "google": ("https://mail.google.com/", "openid", "email"),
    "microsoft": (
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
        "openid",
        "email",
    ),
}
# Google gives a refresh token only with these; Microsoft asks which of several accounts is meant.
_EXTRA = {
    "google": {"access_type": "offline", "prompt": "consent", "include_granted_scopes": "false"},
    "microsoft": {"prompt": "select_account"},
}


def provider(key: str) -> Provider | None:
    """The provider of that name; None when the installation is not registered there."""
    given = installation.MAIL_SIGN_IN.get(key)
    if not given or not given["client_id"] or not given["client_secret"]:
        return None
    return Provider(key=key, name=_NAMES[key], scopes=_SCOPES[key], extra=_EXTRA[key], **given)


def configured() -> list[str]:
    """Keys of the providers where the installation is registered."""
    return [key for key in _NAMES if provider(key) is not None]


def authorization_url(
    who: Provider, *, redirect_uri: str, state: str, nonce: str, verifier: str, login_hint: str
) -> str:
    """Where the browser goes to sign in."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "client_id": who.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "scope": " ".join(who.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"login_hint": login_hint} if login_hint else {}),
        **who.extra,
    }
    return f"{who.authorize_url}?{urlencode(parameters)}"


def redeem(who: Provider, *, code: str, verifier: str, nonce: str, redirect_uri: str) -> Tokens:
    """Tokens for the code that the browser brought back. Raises SignInFailed or Unreachable."""
    try:
        answer = _ask(
            who,
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=verifier,
        )
    except SignInRefused:
        raise SignInFailed("refused") from None
    tokens = _tokens(answer)
    if not tokens.refresh:
        raise SignInFailed("no_refresh_token")
    return Tokens(tokens.access, tokens.refresh, tokens.expires_at, _who_signed_in(who, answer, nonce))


def renew(who: Provider, refresh_token: str) -> Tokens:
    """A fresh access token. Raises SignInRefused when a person must sign in again, Unreachable when it may pass."""
    return _tokens(_ask(who, grant_type="refresh_token", refresh_token=refresh_token))


def _ask(who: Provider, **fields: str) -> dict[str, Any]:
    body = {"client_id": who.client_id, "client_secret": who.client_secret, **fields}
    try:
        answer = safe_http.fetch(
            "POST",
            who.token_url,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            content=urlencode(body).encode(),
            timeout_seconds=TOKEN_SECONDS,
            max_bytes=MAX_ANSWER_BYTES,
        )
        said = read_json(answer.content)
    except (Refusal, ValueError) as error:
        raise Unreachable(_("%(name)s isn't responding.") % {"name": who.name}) from error
    if not isinstance(said, dict):
        raise Unreachable(_("%(name)s isn't responding.") % {"name": who.name})
    if answer.is_success and said.get("access_token"):
        return said
    problem = str(said.get("error") or answer.status)[:100]
    if problem in _PERSON_IS_NEEDED:
        reason = _("%(name)s no longer accepts the sign-in (%(reason)s).")
        raise SignInRefused(reason % {"name": who.name, "reason": problem})
    # The client's own fault or the provider's: an operator may fix it, no one has to sign in again.
    raise Unreachable(_("%(name)s didn't grant access (%(reason)s).") % {"name": who.name, "reason": problem})


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    try:
        seconds = int(answer.get("expires_in") or 3600)
    except (TypeError, ValueError):
        seconds = 3600
    return Tokens(
        access=str(answer["access_token"]),
        refresh=str(answer.get("refresh_token") or ""),
        expires_at=int(now().timestamp()) + max(0, seconds),
    )


def _who_signed_in(who: Provider, answer: Mapping[str, Any], nonce: str) -> str:
    """The address of the ID token. It came from the provider itself over TLS, which stands for its signature
    (OpenID Connect Core 3.1.3.7, point 6); audience, time and nonce are checked."""
    import jwt  # with all of cryptography, which only a sign-in needs

    try:
        claims = jwt.decode(
            str(answer.get("id_token") or ""),
            audience=who.client_id,
            options={
                "verify_signature": False,
                "verify_aud": True,
                "verify_exp": True,
                "require": ["aud", "exp"],
            },
            leeway=_CLOCKS_DIFFER,
        )
    except jwt.InvalidTokenError:
        raise SignInFailed("refused") from None
    address = str(claims.get("email") or claims.get("preferred_username") or "").strip().lower()
    if claims.get("nonce") != nonce or not is_email(address) or claims.get("email_verified") is False:
        raise SignInFailed("refused")
    return address
