"""The domain an inbox's mail leaves from: what to publish, and what DNS says of it now (V-CFG-03, V-CFG-04)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.replies import json_reply
from ventanilla.channels.email import sender_domain
from ventanilla.channels.email.settings import mail_domain
from ventanilla.inboxes.commands.inboxes import note_channel_state
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class RecordShape(Schema):
    """One DNS record. `state`: ok, missing, wrong or unknown (no answer); `found`: what stands there now."""

    purpose: str
    name: str
    type: str
    value: str
    state: str
    found: str


class SenderDomainShape(Schema):
    """The domain and its records; without a domain there are none and mail leaves from `generic`.

    `lost_at`: since when it no longer is what it was proven to be.
    """

    domain: str
    verified: bool
    lost_at: str | None
    generic: str
    records: list[RecordShape]


@router.post(
    "/inboxes/{int:inbox_id}/sender_domain/check",
    operation_id="check_sender_domain",
    response=SenderDomainShape,
)
def check(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """Ask DNS now, and use the domain from now on if it is proven, or stop using it if it no longer is.

    Name servers that do not answer change nothing.
    """
    request.auth.require(Capability.INBOXES_WRITE)
    inbox = Inbox.objects.filter(
        pk=inbox_id, account=request.auth.account, kind="email", deleted_at__isnull=True
    ).first()
    if inbox is None:
        raise NotFound
    records, changes = sender_domain.look(inbox)
    if changes:
        inbox = note_channel_state(inbox, changes=changes, by=request.auth.user)
    domain = str(inbox.channel_settings.get("sender_domain", ""))
    answer: dict[str, Any] = {
        "domain": domain,
        "verified": bool(domain and inbox.channel_settings.get("sender_domain_verified")),
        "lost_at": inbox.channel_settings.get("sender_domain_lost_at") or None,
        "generic": mail_domain(),
        "records": [asdict(record) for record in records],
    }
    return json_reply(answer)
