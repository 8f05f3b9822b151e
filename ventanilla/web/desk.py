"""The desk's shell: one page for every address below /app, the rest is the desk's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ventanilla.web import assets, csp
from ventanilla.web.small_pages import ICON_ADDRESS, UNREAD_ICON_ADDRESS


@require_safe
def shell(request: HttpRequest, path: str = "") -> HttpResponse:
    """HTML that loads the desk; a file of the build when the path names one; 503 with a sentence when it was not built."""
    asset = assets.find("desk", path) if path and not path.endswith("/") and "/." not in f"/{path}" else None
    if asset and not asset.content_type.startswith("text/html"):
        return assets.serve(request, asset)
    entry = assets.entry("desk")
    nonce = csp.new_nonce()
    context = {
        "entry": entry,
        "nonce": nonce,
        "base": assets.base_of("desk"),
        "icon": ICON_ADDRESS,
        "unread_icon": UNREAD_ICON_ADDRESS,
        "locale": get_language() or "es",
    }
    response = render(request, "web/desk.html", context, status=200 if entry else 503)
    # Pages of the company beside a conversation. In a desk that is not encrypted itself, http says nothing more aloud.
    frames = "'self' https:" if request.is_secure() else "'self' https: http:"
    response["Content-Security-Policy"] = csp.policy(request, nonce=nonce, framed_by="'none'", frames=frames)
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = "no-store"
    response["Permissions-Policy"] = "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)"
    return response
