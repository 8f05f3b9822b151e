"""What a browser of the desk needs to be told of news while the desk is closed."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.notifications.commands import push_key
from ventanilla.notifications.web_push import public_key

router = Router(tags=["Desk"])


class PushKeyShape(Schema):
    """The installation's public key, as PushManager.subscribe takes it (base64url)."""

    public_key: str


@router.get("/push_key", operation_id="show_push_key", response=PushKeyShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """The same for all browsers and for good: a subscription is bound to it."""
    return json_reply({"public_key": public_key(push_key().private_pem)})
