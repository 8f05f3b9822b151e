"""/sso/SLUG and /sso/back: a browser goes to its company's provider, and comes back with who they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import structlog
from django.conf import settings
from django.contrib.auth import get_user, login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ventanilla.accounts.commands.accounts import set_active_account
from ventanilla.accounts.models import Membership, User
from ventanilla.api.desk.known_providers import remember_provider
from ventanilla.api.here import remember_browser
from ventanilla.api.late import Router
from ventanilla.api.sign_in_limits import address_of
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Refusal
from ventanilla.signin.commands.arriving import arrive, note_refused
from ventanilla.signin.models import SignInProvider
from ventanilla.signin.reach import reach_of, vouch
from ventanilla.signin.single_sign_on import errors, way
from ventanilla.signin.single_sign_on.claims import asked_at

router = Router(tags=["Desk"])
log = structlog.get_logger("signin")


@router.get("/back", operation_id="sign_in_by_provider", auth=None, include_in_schema=False)
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, by an answer that counts once and only in the browser that began."""
    given = way.Back(
        state=request.GET.get("state", ""),
        code=request.GET.get("code", ""),
        error=request.GET.get("error", ""),
        issuer=request.GET.get("iss", ""),
    )
    try:
        rate_limits.check("single_sign_on_per_ip", address_of(request))
        begun = way.begun(given, request.COOKIES)
        provider = SignInProvider.objects.select_related("account").filter(pk=begun.provider_id).first()
        if provider is None:
            raise errors.UnknownProvider
    except Refusal as problem:
        return _to_sign_in(problem)
    try:
        response = _arrived(request, provider, begun, given)
    except Refusal as problem:
        response = _to_sign_in(problem, provider.slug)
    response.delete_cookie(begun.cookie, path=way.PATH)
    return response


@router.get("/{slug}", operation_id="go_to_provider", auth=None, include_in_schema=False)
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """To the provider. What is wrong is said on the sign-in page."""
    try:
        rate_limits.check("single_sign_on_per_ip", address_of(request))
        provider = SignInProvider.objects.select_related("account").filter(slug=slug).first()
        if provider is None or not provider.account.is_active:
            raise errors.UnknownProvider
        url, begun = way.begin(
            provider, next_path=request.GET.get("next", ""), fresh=request.GET.get("fresh") == "1"
        )
    except Refusal as problem:
        return _to_sign_in(problem, slug)
    response = _quiet(HttpResponseRedirect(url))
    response.set_cookie(
        begun.cookie,
        begun.sealed(),
        max_age=way.LIFETIME_SECONDS,
        path=way.PATH,
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Lax",  # the provider sends the browser back from its own page
    )
    return response


def _arrived(request: HttpRequest, provider: SignInProvider, begun: way.Way, given: way.Back) -> HttpResponse:
    claims: dict[str, Any] | None = None
    found = get_user(request)
    here = found if isinstance(found, User) and found.is_active else None
    try:
        claims = way.claims_of(provider, begun, given)
        membership = arrive(provider, claims, here=here)
    except Refusal as problem:
        log.info("single_sign_on.refused", provider=provider.pk, reason=problem.code)
        note_refused(provider, problem, claims)
        raise
    _let_in(request, membership, is_here=here is not None, asked=asked_at(claims))
    response = _quiet(
        HttpResponseRedirect(begun.next or f"/app/accounts/{membership.account_id}/conversations")
    )
    return remember_provider(request, response, provider)


def _let_in(request: HttpRequest, membership: Membership, *, is_here: bool, asked: float | None) -> None:
    user, account = membership.user, membership.account
    before = reach_of(request.session) if is_here else None
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    vouch(request.session, account, before=before, asked_at=asked)
    only_vouched = before is None or before.is_limited
    remember_browser(request, user, how="single_sign_on", account=account if only_vouched else None)
    set_active_account(user, account_id=account.pk)


def _to_sign_in(problem: Refusal, slug: str = "") -> HttpResponse:
    query = urlencode({"problem": problem.code, **({"sso": slug} if slug else {})}, quote_via=quote)
    return _quiet(HttpResponseRedirect(f"/app/login?{query}"))


def _quiet(response: HttpResponse) -> HttpResponse:
    # These addresses hold a code or a state: no page that follows is told of them, and no one keeps them.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
