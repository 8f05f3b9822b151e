"""How often passwords may be guessed. Only failures count, and no one can lock someone else out.

A stranger's failures count for their address and, all strangers together, for the email. Whoever came in before from
the same browser (a signed cookie, "device cookie" in OWASP's words) or the same address has an allowance of their own,
which a stranger cannot use up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from ventanilla.kit import rate_limits
from ventanilla.kit.callers import network_of
from ventanilla.kit.errors import Throttled
from ventanilla.signin.commands.entry import note_failed_often

COOKIE = "ventanilla_device"
_SALT = "ventanilla.device"
_REMEMBERED = timedelta(days=180)
_ADDRESS_REMEMBERED = timedelta(days=30)
_MOST = 5  # people who share a browser
_TOLD_AGAIN_SECONDS = 15 * 60
_Key = tuple[str, tuple[str, ...]]


def address_of(request: HttpRequest) -> str:
    """The caller's network address; proxies we trust are looked through before."""
    return str(request.META.get("REMOTE_ADDR", ""))


@dataclass
class Try:
    """One try to sign in. `came_in` is false while a second step is to come: the place is not known by it yet."""

    came_in: bool = True


@contextmanager
def guess(request: HttpRequest, email: str, *, action: str = "sign_in") -> Iterator[Try]:
    """Count one try to sign in; given back when the block ends well. Raises Throttled after too many failures.

    `action`: sign_in, or second_step. Who has the password and guesses at the second step is a stranger here, too, and
    uses up nothing of what its owner may try. Too many failures are told once (user.sign_in_failed_often).
    """
    keys = _keys(request, email, action=action)
    try:
        for name, parts in keys:
            rate_limits.check(name, *parts)
    except Throttled:
        _tell_once(email, action=action)
        raise
    one = Try()
    yield one
    for name, parts in keys:
        rate_limits.give_back(name, *parts)
    if one.came_in:
        rate_limits.remember(
            "came_in", *_place(request, email), for_seconds=int(_ADDRESS_REMEMBERED.total_seconds())
        )


def is_known_device(request: HttpRequest, email: str) -> bool:
    """Whether that person came in from this browser before."""
    return _person(email) in _devices(request)


def _tell_once(email: str, *, action: str) -> None:
    if not rate_limits.is_remembered("failed_often", action, _person(email)):
        rate_limits.remember("failed_often", action, _person(email), for_seconds=_TOLD_AGAIN_SECONDS)
        note_failed_often(email=email, step="password" if action == "sign_in" else action)


def ask_for_link(request: HttpRequest, email: str) -> None:
    """Count one forgotten password. Raises Throttled."""
    for name, parts in _keys(request, email, action="password"):
        rate_limits.check(name, *parts)


def remember_device(request: HttpRequest, response: HttpResponse, *, email: str) -> HttpResponse:
    """Let this browser be known as one in which that person came in."""
    mine = _person(email)
    known = {person: nonce for person, nonce in _devices(request).items() if person != mine}
    kept = dict([*known.items(), (mine, secrets.token_urlsafe(9))][-_MOST:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_SALT, compress=True),
        max_age=_REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _keys(request: HttpRequest, email: str, *, action: str) -> list[_Key]:
    written = email.strip().lower()
    nonce = _devices(request).get(_person(email))
    if nonce:
        return [(f"{action}_per_device", (written, nonce))]
    if rate_limits.is_remembered("came_in", *_place(request, email)):
        return [(f"{action}_per_device", _place(request, email))]
    return [(f"{action}_per_ip", (address_of(request),)), (f"{action}_per_email", (written,))]


def _place(request: HttpRequest, email: str) -> tuple[str, str]:
    return email.strip().lower(), network_of(address_of(request))


def _person(email: str) -> str:
    return rate_limits.digest_of(email.strip().lower())[:16]


def _devices(request: HttpRequest) -> dict[str, str]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_REMEMBERED)
    except signing.BadSignature:
        return {}
    return {str(person): str(nonce) for person, nonce in found.items()} if isinstance(found, dict) else {}
