"""The API's handbook at /api/docs, drawn by Redoc from our own server: nothing is fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

import ninja
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ventanilla.web import assets, csp

_SCRIPT = Path(ninja.__file__).parent / "static" / "ninja" / "redoc.standalone.js"


@require_safe
def handbook(request: HttpRequest) -> HttpResponse:
    """The page."""
    nonce = csp.new_nonce()
    response = render(request, "web/docs.html", {"nonce": nonce})
    response["Content-Security-Policy"] = csp.policy(
        request,
        nonce=nonce,
        framed_by="'none'",
        pictures="",  # Redoc would show its maker's mark
    )
    response["X-Frame-Options"] = "DENY"
    return response


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Redoc, as the API library ships it."""
    return assets.serve(request, assets.load(_SCRIPT))
