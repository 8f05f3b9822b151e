"""Send later: replies that wait for their moment. Outside the contract, whose clients see a message once it is one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.application.conversation_access import (
    find_conversation,
    require_for_status,
    writable_conversation,
)
from ventanilla.api.application.conversation_input import MessageIn
from ventanilla.api.application.conversation_shapes import MessageShape
from ventanilla.api.application.message_writing import reply_attributes
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply, raw_json_reply
from ventanilla.api.uploads.attachments import uploads_from
from ventanilla.conversations import selectors
from ventanilla.conversations.commands.scheduled import (
    cancel_scheduled,
    hold_message,
    move_scheduled,
    release_scheduled,
    schedule_message,
    send_scheduled,
)
from ventanilla.conversations.given import until_given
from ventanilla.conversations.models import Conversation, ScheduledFile, ScheduledMessage, Status
from ventanilla.conversations.rendering import messages_json
from ventanilla.kit import links, storage
from ventanilla.kit.clock import epoch, now
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.wire_values import word_or_number

router = Router(tags=["Desk"])

_ONE = "/conversations/{int:conversation_id}/scheduled/{int:scheduled_id}"


class ScheduledFileShape(Schema):
    """A file that goes with it."""

    filename: str
    content_type: str
    size: int
    url: str


class AuthorShape(Schema):
    """Who wrote it."""

    id: int
    name: str


class ScheduledShape(Schema):
    """A message for later. Times are epoch seconds; `reason` says why one with the state `failed` was not sent.

    `undoable`: it was sent, and waits only so that it can be taken back, for `leaves_in_ms` from now. `then_status`: what
    the conversation becomes once it was sent.
    """

    id: int
    conversation_id: int
    content: str
    content_attributes: dict[str, Any]
    send_at: int
    leaves_in_ms: int
    undoable: bool
    then_status: str | None
    created_at: int
    state: str
    reason: str
    author: AuthorShape | None = None
    files: list[ScheduledFileShape]


class MomentIn(Body):
    """When to send: epoch seconds or ISO 8601 with its offset; with `undo` as soon as it can no longer be taken back."""

    send_at: datetime | None = None
    undo: bool = False


class ScheduledIn(MessageIn):
    """A reply as POST messages takes it, and when to send it; with `undo` when it can no longer be taken back.

    `then_status` (resolved or snoozed, with `undo`): what the conversation becomes once it was sent; `then_until` as
    `snoozed_until` of toggle_status.
    """

    send_at: datetime | None = None
    undo: bool = False
    then_status: str | None = None
    then_until: int | float | str | None = None


def _aware(moment: datetime | None) -> datetime:
    if moment is None:
        raise Invalid(fields={"send_at": [_("Choose a time in the future.")]})
    if moment.tzinfo is None:
        raise Invalid(fields={"send_at": [_("Add the time zone.")]})
    return moment


def _file(item: ScheduledFile) -> dict[str, Any]:
    blob = storage.Blob(
        key=item.file.name or "", filename=item.filename, content_type=item.mime_type, byte_size=item.size
    )
    return {
        "filename": item.filename,
        "content_type": item.mime_type,
        "size": item.size,
        "url": links.answer_url(storage.blob_path(blob)),
    }


def one_scheduled_json(row: ScheduledMessage, display_id: int) -> dict[str, Any]:
    """One of them."""
    return {
        "id": row.pk,
        "conversation_id": display_id,
        "content": row.content,
        "content_attributes": row.content_attributes,
        "send_at": epoch(row.send_at),
        "leaves_in_ms": max(0, round((row.send_at - now()).total_seconds() * 1000)),
        "undoable": row.undoable,
        "then_status": None if row.then_status is None else Status(row.then_status).label,
        "created_at": epoch(row.created_at),
        "state": row.state,
        "reason": row.reason,
        "author": {"id": row.user.pk, "name": row.user.available_name} if row.user is not None else None,
        "files": [_file(item) for item in row.files.all()],
    }


def _own(request: Request, conversation_id: int, scheduled_id: int) -> ScheduledMessage:
    conversation = writable_conversation(request, conversation_id)
    row = selectors.scheduled_in(conversation).filter(pk=scheduled_id).first()
    if row is None:
        raise NotFound
    return row


@router.get(
    "/conversations/{int:conversation_id}/scheduled",
    operation_id="list_scheduled",
    response=list[ScheduledShape],
)
def index(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """What is scheduled in the conversation, the next one first."""
    return json_reply(scheduled_json(find_conversation(request, conversation_id)))


def scheduled_json(conversation: Conversation) -> list[dict[str, Any]]:
    """What is scheduled in it, the next one first."""
    if not selectors.is_anything_scheduled(conversation):  # as nearly always
        return []
    return [one_scheduled_json(row, conversation.display_id) for row in selectors.scheduled_in(conversation)]


@router.post(
    "/conversations/{int:conversation_id}/scheduled",
    operation_id="schedule_message",
    response=ScheduledShape,
)
def create(
    request: Request, account_id: int, conversation_id: int, given: ScheduledIn = Given()
) -> HttpResponse:
    """Schedule a reply. JSON or multipart with `attachments[]`; an `echo_id` that was used before answers the first."""
    conversation = writable_conversation(request, conversation_id)
    if given.private or given.message_type != "outgoing" or given.content_type != "text":
        raise Invalid(fields={"message_type": [_("Only replies with text and files can be scheduled.")]})
    row = _kept(request, conversation, given)
    return json_reply(one_scheduled_json(_own(request, conversation_id, row.pk), conversation.display_id))


def _kept(request: Request, conversation: Conversation, given: ScheduledIn) -> ScheduledMessage:
    written: dict[str, Any] = {
        "by": request.auth.person,
        "content": given.content or "",
        "content_attributes": reply_attributes(conversation, given),
        "attachments": uploads_from(given.attachments) if given.attachments not in (None, "", []) else [],
        "echo_id": given.echo_id,
    }
    if given.undo:
        return hold_message(
            conversation,
            **written,
            seen_id=given.seen_message_id,
            **_afterwards(request, conversation, given),
        )
    return schedule_message(conversation, **written, send_at=_aware(given.send_at))


def _afterwards(request: Request, conversation: Conversation, given: ScheduledIn) -> dict[str, Any]:
    if not given.then_status:
        return {}
    person, account = request.auth.person, request.auth.account
    status = word_or_number(given.then_status, Status, field="then_status")
    require_for_status(request, conversation, status)
    return {
        "then_status": status,
        "then_until": until_given(given.then_until, by=person, account=account, field="then_until"),
    }


@router.patch(_ONE, operation_id="move_scheduled", response=ScheduledShape)
def move(
    request: Request, account_id: int, conversation_id: int, scheduled_id: int, given: MomentIn = Given()
) -> HttpResponse:
    """Send it at another time."""
    row = _own(request, conversation_id, scheduled_id)
    if given.undo:
        release_scheduled(row, by=request.auth.person)
    else:
        move_scheduled(row, send_at=_aware(given.send_at), by=request.auth.person)
    return json_reply(one_scheduled_json(_own(request, conversation_id, scheduled_id), conversation_id))


@router.delete(_ONE, operation_id="cancel_scheduled", response={200: None})
def cancel(request: Request, account_id: int, conversation_id: int, scheduled_id: int) -> HttpResponse:
    """Do not send it. 404 when it was sent meanwhile."""
    cancel_scheduled(_own(request, conversation_id, scheduled_id), by=request.auth.person)
    return empty_reply()


@router.post(f"{_ONE}/send_now", operation_id="send_scheduled_now", response=MessageShape)
def send_now(request: Request, account_id: int, conversation_id: int, scheduled_id: int) -> HttpResponse:
    """Send it now, in its author's name; in the caller's when the author has left. Answers the message."""
    message = send_scheduled(_own(request, conversation_id, scheduled_id), by=request.auth.person)
    rendered = messages_json([message.pk], account_id=message.account_id).get(message.pk)
    if rendered is None:
        raise NotFound
    return raw_json_reply(rendered)
