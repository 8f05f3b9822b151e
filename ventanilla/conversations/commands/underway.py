"""A message between the moment it was written and the moment its network took it: waiting, trying, unknown, once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import Held, held
from ventanilla.conversations.commands.receipts import save_message
from ventanilla.conversations.commands.rows import locked_message, where_it_stands
from ventanilla.conversations.events import Changes, MessageRetried
from ventanilla.conversations.models import Message, MessageStatus, MessageType
from ventanilla.inboxes.marks import DELIVERY, EXTERNAL_ERROR, MAIL, UNDELIVERED, WAITS_FOR
from ventanilla.kit.clock import iso

_OF_OURS = (MessageType.OUTGOING, MessageType.TEMPLATE)


@where_it_stands
def note_message_waits(message: Message, *, reason: str) -> Message:
    """It is not on its way yet, and nothing is wrong: `waits_for` says why. Records message.updated.

    A message that left or failed meanwhile stays as it is.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        if current.status == MessageStatus.PROGRESS:
            _note(row, current, WAITS_FOR, reason)
    return current


@where_it_stands
def note_message_trying(message: Message, *, reason: str, next_attempt_at: datetime) -> Message:
    """A try failed for a passing reason (a sentence for people), and there is a next one. Records message.updated.

    A message that left or failed meanwhile stays as it is.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        if current.status == MessageStatus.PROGRESS:
            trying = {"state": "trying", "reason": reason, "next_attempt_at": iso(next_attempt_at)}
            _note(row, current, DELIVERY, trying)
    return current


@where_it_stands
def leave_unknown(message: Message, *, by: User) -> Message:
    """Someone decided not to send again what may have left: no one is asked any more. Records message.updated."""
    with held(message.conversation) as row:
        current = locked_message(message, row)
        if current.status == MessageStatus.UNKNOWN:
            _note(row, current, DELIVERY, {"state": "unknown", "settled": True}, by=by)
    return current


@where_it_stands
def retry_message(message: Message, *, by: User) -> Message:
    """Send again what failed, or what no one knows of; what waits for its next try goes now.

    What is on its way without a fault, or was taken, stays as it is: asked for twice, it is sent once.
    Records message.updated, and message.retried, which delivery follows.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        if not _can_be_tried(current):
            return current
        new = MessageStatus.PROGRESS if row.must_leave else MessageStatus.SENT
        changes: Changes = {}
        if new != current.status:
            changes["status"] = [MessageStatus(current.status).label, new.label]
        current.status = new
        # The contract clears all of it; what the message answers and who gets a copy must stay for sending.
        for name in (DELIVERY, EXTERNAL_ERROR):
            if (gone := current.content_attributes.pop(name, None)) is not None:
                changes[name] = [gone, None]
        _forget_undelivered(current)
        save_message(row, current, changes, by=by)
        ids: dict[str, Any] = {
            "account_id": row.account_id,
            "message_id": message.pk,
            "conversation_id": row.id,
        }
        row.record(MessageRetried(**ids, inbox_id=row.inbox_id), by=by)
    return current


def _can_be_tried(message: Message) -> bool:
    if message.private or message.deleted_at is not None or message.message_type not in _OF_OURS:
        return False
    if message.status in (MessageStatus.FAILED, MessageStatus.UNKNOWN):
        return True
    return message.status == MessageStatus.PROGRESS and DELIVERY in message.content_attributes


def _forget_undelivered(message: Message) -> None:
    """It goes to all of them again: what each did with it is not known yet."""
    mail = dict(message.marks.mail.kept)
    if mail.pop(UNDELIVERED, None) is not None:
        rest = {name: value for name, value in message.content_attributes.items() if name != MAIL}
        message.content_attributes = {**rest, MAIL: mail} if mail else rest


def _note(row: Held, message: Message, name: str, value: Any, *, by: User | None = None) -> None:
    old = message.content_attributes.get(name)
    if old != value:
        message.content_attributes = {**message.content_attributes, name: value}
        save_message(row, message, {name: [old, value]}, by=by)
