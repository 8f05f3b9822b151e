"""Where the link of a notification mail leads: a page that asks, and a door for the one click of mail programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from ventanilla.kit.errors import NotFound
from ventanilla.notifications.unsubscribing import Subscription, subscription_by, unsubscribe
from ventanilla.web import csp


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks and changes nothing, for scanners of mail follow every link; POST switches off (RFC 8058 §3.2).

    No sign-in and no CSRF token: the signed link is the proof, and mail programs post without cookies.
    """
    try:
        subscription = subscription_by(token)
    except NotFound:
        return _draw(request, None, status=404)
    with translation.override(subscription.membership.account.locale):
        if request.method == "POST":
            unsubscribe(subscription)
        return _draw(request, subscription)


def _draw(request: HttpRequest, subscription: Subscription | None, *, status: int = 200) -> HttpResponse:
    context = {"subscription": subscription, "locale": translation.get_language()}
    response = render(request, "web/unsubscribe.html", context, status=status)
    response["Content-Security-Policy"] = csp.policy(
        request, nonce=csp.new_nonce(), framed_by="'none'", pictures=""
    )
    response["X-Frame-Options"] = "DENY"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
