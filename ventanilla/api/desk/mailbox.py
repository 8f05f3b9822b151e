"""How a mailbox is doing beyond its last success: what its server could not give, and looking now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.delivery import pulling
from ventanilla.inboxes.channel import NotFetched
from ventanilla.inboxes.channel import pulling as fetching
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class NotFetchedShape(Schema):
    """A mail that the server could not give. It is asked for again at `next_try`, for as long as it is there."""

    place: str
    key: str
    since: str
    next_try: str | None
    reason: str
    size: int
    sender: str
    subject: str


class MailboxShape(Schema):
    """What a mailbox holds and we do not."""

    not_fetched: list[NotFetchedShape]


def _inbox(request: Request, inbox_id: int) -> Inbox:
    request.auth.require(Capability.INBOXES_WRITE)
    inbox = Inbox.objects.filter(pk=inbox_id, account=request.auth.account, deleted_at__isnull=True).first()
    if inbox is None or fetching(inbox.kind) is None:
        raise NotFound
    return inbox


def _reply(inbox: Inbox) -> HttpResponse:
    return json_reply({"not_fetched": [_json(one) for one in pulling.not_fetched(inbox)]})


def _json(one: NotFetched) -> dict[str, Any]:
    moments = {
        name: iso(datetime.fromtimestamp(moment, UTC)) if moment else None
        for name, moment in (("since", one.since), ("next_try", one.next_try))
    }
    return {**asdict(one), **moments}


@router.get("/inboxes/{int:inbox_id}/mailbox", operation_id="show_mailbox", response=MailboxShape)
def show(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """What the server could not give."""
    return _reply(_inbox(request, inbox_id))


@router.post("/inboxes/{int:inbox_id}/look_now", operation_id="look_into_mailbox", response=MailboxShape)
def look_now(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """Look into the mailbox at once, however long we wanted to wait, also for what could not be had before."""
    inbox = _inbox(request, inbox_id)
    pulling.look_now(inbox)
    return _reply(inbox)
