"""What came in, as it came: the source of a mail, the quarantine, and mail handed over as a file."""

from __future__ import annotations

from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import find_conversation
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.delivery import in_tray, looked_at, mail_room, reasons
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.channel_doors import source_of
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.pagination import page_number, page_of

router = Router(tags=["Desk"])

PAGE = 25


class IncomingShape(Schema):
    """One payload of a provider and what became of it."""

    id: int
    inbox_id: int | None
    channel: str
    state: str
    reason: str
    reason_code: str
    sender: str
    subject: str
    size: int
    attempts: int
    received_at: str | None
    processed_at: str | None


class LossMeterShape(Schema):
    """received = processed + ignored + quarantined + waiting, always (Z-09)."""

    received: int
    processed: int
    ignored: int
    quarantined: int
    waiting: int


class IncomingList(Schema):
    """A page of payloads, newest first, under the loss meter of the same inboxes. `count`: how many there are in all."""

    meter: LossMeterShape
    payload: list[IncomingShape]
    count: int
    page: int
    per_page: int


def _json(row: Incoming) -> dict[str, Any]:
    sender, subject = row.sender, row.subject
    if not (sender or subject) and row.message_id is None and row.processed_at:  # of an earlier version
        sender, subject = in_tray.glance(row)
    return {
        "id": row.pk,
        "inbox_id": row.inbox_id,
        "channel": row.channel,
        "state": row.state,
        "reason": reasons.words_of(row.reason),
        "reason_code": reasons.code_of(row.reason),
        "sender": sender,
        "subject": subject,
        "size": row.size,
        "attempts": row.attempts,
        "received_at": iso(row.received_at),
        "processed_at": iso(row.processed_at),
    }


def _own(request: Request, incoming_id: int) -> Incoming:
    request.auth.require(Capability.INBOXES_WRITE)
    row = (
        Incoming.objects.filter(pk=incoming_id, account=request.auth.account)
        .select_related("inbox", "inbox__account")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def _meter(rows: QuerySet[Incoming]) -> dict[str, int]:
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {
        "received": sum(counts.values()),
        "processed": counts.get(Incoming.State.PROCESSED, 0),
        "ignored": counts.get(Incoming.State.IGNORED, 0),
        "quarantined": counts.get(Incoming.State.QUARANTINED, 0),
        "waiting": counts.get(Incoming.State.RECEIVED, 0),
    }


# Nothing that came is on no list: what was ignored, and what was read without becoming a message.
_WITHOUT_MESSAGE = Q(state=Incoming.State.IGNORED) | (
    Q(state=Incoming.State.PROCESSED, message__isnull=True) & ~Q(reason="")
)


@router.get("/incoming", operation_id="list_incoming", response=IncomingList)
def index(
    request: Request,
    account_id: int,
    state: str = "quarantined",
    inbox_id: int | None = None,
    page: str = "1",
) -> HttpResponse:
    """What providers sent, by state: the quarantine unless another state is asked for.

    `without_message` is what was ignored and what was read without becoming a message, each with its reason; `unopened`
    that and the quarantine. With `inbox_id`, what came for that inbox or for none.
    """
    request.auth.require(Capability.INBOXES_WRITE)
    rows = Incoming.objects.filter(account=request.auth.account)
    if inbox_id is not None:
        rows = rows.filter(Q(inbox_id=inbox_id) | Q(inbox=None))
    if state == "without_message":
        asked = rows.filter(_WITHOUT_MESSAGE)
    elif state == "unopened":
        asked = rows.filter(_WITHOUT_MESSAGE | Q(state=Incoming.State.QUARANTINED))
    elif state in Incoming.State.values:
        asked = rows.filter(state=state)
    else:
        raise Invalid(fields={"state": [_("This state doesn't exist.")]})
    shown = page_of(asked.order_by("-pk"), page=page, size=PAGE)
    return json_reply(
        {
            "meter": _meter(rows),
            "payload": [_json(row) for row in shown],
            "count": asked.count(),
            "page": page_number(page),
            "per_page": PAGE,
        }
    )


@router.post(
    "/incoming/{int:incoming_id}/run_again", operation_id="run_incoming_again", response=IncomingShape
)
def run_again(request: Request, account_id: int, incoming_id: int) -> HttpResponse:
    """Read once more what lies in quarantine; what was ignored becomes a message, because someone wants it.

    One that no one took goes to the inbox that takes its address by now. What is a message already stays as it is.
    """
    row = _own(request, incoming_id)
    mail_room.find_home(row)
    row = in_tray.run_again(row)
    looked_at.note_run_again(row, account_id=account_id, by=request.auth.person)
    return json_reply(_json(row))


@router.post("/incoming/{int:incoming_id}/discard", operation_id="discard_incoming", response=IncomingShape)
def discard(request: Request, account_id: int, incoming_id: int) -> HttpResponse:
    """Leave what lies in quarantine unread: it counts as ignored. What is not in quarantine stays as it is."""
    row = _own(request, incoming_id)
    looked_at.discard(row, account_id=account_id, by=request.auth.person)
    return json_reply(_json(row))


@router.get("/incoming/{int:incoming_id}/raw", operation_id="show_incoming_raw", response={200: None})
def raw(request: Request, account_id: int, incoming_id: int) -> HttpResponseBase:
    """The bytes as they came."""
    return _download(request, _own(request, incoming_id))


@router.get(
    "/conversations/{int:conversation_id}/messages/{int:message_id}/source",
    operation_id="show_message_source",
    response={200: None},
)
def source(request: Request, account_id: int, conversation_id: int, message_id: int) -> HttpResponseBase:
    """The mail behind a message, for whoever may see the conversation."""
    conversation = find_conversation(request, conversation_id)
    row = (
        Incoming.objects.filter(
            message_id=message_id, message__conversation=conversation, message__deleted_at__isnull=True
        )
        .order_by("pk")
        .first()
    )
    if row is None:
        raise NotFound
    return _download(request, row)


def _download(request: Request, row: Incoming) -> HttpResponseBase:
    """Always a download, never a page: the bytes are a stranger's."""
    looked_at.note_source_shown(row, account_id=request.auth.account.pk, by=request.auth.asker)
    source = source_of(row.channel, row.raw.open("rb"), row.meta)
    name = f"{source.name or row.channel}-{row.pk}.{source.suffix}"
    response = FileResponse(source.file, as_attachment=True, filename=name, content_type=source.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class MailIn(Body):
    """A mail as a file (`.eml`)."""

    file: Any = None


@router.post("/inboxes/{int:inbox_id}/mail", operation_id="hand_over_mail", response=IncomingShape)
def hand_over(request: Request, account_id: int, inbox_id: int, given: MailIn = Given()) -> HttpResponse:
    """Give an inbox a mail by hand; it is read at once."""
    request.auth.require(Capability.INBOXES_WRITE)
    inbox = (
        Inbox.objects.filter(pk=inbox_id, account=request.auth.account, deleted_at__isnull=True)
        .filter(kind__in=kinds_where(email_headers=True))
        .select_related("account")
        .first()
    )
    if inbox is None:
        raise NotFound
    if not isinstance(given.file, UploadedFile):
        raise Invalid(fields={"file": [_("Choose an email file (.eml).")]})
    file = cast("IO[bytes]", given.file)
    row = in_tray.keep_and_read(file, channel=inbox.kind, inbox=inbox, meta={"by": "file"})
    looked_at.note_handed_over(row, account_id=account_id, inbox_id=inbox.pk, by=request.auth.person)
    return json_reply(_json(row))
