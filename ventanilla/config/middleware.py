"""What happens around every request: the language of the answer, and from where it comes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from ventanilla.events.origins import Origin, coming_from, shortened
from ventanilla.kit import languages

KNOWN = frozenset(code for code, _name in settings.LANGUAGES)


_LOCALE = re.compile(r"(?:^|&)locale=([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})?)")
# Doors that visitors stand at: even a fault that comes before the door has looked speaks their language.
_VISITORS = ("/widget", "/survey/", "/public/", "/api/v1/widget/")
_LONGEST_HEADER = 200  # characters of Accept-Language looked at; browsers send under a hundred


def language_of(*, query: str, accepted: str) -> str:
    """`locale` of the query, else the first known language of Accept-Language, else the installation's."""
    asked = _LOCALE.search(query)
    candidates = [asked[1]] if asked else []
    candidates += [part.partition(";")[0].strip()[:3] for part in accepted[:_LONGEST_HEADER].split(",")]
    for candidate in candidates:
        base = candidate.replace("_", "-").partition("-")[0].lower()
        if base in KNOWN:
            return base
    return str(settings.LANGUAGE_CODE)


def language_of_visitor(*, query: str, accepted: str) -> str:
    """The same among all languages that visitors are spoken to."""
    asked = _LOCALE.search(query)
    wishes = languages.wishes_in(accepted[:_LONGEST_HEADER])
    return languages.choose(*([asked[1]] if asked else ()), *wishes, otherwise=str(settings.LANGUAGE_CODE))


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the caller's language; a door that knows better (account, visitor) activates its own.

    It looks at the raw query: what is wrong with the parameters is for those to find who can answer it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        choose = language_of_visitor if request.path.startswith(_VISITORS) else language_of
        asked = choose(query=meta.get("QUERY_STRING", ""), accepted=meta.get("HTTP_ACCEPT_LANGUAGE", ""))
        with translation.override(asked):
            return get_response(request)

    return middleware


def origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let the log know the address and the device of whoever asks; proxies we trust were looked through before."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        # As api.auth.brings_key: a cookie with a blank header beside it is a browser still.
        if meta.get("HTTP_API_ACCESS_TOKEN"):
            way = "token"
        else:
            session = (meta.get("HTTP_ACCESS_TOKEN"), meta.get("HTTP_CLIENT"), meta.get("HTTP_UID"))
            way = "session" if all(session) else "browser"
        came = Origin(
            address=shortened(meta.get("REMOTE_ADDR", "")),
            device=shortened(meta.get("HTTP_USER_AGENT", "")),
            way=way,
            request=str(uuid.uuid4()),
        )
        with coming_from(came):
            return get_response(request)

    return middleware
