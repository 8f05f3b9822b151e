"""What becomes of a message after it was written: delivery states, sending again, answers to forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.commands.rows import locked_message, where_it_stands
from ventanilla.conversations.events import Changes, MessageRetried, MessageUpdated
from ventanilla.conversations.models import Message, MessageStatus
from ventanilla.kit.errors import Invalid

# In a message's content attributes: what it waits for before it leaves.
WAITS_FOR = "waits_for"
# How far along a message is; a later receipt never takes it back. A failure may follow everything but "read".
_PROGRESS = {
    MessageStatus.PROGRESS: 0,
    MessageStatus.SENT: 1,
    MessageStatus.DELIVERED: 2,
    MessageStatus.READ: 3,
}


@where_it_stands
def set_message_status(
    message: Message,
    *,
    status: int,
    by: By = None,
    external_error: str = "",
    source_id: str | None = None,
    caused_by: int | None = None,
) -> Message:
    """Note what the network says about a message: sent, delivered, read, or failed with its reason.

    A receipt that comes late never takes a state back. `source_id` is the network's id of the message.
    Records message.updated when something changed.
    """
    if status not in MessageStatus.values:
        raise Invalid(fields={"status": [_("This state is not known.")]})
    with held(message.conversation, caused_by=caused_by) as row:
        current = locked_message(message, row)
        changes: Changes = {}
        if _moves_on(current.status, status):
            changes["status"] = [MessageStatus(current.status).label, MessageStatus(status).label]
            current.status = status
            if waited_for := current.content_attributes.pop(WAITS_FOR, None):
                changes[WAITS_FOR] = [waited_for, None]
            if status == MessageStatus.FAILED and external_error:
                changes["external_error"] = [current.content_attributes.get("external_error"), external_error]
                current.content_attributes = {**current.content_attributes, "external_error": external_error}
            elif status != MessageStatus.FAILED:
                current.content_attributes.pop("external_error", None)
        if source_id and current.source_id != source_id:
            changes["source_id"] = [current.source_id, source_id]
            current.source_id = source_id
        _save(row, current, changes, by=by)
    return current


def _moves_on(old: int, new: int) -> bool:
    if new == old:
        return False
    if new == MessageStatus.FAILED:
        return old != MessageStatus.READ
    if old == MessageStatus.FAILED:
        return True  # a retry that worked
    return _PROGRESS[MessageStatus(new)] > _PROGRESS[MessageStatus(old)]


@where_it_stands
def note_message_waits(message: Message, *, reason: str) -> Message:
    """It is not on its way yet, and nothing is wrong: its state is progress, `waits_for` says why. Records
    message.updated. A message that left or failed meanwhile stays as it is.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        changes: Changes = {}
        if current.status in {MessageStatus.SENT, MessageStatus.PROGRESS} and not current.source_id:
            changes[WAITS_FOR] = [current.content_attributes.get(WAITS_FOR), reason]
            if current.status == MessageStatus.SENT:
                changes["status"] = [MessageStatus.SENT.label, MessageStatus.PROGRESS.label]
            current.status = MessageStatus.PROGRESS
            current.content_attributes = {**current.content_attributes, WAITS_FOR: reason}
        _save(row, current, changes, by=None)
    return current


@where_it_stands
def retry_message(message: Message, *, by: User) -> Message:
    """Send a message again: its state is sent and its error gone. Records message.retried, which delivery follows."""
    with held(message.conversation) as row:
        current = locked_message(message, row)
        old = MessageStatus(current.status).label
        new = MessageStatus.PROGRESS if WAITS_FOR in current.content_attributes else MessageStatus.SENT
        current.status = new
        # The contract clears all of it; what the message answers and who gets a copy must stay for sending.
        current.content_attributes.pop("external_error", None)
        _save(row, current, {"status": [old, new.label]}, by=by)
        ids: dict[str, Any] = {
            "account_id": row.account_id,
            "message_id": message.pk,
            "conversation_id": row.id,
        }
        row.record(MessageRetried(**ids, inbox_id=row.inbox_id), by=by)
    return current


@where_it_stands
def answer_message(message: Message, *, attributes: Mapping[str, Any], by: By) -> Message:
    """Keep what the customer filled in (`submitted_values`, `submitted_email`), or what became of what the message says.
    Records message.updated.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        merged = {**current.content_attributes, **attributes}
        changes = {
            name: [current.content_attributes.get(name), value]
            for name, value in attributes.items()
            if current.content_attributes.get(name) != value
        }
        current.content_attributes = merged
        _save(row, current, changes, by=by)
    return current


def _save(row: Held, message: Message, changes: Changes, *, by: By) -> None:
    if not changes:
        return
    message.version += 1
    message.updated_at = row.at
    message.save(update_fields=["status", "content_attributes", "source_id", "version", "updated_at"])
    row.record(
        MessageUpdated(
            account_id=row.account_id, message_id=message.pk, conversation_id=row.id, changes=changes
        ),
        by=by,
    )
    row.save(by=by, touch=True)
