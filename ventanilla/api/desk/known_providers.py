"""The providers by which somebody came in from this browser: it shows their buttons again, and no stranger's."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from ventanilla.signin.models import SignInProvider

_COOKIE = "ventanilla_companies"
_SALT = "ventanilla.companies"
_REMEMBERED = timedelta(days=180)
_MOST = 5


def known_providers(request: HttpRequest) -> list[SignInProvider]:
    """The one used last first."""
    slugs = _slugs(request)
    found = {row.slug: row for row in SignInProvider.objects.filter(slug__in=slugs)} if slugs else {}
    return [found[slug] for slug in slugs if slug in found]


def remember_provider(request: HttpRequest, response: HttpResponse, provider: SignInProvider) -> HttpResponse:
    """Let this browser know it."""
    slugs = [provider.slug, *(slug for slug in _slugs(request) if slug != provider.slug)][:_MOST]
    response.set_cookie(
        _COOKIE,
        signing.dumps(slugs, salt=_SALT),
        max_age=_REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE or request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _slugs(request: HttpRequest) -> list[str]:
    try:
        found = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_REMEMBERED)
    except signing.BadSignature:
        return []
    return [str(slug) for slug in found][:_MOST] if isinstance(found, list) else []
