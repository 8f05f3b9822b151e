"""Writing a message row: the hot statement, and the columns of the conversation that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from ventanilla.conversations.commands.held import By, Held, as_column, as_moment
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.errors import TooManyMessages
from ventanilla.conversations.events import MessageCreated
from ventanilla.conversations.models import Conversation, Message, MessageStatus, MessageType
from ventanilla.inboxes.marks import ACTIVITY
from ventanilla.kit import limit_values, statements
from ventanilla.kit.clock import SKEW, believable
from ventanilla.kit.columns import columns_of, defaults_of
from ventanilla.kit.compiled import stored
from ventanilla.kit.errors import NotFound

Given = ParamSpec("Given")

_LEAVING = (MessageType.OUTGOING, MessageType.TEMPLATE)
UNREAD_CAP = 10  # contract F.10: clients show 9+
_MINUTE = timedelta(minutes=1)

_COLUMNS = columns_of(Message, without=["id"])
_INSERT = (
    f"INSERT INTO conversations_message ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_INSERT_FOLDED = "INSERT INTO conversations_foldedtext (message_id, account_id, text) VALUES (%s, %s, %s)"
_NTH_NEWEST = "SELECT created_at FROM conversations_message WHERE conversation_id = %s ORDER BY id DESC LIMIT 1 OFFSET %s"
_BY_ECHO = (
    "SELECT id, content FROM conversations_message"
    " WHERE conversation_id = %s AND sender_type = %s AND sender_id = %s AND echo_id = %s"
)


_WRITERS = [name for name in _COLUMNS if name in {one.name for one in fields(NewMessage)}]
_MODELS = defaults_of(Message, without=["id", *_WRITERS])


class AlreadyThere(Exception):
    """The message was written before: the sender's key or the provider's id is known."""

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message


class MessageMoved(Exception):
    """The message stands in another conversation than the one that is locked: it was merged meanwhile."""

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message


def where_it_stands(
    command: Callable[Concatenate[Message, Given], Message],
) -> Callable[Concatenate[Message, Given], Message]:
    """Do it again where the message is now, when `locked_message` finds that it moved."""

    @wraps(command)
    def follow(message: Message, *args: Given.args, **kwargs: Given.kwargs) -> Message:
        while True:
            try:
                return command(message, *args, **kwargs)
            except MessageMoved as moved:
                message.conversation = Conversation.objects.select_related("inbox", "account").get(
                    pk=moved.message.conversation_id
                )

    return cast("Callable[Concatenate[Message, Given], Message]", follow)


def locked_message(message: Message, row: Held) -> Message:
    """The row as it is now; its conversation is locked, so no one changes it meanwhile. Raises NotFound, MessageMoved."""
    current = Message.objects.filter(pk=message.pk).first()
    if current is None:
        raise NotFound
    if current.conversation_id != row.id:
        raise MessageMoved(current)
    return current


def guard_against_flood(held: Held, new: NewMessage) -> None:
    """Raises TooManyMessages when the conversation took its fill within the last minute (contract B.2).

    Raises AlreadyThere for a message that is written already: to repeat it is no flood.
    """
    most = limit_values.of("MAX_MESSAGES_PER_MINUTE")
    if most == 0 or held.last_activity_at <= held.at - _MINUTE:  # quiet for a minute: nothing to count
        return
    row = statements.fetch_one(_NTH_NEWEST, [held.id, most - 1])
    # Not what a clock that ran ahead wrote: it would close the conversation for as long as it was wrong.
    if row is not None and (at := as_moment(row[0])) is not None and abs(at - held.at) < _MINUTE:
        free_key(held, new)
        limit_values.met_size("MAX_MESSAGES_PER_MINUTE")
        raise TooManyMessages


def free_key(held: Held, new: NewMessage) -> str | None:
    """The sender's key, or none when they used it for another text. Raises AlreadyThere when it was for the same."""
    if new.echo_id is None:
        return None
    row = statements.fetch_one(_BY_ECHO, [held.id, new.sender_type, new.sender_id, new.echo_id])
    if row is None:
        return new.echo_id
    message = Message.objects.get(pk=row[0])
    if (
        row[1] == new.content
        and message.has_attachments == bool(new.attachments)
        and message.private == new.private
    ):
        raise AlreadyThere(message)
    return None


