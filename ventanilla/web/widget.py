"""The widget's frame (contract C.2): one page that any website may show inside itself."""

from __future__ import annotations

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import new_visitor, visitor_by_token, visitor_token
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.inboxes.widget import global_config, website_channel_config
from ventanilla.kit.crowding import welcome_visitor
from ventanilla.kit.errors import NotFound, Refusal, Throttled, Unauthorised
from ventanilla.web import assets, csp

# Characters that end a script or begin a tag; JSON may write them as escapes instead.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """The page behind `website_token`. `cw_conversation` is the visitor's session; without a good one a new one begins."""
    try:
        inbox = _inbox(request)
        visitor = _visitor(request, inbox)
    except Throttled as refusal:
        return _busy(request, inbox, refusal)
    except Refusal as refusal:
        return _refusal(refusal)
    entry = assets.entry("widget")
    nonce = csp.new_nonce()
    context: dict[str, Any] = {
        "entry": entry,
        "base": assets.base_of("widget"),
        "nonce": nonce,
        "locale": _locale(request, inbox),
        "title": inbox.name,
        "state": _state(inbox, visitor),
    }
    response = render(request, "web/widget.html", context, status=200 if entry else 503)
    response["Content-Security-Policy"] = csp.policy(request, nonce=nonce, framed_by="*")
    # The address holds the visitor's session and must not travel to pictures and links inside messages.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Permissions-Policy"] = "camera=(), geolocation=(), payment=(), usb=()"
    return response


@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """What the launcher on a customer's page must know before anybody opens it: its colour. Begins no visit."""
    try:
        colour = website_channel_config(_inbox(request))["widget_color"]
    except Refusal as refusal:
        return _refusal(refusal)
    response = HttpResponse(msgspec.json.encode({"widget_color": colour}), content_type="application/json")
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    for name, value in assets.CROSS_ORIGIN.items():
        response[name] = value
    return response


def _inbox(request: HttpRequest) -> Inbox:
    token = request.GET.get("website_token", "")
    if not token or len(token) > 128:
        raise NotFound
    inbox = get_inbox_by_identifier(token, kind="webchat")
    if not inbox.account.is_active:
        raise Unauthorised
    return inbox


def _visitor(request: HttpRequest, inbox: Inbox) -> ContactInbox:
    known = visitor_by_token(inbox, token=request.GET.get("cw_conversation", ""))
    if known is not None:
        return known
    welcome_visitor(str(request.META.get("REMOTE_ADDR", "")))
    return new_visitor(inbox)


def _locale(request: HttpRequest, inbox: Inbox) -> str:
    """`locale` of the address if it is one of ours, else the account's: the page decides, not the browser."""
    asked = request.GET.get("locale", "").replace("_", "-").split("-")[0].lower()
    return asked if asked in dict(settings.LANGUAGES) else inbox.account.locale


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _state(inbox: Inbox, visitor: ContactInbox) -> dict[str, SafeString]:
    channel = {_camel(name): value for name, value in website_channel_config(inbox).items()}
    return {
        "channel": _script(channel),
        "pubsub_token": _script(visitor.pubsub_token),
        "auth_token": _script(visitor_token(visitor)),
        "global_config": _script(global_config()),
    }


def _busy(request: HttpRequest, inbox: Inbox, refusal: Throttled) -> HttpResponse:
    """Too many new visitors from this address: until when, another way to write, and the chat by itself after that."""
    seconds = max(refusal.retry_after_seconds, 1)
    with translation.override(_locale(request, inbox)):
        context = {
            "locale": translation.get_language(),
            "title": inbox.name,
            "seconds": seconds,
            "minutes": -(-seconds // 60),
            "email": website_channel_config(inbox)["support_email"],
            "nonce": (nonce := csp.new_nonce()),
        }
        response = render(request, "web/busy.html", context, status=429)
    response["Retry-After"] = str(seconds)
    response["Content-Security-Policy"] = csp.policy(request, nonce=nonce, framed_by="*")
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _script(value: Any) -> SafeString:
    """JSON that can stand inside a script element, whatever text is in it."""
    return mark_safe(msgspec.json.encode(value).decode().translate(_ESCAPES))


def _refusal(refusal: Refusal) -> HttpResponse:
    body = msgspec.json.encode({"error": refusal.message})
    response = HttpResponse(body, status=refusal.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
