"""Views that the tests of the bridge call."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import time
from collections.abc import Iterator

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

# What the streamed answers did, for a test to look at.
produced: list[int] = []
closed = threading.Event()


def mirror(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say what arrived."""
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "query": request.META["QUERY_STRING"],
            "address": request.META["REMOTE_ADDR"],
            "scheme": request.scheme,
            "token": request.headers.get("Api-Access-Token"),
            "cookies": request.COOKIES,
            "forwarded": request.headers.get("X-Forwarded-For"),
            "length": request.META["CONTENT_LENGTH"],
            "body": request.body.decode(),
        }
    )


def upload(request: HttpRequest) -> HttpResponse:
    """Digest an uploaded file piece by piece."""
    digest = hashlib.sha256()
    for piece in request.FILES["file"].chunks():
        digest.update(piece)
    return HttpResponse(digest.hexdigest())


def endless(request: HttpRequest) -> HttpResponse:
    """A stream that continues until no one listens."""

    def pieces() -> Iterator[bytes]:
        try:
            for number in range(100_000):
                produced.append(number)
                yield b"x" * 65_536
        finally:
            closed.set()

    return StreamingHttpResponse(pieces())


def lines(request: HttpRequest) -> HttpResponse:
    """A short stream."""
    return StreamingHttpResponse(f"line {number}\n" for number in range(3))


def document(request: HttpRequest) -> HttpResponse:
    """A file of 5 MB."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    file.write(b"0123456789" * 524_288)
    file.seek(0)
    return FileResponse(file, content_type="application/pdf")


def breaks(request: HttpRequest) -> HttpResponse:
    """A view with a fault."""
    raise RuntimeError("on purpose")


def slow(request: HttpRequest) -> HttpResponse:
    """A view that takes a moment."""
    time.sleep(0.2)
    return HttpResponse("done")


def database(request: HttpRequest) -> HttpResponse:
    """Which database connection this thread has."""
    connection.ensure_connection()
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


urlpatterns = [
    path("mirror/<path:rest>", mirror),
    path("mirror", mirror),
    path("upload", upload),
    path("endless", endless),
    path("lines", lines),
    path("document", document),
    path("breaks", breaks),
    path("slow", slow),
    path("database", database),
]
