"""What our desk asks while someone writes mail."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.inboxes.channel_doors import addresses_of
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.models import Inbox

router = Router(tags=["Desk"])


class OwnAddresses(Schema):
    """Where the account receives mail, in lower case."""

    addresses: list[str]


@router.get("/own_addresses", operation_id="list_own_addresses", response=OwnAddresses)
def own_addresses(request: Request, account_id: int) -> HttpResponse:
    """Addresses of all the account's inboxes, also of those the caller does not see: an answer to all leaves them out."""
    inboxes = Inbox.objects.filter(account=request.auth.account, deleted_at__isnull=True)
    mail = inboxes.filter(kind__in=kinds_where(email_headers=True))
    return json_reply({"addresses": sorted({address for inbox in mail for address in addresses_of(inbox)})})
