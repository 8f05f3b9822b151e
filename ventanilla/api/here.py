"""From where a request comes, as the list of sessions keeps it."""

from __future__ import annotations

from django.http import HttpRequest

from ventanilla.accounts.commands.sessions import OpenedSession
from ventanilla.accounts.models import Account, User
from ventanilla.api.sign_in_limits import address_of, is_known_device
from ventanilla.kit import tokens
from ventanilla.signin.commands.sessions import Where, remember_session


def where_is(request: HttpRequest) -> Where:
    """Whoever asks, with the session they ask in."""
    agent = request.headers.get("User-Agent", "")
    if "HTTP_ACCESS_TOKEN" in request.META:
        return Where(address_of(request), agent, client=request.META.get("HTTP_CLIENT", ""))
    return Where(address_of(request), agent, browser=request.session.session_key or "")


def held_by(request: HttpRequest) -> str:
    """What whoever asks is known by, for what must end with it (signin.selectors.is_open)."""
    token = request.META.get("HTTP_API_ACCESS_TOKEN")
    return f"token:{tokens.digest(token)}" if token else where_is(request).key


def remember_browser(request: HttpRequest, user: User, *, how: str, account: Account | None = None) -> None:
    """This browser has a session of theirs from now on. `account`: opened by its provider's word alone."""
    if not request.session.session_key:
        request.session.create()
    known = account is None and is_known_device(request, user.email)
    # Whatever headers came along: it is the cookie that opens it.
    where = Where(
        address_of(request), request.headers.get("User-Agent", ""), browser=request.session.session_key or ""
    )
    remember_session(user, where, how=how, known=known, account=account)


def remember_phone(request: HttpRequest, opened: OpenedSession, *, how: str) -> None:
    """The headers that were just given out are a session of theirs."""
    agent = request.headers.get("User-Agent", "")
    where = Where(address_of(request), agent, client=opened.client)
    remember_session(opened.user, where, how=how, known=is_known_device(request, opened.user.email))
