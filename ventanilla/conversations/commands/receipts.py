"""What becomes of a message after it was written: what its network says of it, and answers to forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.commands.rows import locked_message, where_it_stands
from ventanilla.conversations.events import Changes, MessageUpdated
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.inboxes.marks import DELIVERY, EXTERNAL_ERROR, MAIL, UNDELIVERED, WAITS_FOR
from ventanilla.kit.addresses import key
from ventanilla.kit.errors import Invalid

# In a message's content attributes: what it waits for before it leaves; how sending it goes when that says more than
# its state ({"state": "trying", "reason", "next_attempt_at"}, or {"state": "unknown"} with "settled" once someone decided).
# How far along a message is; a later receipt never takes it back. A failure may follow everything but "read".
_PROGRESS = {
    MessageStatus.PROGRESS: 0,
    MessageStatus.UNKNOWN: 0,
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
    """Note what the network says about a message: sent, delivered, read, or failed with its reason; or that no one knows.

    A receipt that comes late never takes a state back. `source_id` is the network's id of the message.
    Records message.updated when something changed.
    """
    if status not in MessageStatus.values:
        raise Invalid(fields={"status": [_("This state doesn't exist.")]})
    with held(message.conversation, caused_by=caused_by) as row:
        current = locked_message(message, row)
        changes: Changes = {}
        _become(current, status, changes, external_error=external_error)
        if source_id and current.source_id != source_id:
            changes["source_id"] = [current.source_id, source_id]
            current.source_id = source_id
        save_message(row, current, changes, by=by)
    return current


def _become(message: Message, status: int, changes: Changes, *, external_error: str = "") -> None:
    """Take the state if it is one further on, with what belongs to it among the content attributes."""
    if not _moves_on(message.status, status):
        return
    changes["status"] = [MessageStatus(message.status).label, MessageStatus(status).label]
    message.status = status
    kept = dict(message.content_attributes)
    for name in (WAITS_FOR, DELIVERY, EXTERNAL_ERROR):
        if (gone := kept.pop(name, None)) is not None:
            changes[name] = [gone, None]
    if status == MessageStatus.FAILED and external_error:
        changes[EXTERNAL_ERROR] = [None, external_error]
        kept[EXTERNAL_ERROR] = external_error
    elif status == MessageStatus.UNKNOWN:
        changes[DELIVERY] = [None, {"state": "unknown"}]
        kept[DELIVERY] = {"state": "unknown"}
    message.content_attributes = kept


def _moves_on(old: int, new: int) -> bool:
    if new == old:
        return False
    if new == MessageStatus.FAILED:
        return old != MessageStatus.READ
    if old == MessageStatus.FAILED:
        return True  # a retry that worked
    if new == MessageStatus.UNKNOWN:
        return old == MessageStatus.PROGRESS
    return _PROGRESS[MessageStatus(new)] > _PROGRESS[MessageStatus(old)]


@where_it_stands
def note_undelivered(message: Message, *, reasons: Mapping[str, str], by: By = None) -> Message:
    """Note who of a mail's recipients did not get it, and why (address: reason). When it is all of them, it failed.

    The list stands in `content_attributes.email.undelivered`. Records message.updated when something is new.
    """
    with held(message.conversation) as row:
        current = locked_message(message, row)
        mail = dict(current.marks.mail.kept)
        known = {key(one["address"]): one for one in mail.get(UNDELIVERED, ())}
        old = list(known.values())
        known |= {key(address): {"address": address, "reason": reason} for address, reason in reasons.items()}
        changes: Changes = {}
        if (new := list(known.values())) != old:
            changes[UNDELIVERED] = [old, new]
            mail[UNDELIVERED] = new
            current.content_attributes = {**current.content_attributes, MAIL: mail}
            recipients = current.recipients(_customer_of(current))
            if {key(address) for address in recipients} <= known.keys():
                _become(current, MessageStatus.FAILED, changes, external_error="; ".join(reasons.values()))
        save_message(row, current, changes, by=by)
    return current


def _customer_of(message: Message) -> str:
    return Conversation.objects.values_list("contact_inbox__source_id", flat=True).get(
        pk=message.conversation_id
    )


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
        save_message(row, current, changes, by=by)
    return current


def save_message(row: Held, message: Message, changes: Changes, *, by: By) -> None:
    """Write what changed on the held message, and record message.updated."""
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
