"""Stored files by their signed names (contract B.12): lasting addresses redirect to short-lived ones.

The lasting address is in messages and mails; the one it leads to ends after minutes, so that a log or a history
does not keep a way in. With S3 the browser fetches from there, else from here, by ranges when it asks.
"""

from __future__ import annotations

import re
import tempfile
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_http_methods, require_safe

from ventanilla.kit import files, storage
from ventanilla.kit.errors import Invalid, TooLarge
from ventanilla.kit.tokens import digest

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_DIGITS = 18  # no file has more bytes than that, and int() refuses thousands of digits
# Shorter than the life of the link a redirect leads to.
_REDIRECT_SECONDS = int(storage.DOWNLOAD_LINK_LIFETIME.total_seconds()) - 60


def _blob_or_404(signed: str) -> storage.Blob:
    try:
        return storage.from_signed_id(signed)
    except Invalid:
        raise Http404


@require_safe
def blob(request: HttpRequest, signed: str, name: str = "") -> HttpResponseBase:
    """Redirect to the bytes; `?disposition=attachment` offers them as a download."""
    found = _blob_or_404(signed)
    inline = request.GET.get("disposition") != "attachment"
    if storage.is_remote():
        return _redirect(storage.remote_download_url(found, inline=inline))
    return _redirect(_disk_path(found, inline=inline))


@require_safe
def representation(request: HttpRequest, signed: str, variation: str, name: str = "") -> HttpResponseBase:
    """Redirect to the small picture of a picture; to the picture itself when none can be drawn."""
    found = _blob_or_404(signed)
    if variation not in storage.VARIATIONS:
        raise Http404
    try:
        drawn = storage.ensure_variant(found, variation)
    except FileNotFoundError:
        raise Http404
    if storage.is_remote():
        return _redirect(storage.remote_download_url(found, variation=variation if drawn else ""))
    return _redirect(_disk_path(found, variation=variation if drawn else ""))


def _redirect(url: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = f"private, max-age={_REDIRECT_SECONDS}"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _disk_path(found: storage.Blob, *, variation: str = "", inline: bool = True) -> str:
    token = storage.download_token(found, variation=variation)
    name = found.filename if not variation else f"{found.filename}.webp"
    return f"/rails/active_storage/disk/{token}/{quote(name)}" + ("" if inline else "?disposition=attachment")


@require_http_methods(["GET", "HEAD", "PUT", "OPTIONS"])
def disk(request: HttpRequest, token: str, name: str = "") -> HttpResponseBase:
    """The bytes themselves: GET reads them by a download link, PUT keeps them by an upload link."""
    if request.method == "OPTIONS":
        return _allow_any_origin(HttpResponse(status=204))
    if request.method == "PUT":
        return _allow_any_origin(_put(request, token))
    return _allow_any_origin(_get(request, token))


def _allow_any_origin(response: HttpResponseBase) -> HttpResponseBase:
    # The token is the permission; the widget puts from its frame, an application of the customer's from its own page.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, PUT, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type, Content-MD5, Range"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _put(request: HttpRequest, token: str) -> HttpResponse:
    try:
        announced = storage.from_upload_token(token)
        with tempfile.SpooledTemporaryFile(max_size=1 << 20) as body:
            while chunk := request.read(1 << 16):
                body.write(chunk)
            storage.accept_upload(announced, body)
    except TooLarge:
        return HttpResponse(status=413)
    except Invalid:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


def _get(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        found, variation = storage.from_download_token(token)
    except Invalid:
        raise Http404
    path = storage.variant_path(found.key, variation) if variation else found.key
    content_type = "image/webp" if variation else found.content_type
    inline = request.GET.get("disposition") != "attachment"
    headers = files.serving_headers(content_type, filename=found.filename, inline=inline)
    try:
        size = default_storage.size(path)
    except FileNotFoundError:
        raise Http404
    headers |= {
        "ETag": f'"{digest(path)[:32]}-{size}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return HttpResponse(status=304, headers={"ETag": headers["ETag"]})
    return _ranged(request, path, size, headers)


def _ranged(request: HttpRequest, path: str, size: int, headers: dict[str, str]) -> HttpResponseBase:
    span = _asked_span(request, size, headers["ETag"])
    if span is None:
        response: HttpResponseBase = FileResponse(default_storage.open(path, "rb"))
        # FileResponse guesses headers from the file's name; ours are decided.
        for name, value in {**headers, "Content-Length": str(size)}.items():
            response[name] = value
        return response
    start, end = span
    if start >= size or start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    length = end - start + 1
    content = storage.read_chunks(default_storage.open(path, "rb"), start=start, length=length)
    partial = StreamingHttpResponse(content, status=206, headers=headers)
    partial["Content-Range"] = f"bytes {start}-{end}/{size}"
    partial["Content-Length"] = str(length)
    return partial


def _asked_span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte asked for; None for the whole file. Several ranges at once are answered with the whole."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not match or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return max(size - _place(last), 0), size - 1
    return _place(first), min(_place(last), size - 1) if last else size - 1


def _place(digits: str) -> int:
    """The number, or one past every file's end."""
    number = digits.lstrip("0") or "0"
    return int(number) if len(number) <= _DIGITS else 10**_DIGITS
