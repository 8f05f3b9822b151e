"""What holds for every route: the contract's tolerances (behaviour.md A.12), and answers that are not sent twice."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from ventanilla.api.errors import refusal_reply
from ventanilla.kit.encodings import accepts
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
# Answers that leave compressed. They hold what customers wrote beside what is no one else's business, and whoever can both
# write into an answer and see its length on the way can guess at the rest of it (BREACH). So only these, which hold no
# keys: what lists tokens and passwords of inboxes, profiles and the boot answer goes as it is. And each gets a length of its
# own by chance (Heal the BREACH), as Django's GZipMiddleware gives it; the session cookie is not sent for other sites.
_COMPRESSED = re.compile(
    r"/api/(?:v1|desk)/accounts/[0-9]+/(?:"
    r"(?:conversations|counts|labels|canned|canned_responses|custom_attribute_definitions|search|agents|teams"
    r"|filter_fields|folders|actions)(?:/|$)"
    r"|channels$)"  # below it are forms with what was filled in
    r"|/api/desk/accounts/[0-9]+/inboxes$"  # the desk's short list; the contract's has keys
)
_WORTH_COMPRESSING = 1024  # bytes; a smaller answer fits one packet anyhow
# 80 KB of a list become 12 in 0.2 ms; the highest level needs four times that for 9.
_LEVEL = 1
_MOST_PADDING = 100  # bytes
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
        digest = hashlib.sha256(response.content, usedforsecurity=False).hexdigest()[:_TAG_DIGITS]
        compresses = _leaves_compressed(request, response)
        headers["ETag"] = f'"{digest}-gz"' if compresses else f'"{digest}"'
        known = get_conditional_response(request, etag=headers["ETag"], response=response)
        if known is not None and known is not response:
            return known
        if compresses:
            response.content = _compressed(response.content)
            headers["Content-Encoding"] = "gzip"
            headers.pop("Content-Length", None)
        return response

    return middleware


def _leaves_compressed(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        len(response.content) >= _WORTH_COMPRESSING
        and accepts(request, "gzip")
        and _COMPRESSED.match(request.path_info) is not None
    )


def _compressed(body: bytes) -> bytes:
    """As gzip, with a name of chance length in its header (RFC 1952 §2.3.1), which readers skip."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    name = b"x" * secrets.randbelow(_MOST_PADDING)
    head = b"\x1f\x8b\x08\x08\0\0\0\0\x04\xff" + name + b"\0"
    tail = zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")
    return head + packer.compress(body) + packer.flush() + tail
