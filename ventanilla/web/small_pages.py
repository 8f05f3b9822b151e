"""Short answers at fixed addresses: the version for installers, robots, associations with phone apps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from ventanilla.events.models import TimedJob
from ventanilla.kit.clock import now

_STALLED_AFTER = timedelta(minutes=5)
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b5c66"/>'
    '<path d="M8 9h16v11H14l-4 4v-4H8z" fill="#fdfbf7"/><path d="M12 13h8M12 16.5h5" stroke="#0b5c66" stroke-width="1.6"'
    ' stroke-linecap="round"/></svg>'
)
# For the desk: Chromium asks for a file again at each change of the address, of the page's own text it asks nothing.
ICON_ADDRESS = f"data:image/svg+xml,{quote(_ICON)}"
_DOT = '<circle cx="25" cy="7" r="6.5" fill="#c2571a" stroke="#fdfbf7" stroke-width="1.5"/></svg>'
UNREAD_ICON_ADDRESS = f"data:image/svg+xml,{quote(_ICON.replace('</svg>', _DOT))}"


def _json(value: Any, **headers: str) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json", headers=headers)


@require_safe
def version(request: HttpRequest) -> HttpResponse:
    """GET /api: what the mobile app and installers ask first (contract A.10)."""
    queue, data = "failing", "ok"
    try:
        due = TimedJob.objects.aggregate(due=Min("next_run_at"))["due"]
        queue = "ok" if due is not None and due > now() - _STALLED_AFTER else "failing"
    except DatabaseError:
        data = "failing"
    return _json(
        {
            "version": settings.CONTRACT_VERSION,
            "timestamp": now().strftime("%Y-%m-%d %H:%M:%S"),
            "queue_services": queue,
            "data_services": data,
        },
        **{"Access-Control-Allow-Origin": "*"},
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """/ leads to the desk."""
    return HttpResponseRedirect("/app/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines but the help centre."""
    return HttpResponse("User-agent: *\nAllow: /hc/\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The mark in the browser's tab."""
    return HttpResponse(
        _ICON, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )


@require_safe
def asset_links(request: HttpRequest) -> HttpResponse:
    """Which Android app opens links to this server; an empty list until an operator names one."""
    if not (settings.ANDROID_PACKAGE and settings.ANDROID_FINGERPRINTS):
        return _json([])
    target = {
        "namespace": "android_app",
        "package_name": settings.ANDROID_PACKAGE,
        "sha256_cert_fingerprints": list(settings.ANDROID_FINGERPRINTS),
    }
    return _json([{"relation": ["delegate_permission/common.handle_all_urls"], "target": target}])


@require_safe
def apple_association(request: HttpRequest) -> HttpResponse:
    """Which iOS app opens links to this server."""
    details = (
        [{"appID": settings.IOS_APP_ID, "paths": ["NOT /super_admin/*", "*"]}] if settings.IOS_APP_ID else []
    )
    return _json({"applinks": {"apps": [], "details": details}})


@require_safe
def microsoft_association(request: HttpRequest) -> HttpResponse:
    """Which Microsoft application may sign in for mail."""
    applications = [{"applicationId": settings.MICROSOFT_APP_ID}] if settings.MICROSOFT_APP_ID else []
    return _json({"associatedApplications": applications})
