"""What goes around every answer: our own address, a guard against floods, CORS, and headers of caution."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Throttled
from ventanilla.kit.links import seen_as

GetResponse = Callable[[HttpRequest], HttpResponse]

# Contract A.10. The public client API is called from the browser of any site; it knows callers by what is in the
# path and by signatures, never by cookies, so any origin may read it.
_OPEN_PREFIXES = ("/public/api/", "/audio/")
_ALLOWED_HEADERS = "Content-Type, Accept, api_access_token, X-Auth-Token, X-Requested-With, Cache-Control"


def own_address(get_response: GetResponse) -> GetResponse:
    """Links in answers use the address that the caller used, unless BASE_URL says another."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with seen_as(f"{request.scheme}://{request.get_host()}"):
            return get_response(request)

    return middleware


def flood_guard(get_response: GetResponse) -> GetResponse:
    """Answer 429 to an address that asks more often than any person or program of goodwill."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            rate_limits.check_flood("requests_per_ip", request.META.get("REMOTE_ADDR", ""))
        except Throttled as refusal:
            response = HttpResponse(refusal.message, status=429, content_type="text/plain; charset=utf-8")
            response["Retry-After"] = str(refusal.retry_after_seconds)
            return response
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
    """Headers that cost nothing and close doors nobody uses. A page that sets one itself keeps its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=()")
        if settings.BASE_URL.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.headers.get("Content-Type", "").startswith("application/json"):
            # What an API says is for its caller alone, unless the answer knows better.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
