"""What holds for every route: the contract's tolerances (behaviour.md A.12), and answers that are not sent twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from ventanilla.api.errors import refusal_reply
from ventanilla.kit.errors import NotFound

_IMPOSSIBLE_ID = re.compile(r"/\d{19,}(?=/|$)")  # past 64 bits, where databases give up
# No column holds a number of so many digits, so nothing can be there.
_NO_ID = re.compile(r"/[0-9]{19,}(?:/|$)")
# What an answer depends on beside its address: who asks (each of the ways of auth.py), in which language.
_VARY = (
    "Accept-Encoding", "Accept-Language", "Cookie", "Api-Access-Token", "api_access_token", "Access-Token", "Client",
    "Uid", "X-Auth-Token",
)  # fmt: skip
_TAG_DIGITS = 32
API_PREFIXES = ("/api/v1/", "/api/v2/", "/api/desk/", "/public/", "/platform/", "/auth/")


def tolerant_paths(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Accept a trailing slash without a redirect, and PUT wherever PATCH is routed. Ids no table can hold are a 404."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # PostgreSQL cannot even ask for a NUL, and no address of ours has one.
        if _IMPOSSIBLE_ID.search(request.path_info) or "\x00" in request.path_info:
            return refusal_reply(NotFound())
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        if request.path_info.startswith(API_PREFIXES):
            if request.path_info.endswith("/"):
                request.path_info = request.path_info.rstrip("/")
                request.path = request.path.rstrip("/")
            if _NO_ID.search(request.path_info):
                return refusal_reply(NotFound())
            if request.method == "PUT":
                request.method = "PATCH"
        return get_response(request)

    return middleware


def unchanged_answers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 304 without a body to a GET whose caller names, in If-None-Match, the very answer that it would get.

    The ETag is a digest of the answer itself. No version of a row would do: a list also shows names, presence, counts
    and what the caller may see, and a restored database gives its versions out again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "GET" or response.status_code != 200 or response.streaming:
            return response
        headers = response.headers
        if headers.get("Content-Type") != "application/json" or "Cache-Control" in headers:
            return response
        headers["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, _VARY)
        digest = hashlib.sha256(response.content, usedforsecurity=False).hexdigest()
        headers["ETag"] = f'"{digest[:_TAG_DIGITS]}"'
        return get_conditional_response(request, etag=headers["ETag"], response=response) or response

    return middleware
