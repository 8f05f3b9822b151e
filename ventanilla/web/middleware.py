"""What goes around every answer: which hosts we answer to, a guard against floods, CORS, and headers of caution."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.installation import answers_to
from ventanilla.kit import limit_values, rate_limits
from ventanilla.kit.errors import BadRequest, Refusal, Throttled
from ventanilla.kit.hosts import host_name
from ventanilla.kit.links import seen_as

log = structlog.get_logger("web")

GetResponse = Callable[[HttpRequest], HttpResponse]

_FOR_MACHINES = frozenset({"/health", "/health/live", "/metrics"})
_PROGRAMS = ("/api/", "/auth/", "/platform/", "/public/")

# Contract A.10. The public client API is called from the browser of any site, and the widget's from a frame whose origin
# is "null" where the page around it is sandboxed; both know callers by what is in path and header, never by cookies, so
# any origin may read them.
_OPEN_PREFIXES = ("/public/api/", "/api/v1/widget/", "/audio/")
_ALLOWED_HEADERS = "Content-Type, Accept, api_access_token, X-Auth-Token, X-Requested-With, Cache-Control"


class UnknownHost(Refusal):
    """The request is for a host that is not ours (RFC 9110 §15.5.20)."""

    code = "unknown_host"
    status = 421
    default_message = _(
        "Ventanilla doesn't respond at this name. Open it at its own address. Whoever runs it can"
        " change that with “ventanilla address URL”, or name another host in"
        " VENTANILLA_ALLOWED_HOSTS."
    )


class MalformedHost(BadRequest):
    """The Host header is not the name of a host."""

    code = "malformed_host"
    default_message = _("The request names a host that isn't valid.")


def known_hosts(get_response: GetResponse) -> GetResponse:
    """Refuse hosts that are not ours; links in answers use the address that the caller used.

    Load balancers and Prometheus ask by whatever address a machine has: what they read has no link in it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in _FOR_MACHINES:
            return get_response(request)
        # A request without the header (HTTP/1.0) is for the socket it came in by.
        header = request.META.get("HTTP_HOST")
        host = host_name(request.META["SERVER_NAME"] if header is None else header)
        if host is None:
            return _refuse(request, MalformedHost())
        if not answers_to(host):
            log.info("host.refused", host=host[:100])
            return _refuse(request, UnknownHost())
        with seen_as(f"{request.scheme}://{request.get_host()}"):
            return get_response(request)

    return middleware


def _refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """For programs in the API's envelope, for people as a line of text."""
    with translation.override(translation.get_language_from_request(request)):
        message = refusal.message
    if request.path_info.startswith(_PROGRAMS):
        body = msgspec.json.encode({"error": message, "code": refusal.code})
        response = HttpResponse(body, status=refusal.status, content_type="application/json")
    else:
        response = HttpResponse(message, status=refusal.status, content_type="text/plain; charset=utf-8")
    response._has_been_logged = True  # type: ignore[attr-defined]  # a stranger's nonsense is no warning of ours
    return response


def flood_guard(get_response: GetResponse) -> GetResponse:
    """Answer 429 to an address that asks more often than any person or program of goodwill."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            rate_limits.check_flood("requests_per_ip", request.META.get("REMOTE_ADDR", ""))
        except Throttled as refusal:
            response = HttpResponse(refusal.message, status=429, content_type="text/plain; charset=utf-8")
            response["Retry-After"] = str(refusal.retry_after_seconds)
            return response
        with limit_values.by_no_one_yet():  # until a door knows better
            return get_response(request)

    return middleware


def cross_origin(get_response: GetResponse) -> GetResponse:
    """CORS for the paths that pages of any origin may call."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not (settings.CORS_EVERYWHERE or request.path_info.startswith(_OPEN_PREFIXES)):
            return get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
            response["Access-Control-Allow-Headers"] = request.headers.get(
                "Access-Control-Request-Headers", _ALLOWED_HEADERS
            )
            response["Access-Control-Max-Age"] = "7200"
        else:
            response = get_response(request)
        # "*" never goes with cookies, so the desk's session is of no use to a foreign page.
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "access-token, client, uid, expiry, token-type"
        return response

    return middleware


def caution(get_response: GetResponse) -> GetResponse:
    """Headers that cost nothing and close doors no one uses. A page that sets one itself keeps its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=()")
        if request.is_secure():
            for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
                if name in response.cookies:
                    response.cookies[name]["secure"] = True
        if settings.BASE_URL.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.headers.get("Content-Type", "").startswith("application/json"):
            # What an API says is for its caller alone, unless the answer knows better.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
