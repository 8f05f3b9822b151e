"""The kinds of notification as their room declares them, for the switches of the profile."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.late import Router
from ventanilla.api.auth import Request
from ventanilla.api.replies import json_reply
from ventanilla.notifications.registry import kinds

router = Router(tags=["Desk"])


class NotificationKindShape(Schema):
    """`label` says when it comes, to whom it comes; `icon` is one of the desk's."""

    name: str
    label: str
    icon: str


@router.get("/notification_kinds", operation_id="list_notification_kinds", response=list[NotificationKindShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """Those that something tells of."""
    return json_reply([kind.shown() for kind in kinds() if kind.is_offered])