def insert_message(held: Held, new: NewMessage, *, by: By) -> Message:
    """Write the row and its event, and note on `held` what the conversation's columns become.

    Raises AlreadyThere when the sender's key is known for the same text, or the provider's id in this inbox.
    """
    values = _values_of(held, new)
    row = statements.fetch_one(_INSERT, [as_column(values[name]) for name in _COLUMNS])
    if row is None and new.echo_id is not None:
        values["echo_id"] = free_key(held, new)
        row = statements.fetch_one(_INSERT, [as_column(values[name]) for name in _COLUMNS])
    if row is None:
        raise AlreadyThere(
            Message.objects.get(
                inbox_id=held.inbox_id, source_id=new.source_id, message_type=MessageType.INCOMING
            )
        )
    message = stored(Message, (values | {"id": row[0]}).items())
    if new.folded_text:
        statements.execute(_INSERT_FOLDED, [message.pk, held.account_id, new.folded_text])
    _follow(held, message)
    held.record(
        MessageCreated(
            account_id=held.account_id,
            message_id=message.pk,
            conversation_id=held.id,
            inbox_id=held.inbox_id,
            message_type=message.message_type,
            private=message.private,
            echo_id=message.echo_id,
        ),
        by=by,
    )
    return message


def _values_of(held: Held, new: NewMessage) -> dict[str, Any]:
    """What the columns of the row are: as the model has them, the writer's, the conversation's."""
    return {
        **{name: make() for name, make in _MODELS.items()},
        **{name: getattr(new, name) for name in _WRITERS},
        "account_id": held.account_id,
        "inbox_id": held.inbox_id,
        "conversation_id": held.id,
        "message_type": int(new.message_type),
        "has_attachments": bool(new.attachments),
        "status": _state_at_birth(held, new),
        "created_at": new.created_at or held.at,
        "updated_at": held.at,
    }


def _state_at_birth(held: Held, new: NewMessage) -> int:
    """Nothing is sent before its network took it, whatever a client says of it (decision Q-17). What came with the
    network's own id left elsewhere already.
    """
    leaves = new.message_type in _LEAVING and not new.private and new.source_id is None
    return int(MessageStatus.PROGRESS if leaves and held.must_leave else new.status)


def _follow(held: Held, message: Message) -> None:
    """The columns that lists read (contract F.9, F.10)."""
    held.set("last_message_id", message.pk)
    if message.additional_attributes.get(ACTIVITY) != "viewed":
        # Opening a conversation must not move it to the top of everyone's list.
        held.set("last_activity_at", _latest(held, held.last_activity_at, message))
    if message.message_type != MessageType.ACTIVITY:
        held.set("last_non_activity_message_id", message.pk)
    if message.message_type == MessageType.INCOMING:
        _follow_incoming(held, message)


def _follow_incoming(held: Held, message: Message) -> None:
    held.set("last_incoming_at", _latest(held, held.last_incoming_at, message))
    seen = held.agent_last_seen_at
    if seen is None or message.created_at > seen or seen > held.at + SKEW:
        held.set("unread_count", min(UNREAD_CAP, held.unread_count + 1))
    if held.waiting_since is None or held.waiting_since > held.at + SKEW:
        held.set("waiting_since", believable(message.created_at, at=held.at))


def _latest(held: Held, before: datetime | None, message: Message) -> datetime:
    """The later of the two, never in the future: senders' clocks run ahead, and ours may have."""
    written = believable(message.created_at, at=held.at)
    return written if before is None or before > held.at + SKEW else max(before, written)
