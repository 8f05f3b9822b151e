"""What happens around every request: the language of the answer."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


def requested_language(request: HttpRequest) -> str:
    """`locale` of the query, else the first known language of Accept-Language, else the installation's."""
    candidates = [request.GET.get("locale", "")]
    candidates += [part.split(";")[0] for part in request.META.get("HTTP_ACCEPT_LANGUAGE", "").split(",")]
    for candidate in candidates:
        base = candidate.strip().replace("_", "-").split("-")[0].lower()
        if base in KNOWN:
            return base
    return str(settings.LANGUAGE_CODE)


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the caller's language; a door that knows better (account, visitor) activates its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(requested_language(request)):
            return get_response(request)

    return middleware
