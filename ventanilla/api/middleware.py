"""Tolerances of the contract that hold for every one of its routes (behaviour.md A.12)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ventanilla.api.errors import refusal_reply
from ventanilla.kit.errors import NotFound

_IMPOSSIBLE_ID = re.compile(r"/\d{19,}(?=/|$)")  # past 64 bits, where databases give up
# No column holds a number of so many digits, so nothing can be there.
_NO_ID = re.compile(r"/[0-9]{19,}(?:/|$)")
CONTRACT_PREFIXES = ("/api/v1/", "/api/v2/", "/public/", "/platform/", "/auth/")


def tolerant_paths(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Accept a trailing slash without a redirect, and PUT wherever PATCH is routed. Ids no table can hold are a 404."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _IMPOSSIBLE_ID.search(request.path_info):
            return refusal_reply(NotFound())
        if "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL cannot even ask for a NUL
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        if request.path_info.startswith(CONTRACT_PREFIXES):
            if request.path_info.endswith("/"):
                request.path_info = request.path_info.rstrip("/")
                request.path = request.path.rstrip("/")
            if _NO_ID.search(request.path_info):
                return refusal_reply(NotFound())
            if request.method == "PUT":
                request.method = "PATCH"
        return get_response(request)

    return middleware
