"""The widget's frame (contract C.2): one page that any website may show inside itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from ventanilla.accounts.models import Account
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import new_visitor, visitor_by_token, visitor_token
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.commands.inboxes import note_first_sight
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.inboxes.widget import (
    allowed_domains,
    global_config,
    language_for,
    website_channel_config,
)
from ventanilla.kit import domains, languages
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
    language = _language(request, inbox)
    with translation.override(language):
        return _draw(request, inbox, visitor, language)


def _draw(request: HttpRequest, inbox: Inbox, visitor: ContactInbox, language: str) -> HttpResponse:
    response = _page(
        request,
        language,
        title=inbox.name,
        state=_state_of(inbox, pubsub_token=visitor.pubsub_token, auth_token=visitor_token(visitor)),
        framed_by=domains.as_frame_ancestors(allowed_domains(inbox)),
    )
    # The address holds the visitor's session and must not travel to pictures and links inside messages.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    response["Permissions-Policy"] = "camera=(), geolocation=(), payment=(), usb=()"
    return _may_be_framed_anywhere(request, response)


def _page(
    request: HttpRequest,
    language: str,
    *,
    title: str,
    state: dict[str, SafeString],
    framed_by: str,
    is_preview: bool = False,
) -> HttpResponse:
    """The messenger's document in that language."""
    entry = assets.entry("widget")
    nonce = csp.new_nonce()
    context: dict[str, Any] = {
        "entry": entry,
        "base": assets.base_of("widget"),
        "nonce": nonce,
        "language": language,
        "direction": "rtl" if languages.is_right_to_left(language) else "ltr",
        "words": assets.file_of("widget", _words_file(language)),
        "title": title,
        "state": state,
        "is_preview": is_preview,
    }
    response = render(request, "web/widget.html", context, status=200 if entry else 503)
    response["Content-Security-Policy"] = csp.policy(request, nonce=nonce, framed_by=framed_by)
    return response


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """The messenger without an inbox, drawn from what the desk's settings tell it. Only our own pages may frame it."""
    kind = next(iter(kinds_where(in_our_widget=True)), None)
    if kind is None:
        raise NotFound
    inbox = Inbox(kind=kind, identifier="", account=Account(locale=settings.LANGUAGE_CODE))
    language = languages.choose(request.GET.get("locale", ""), otherwise=settings.LANGUAGE_CODE)
    state = _state_of(inbox, pubsub_token="", auth_token="")
    with translation.override(language):
        response = _page(request, language, title="", state=state, framed_by="'self'", is_preview=True)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """What the launcher must know before anyone opens it: colour, side, words, and whether the page at `host` may show
    it. A page that tells its parent, because a request would need another word in the policy of a customer's page.
    Begins no visit.
    """
    try:
        inbox = _inbox(request)
    except Refusal as refusal:
        return _refusal(refusal)
    shown = website_channel_config(inbox)
    is_allowed = domains.allows(allowed_domains(inbox), request.GET.get("host", ""))
    if inbox.last_success_at is None and is_allowed and _is_companys(request, inbox):
        note_first_sight(inbox)
    words = assets.json_of("widget", _words_file(_language(request, inbox)))
    told = {
        "widget_color": shown["widget_color"],
        "position": shown["widget_position"],
        "open": words.get("open", "Chat"),
        "close": words.get("close", "Chat"),
        "is_allowed": is_allowed,
    }
    script = f"parent.postMessage({_script(msgspec.json.encode(told).decode())},'*')"
    response = HttpResponse(f"<!doctype html><meta charset=utf-8><title>.</title><script>{script}</script>")
    response["Content-Security-Policy"] = csp.only_this_script(script)
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    response["Vary"] = "Accept-Language"
    return _may_be_framed_anywhere(request, response)


def _is_companys(request: HttpRequest, inbox: Inbox) -> bool:
    """Whether the page that asks lies on the company's site, as far as it says."""
    site = urlsplit(str(inbox.channel_settings.get("website_url", ""))).hostname
    return bool(site) and domains.allows([str(site).removeprefix("www.")], request.GET.get("host", ""))


def _may_be_framed_anywhere(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pages that are isolated (COEP) frame only what says the same of itself.

    `credentialless` lets pictures of other sites into messages and is enough in Chromium and Firefox. WebKit knows only
    `require-corp`, which keeps such pictures out: there it is said where the page cannot do without.
    """
    agent = request.headers.get("User-Agent", "")
    is_webkit = "AppleWebKit" in agent and "Chrome/" not in agent
    strict = is_webkit and request.GET.get("isolated") == "1"
    response["Cross-Origin-Embedder-Policy"] = "require-corp" if strict else "credentialless"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _words_file(language: str) -> str:
    return f"src/messenger/words/{language}.json"


def _inbox(request: HttpRequest) -> Inbox:
    token = request.GET.get("website_token", "")
    if not token or len(token) > 128:
        raise NotFound
    inbox = get_inbox_by_identifier(token, kinds=kinds_where(in_our_widget=True))
    if not inbox.account.is_active:
        raise Unauthorised
    return inbox


def _visitor(request: HttpRequest, inbox: Inbox) -> ContactInbox:
    known = visitor_by_token(inbox, token=request.GET.get("cw_conversation", ""))
    if known is not None:
        return known
    welcome_visitor(str(request.META.get("REMOTE_ADDR", "")))
    return new_visitor(inbox)


def _language(request: HttpRequest, inbox: Inbox) -> str:
    return language_for(
        inbox,
        asked=request.GET.get("locale", ""),
        accept_language=request.headers.get("Accept-Language", ""),
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _state_of(inbox: Inbox, *, pubsub_token: str, auth_token: str) -> dict[str, SafeString]:
    channel = {_camel(name): value for name, value in website_channel_config(inbox).items()}
    return {
        "channel": _script(channel),
        "pubsub_token": _script(pubsub_token),
        "auth_token": _script(auth_token),
        "global_config": _script(global_config()),
    }


def _busy(request: HttpRequest, inbox: Inbox, refusal: Throttled) -> HttpResponse:
    """Too many new visitors from this address: until when, another way to write, and the chat by itself after that."""
    seconds = max(refusal.retry_after_seconds, 1)
    language = _language(request, inbox)
    with translation.override(language):
        context = {
            "locale": language,
            "direction": "rtl" if languages.is_right_to_left(language) else "ltr",
            "title": inbox.name,
            "seconds": seconds,
            "minutes": -(-seconds // 60),
            "email": website_channel_config(inbox)["support_email"],
            "close": assets.json_of("widget", _words_file(language)).get("close", "×"),
            "nonce": (nonce := csp.new_nonce()),
        }
        response = render(request, "web/busy.html", context, status=429)
    response["Retry-After"] = str(seconds)
    response["Content-Security-Policy"] = csp.policy(
        request, nonce=nonce, framed_by=domains.as_frame_ancestors(allowed_domains(inbox))
    )
    response["Cache-Control"] = "no-store"
    return _may_be_framed_anywhere(request, response)


def _script(value: Any) -> SafeString:
    """JSON that can stand inside a script element, whatever text is in it."""
    return mark_safe(msgspec.json.encode(value).decode().translate(_ESCAPES))


def _refusal(refusal: Refusal) -> HttpResponse:
    body = msgspec.json.encode({"error": refusal.message})
    response = HttpResponse(body, status=refusal.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
