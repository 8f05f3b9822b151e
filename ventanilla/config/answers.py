"""What every caller gets when something goes wrong outside a view's own refusals: programs JSON in the contract's envelope,
people a short page, both in their language. Django's own pages are English HTML whoever asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ventanilla.api.errors import passing, refusal_for_status, refusal_reply, reply_for_status, unreadable
from ventanilla.kit.errors import Broken, Refusal
from ventanilla.web.trouble import trouble

# Whoever asks below these first words is a program.
_PROGRAMS = frozenset(
    {"api", "auth", "cable", "health", "live", "metrics", "omniauth", "platform", "public", "webhooks"}
)
# Here both ask: files and pieces of the messenger are fetched by scripts and opened by people.
_BOTH = frozenset({"rails", "widget"})
_LEFT_ALONE = frozenset({429})  # text by contract (A.4)


def is_program(request: HttpRequest) -> bool:
    """Whether the caller reads JSON, by the address and, where that does not say, by what it accepts."""
    first, _slash, rest = request.path_info.lstrip("/").partition("/")
    if first in _PROGRAMS:
        return True
    accepted = request.META.get("HTTP_ACCEPT", "")
    if first in _BOTH and rest:
        return "text/html" not in accepted
    return "application/json" in accepted and "text/html" not in accepted


def answers(get_response: Callable[[HttpRequest], HttpResponseBase]) -> _Answers:
    """The middleware. It stands outside all others but the language's."""
    return _Answers(get_response)


class _Answers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if response.status_code >= 400 and _is_wordless(response) and is_program(request):
            _put_into_envelope(response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view's passing fault or unreadable request; anything else is a bug and goes on to Django."""
        refusal = unreadable(error) or passing(error, where=request.path)
        return _answer(request, refusal) if refusal is not None else None


def _is_wordless(response: HttpResponseBase) -> bool:
    """Whether it says nothing a program could read."""
    if response.streaming or response.status_code in _LEFT_ALONE:
        return False
    if not response.content:  # type: ignore[attr-defined]  # it is no stream
        return True
    return not response.headers.get("Content-Type", "").startswith(("application/json", "text/plain"))


def _put_into_envelope(response: HttpResponseBase) -> None:
    """Change the body; status, cookies and headers such as Allow stay."""
    said = reply_for_status(response.status_code)
    response.content = said.content  # type: ignore[attr-defined]  # it is no stream
    response.headers["Content-Type"] = said.headers["Content-Type"]
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.pop("Content-Length", None)
    if "Retry-After" in said.headers:
        response.headers.setdefault("Retry-After", said.headers["Retry-After"])


def _answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    reply = refusal_reply(refusal)
    return reply if is_program(request) else trouble(request, refusal, reply)


# ── Django's handlers (config.urls) ──────────────────────────────────────────────────────────────────────────


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: also a wrong Host, too many fields, a form that cannot be read."""
    return _answer(request, unreadable(exception) or refusal_for_status(400))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return _answer(request, refusal_for_status(403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return _answer(request, refusal_for_status(404))


def broken(request: HttpRequest) -> HttpResponse:
    """handler500. A fault of what we stand on comes here from a middleware; Django hands the exception to no one else."""
    error = sys.exc_info()[1]
    refusal = (unreadable(error) or passing(error, where=request.path)) if error is not None else None
    return _answer(request, refusal or Broken())
