"""What our desk asks while somebody writes mail."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router, Schema

from ventanilla.api.auth import Request
from ventanilla.api.replies import json_reply
from ventanilla.inboxes.channel import channel_of
from ventanilla.inboxes.models import Inbox

router = Router(tags=["Desk"])


class OwnAddresses(Schema):
    """Where the account receives mail, in lower case."""

    addresses: list[str]


@router.get("/own_addresses", operation_id="list_own_addresses", response=OwnAddresses)
def own_addresses(request: Request, account_id: int) -> HttpResponse:
    """Addresses of all the account's inboxes, also of those the caller does not see: an answer to all leaves them out."""
    found: set[str] = set()
    for inbox in Inbox.objects.filter(account=request.auth.account, deleted_at__isnull=True, kind="email"):
        shown = channel_of(inbox.kind).public_settings(inbox, for_administrator=False)
        found |= {str(shown.get(key) or "").lower() for key in ("email", "forward_to_email")}
    return json_reply({"addresses": sorted(found - {""})})
