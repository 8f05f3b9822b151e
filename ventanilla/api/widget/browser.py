"""What a browser says about itself, in the shape the contract keeps on a conversation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import translation

from ventanilla.inboxes.marks import WIDGET_LANGUAGE
from ventanilla.kit.limits import is_web_url

_MAX_CHARS = 500


def browser_of(request: HttpRequest) -> dict[str, Any]:
    """widget_language, browser_language and browser."""
    from ua_parser import (  # three megabytes that only a conversation from a page needs
        OS,
        Device,
        UserAgent,
        parse,
    )

    said = parse(request.headers.get("User-Agent", "")[:_MAX_CHARS])
    agent, system = said.user_agent or UserAgent(), said.os or OS()
    return {
        "widget_language": request.GET.get("locale", "")[:20],
        "browser_language": language_of(request),
        "browser": {
            "browser_name": agent.family,
            "browser_version": _version(agent.major, agent.minor, agent.patch),
            "device_name": (said.device or Device()).family,
            "platform_name": system.family,
            "platform_version": _version(system.major, system.minor, system.patch),
        },
    }


def _version(*parts: str | None) -> str:
    """ "17.4.1"; "" where nothing was said."""
    return ".".join(part for part in parts if part)


def language_of(request: HttpRequest) -> str:
    """The browser's first language without its region, "es"; W-10."""
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0]
    return first.strip().split("-")[0].lower()[:8]


def beginning_of(request: HttpRequest, *, timestamp: str, referer: str) -> dict[str, Any]:
    """`additional_attributes` of a conversation that begins in the widget (contract C.2), and the language it speaks."""
    known = browser_of(request)
    return {
        "browser_language": known["browser_language"],
        WIDGET_LANGUAGE: translation.get_language(),
        "browser": known["browser"],
        "initiated_at": {"timestamp": timestamp[:100]},
        "referer": referer if is_web_url(referer) else None,
    }
