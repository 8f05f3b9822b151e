"""The short page a person sees when an address leads nowhere or something fails."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.kit import languages
from ventanilla.kit.errors import Refusal

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LONGEST_HEADER = 200  # characters of Accept-Language looked at


def trouble(request: HttpRequest, refusal: Refusal, reply: HttpResponse) -> HttpResponse:
    """A page with the refusal's sentence and the status and headers of `reply`.

    It needs neither the database nor a good Host, since either may be what is wrong.
    """
    with translation.override(_language(request)):
        context = {
            "title": _title(reply.status_code),
            "sentence": refusal.message,
            "locale": translation.get_language(),
        }
        page = HttpResponse(render_to_string("web/trouble.html", context), status=reply.status_code)
    for name, value in reply.headers.items():
        if name not in {"Content-Type", "Content-Length"}:
            page[name] = value
    page["Content-Security-Policy"] = _POLICY
    page["Cache-Control"] = "no-store"
    page["Referrer-Policy"] = "no-referrer"
    return page


def _language(request: HttpRequest) -> str:
    """Whoever ends here, visitor or colleague: the best of what their browser wishes, else what was active."""
    wishes = languages.wishes_in(request.headers.get("Accept-Language", "")[:_LONGEST_HEADER])
    return languages.choose(*wishes, otherwise=translation.get_language() or "en")


def _title(status: int) -> str:
    if status == 404:
        return _("There's nothing here")
    return _("We'll be right back") if status == 503 else _("This didn't work")
