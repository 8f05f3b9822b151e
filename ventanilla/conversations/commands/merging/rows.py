"""Rows that go from one conversation to the other, whichever way."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import F, Max, Q, QuerySet

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import Held
from ventanilla.conversations.commands.merging.before import Before
from ventanilla.conversations.commands.seen import unread_since
from ventanilla.conversations.events import ScheduledMessageChanged
from ventanilla.conversations.models import Conversation, Message, MessageType, ScheduledMessage


@dataclass
class Pair:
    """A merge on its way: what goes, what stays. `before` collects what undoing it needs; `address` is the other one's where
    the two are with different addresses.
    """

    gone: Held
    stays: Held
    by: User
    address: str = ""
    before: Before = field(default_factory=Before)

    @property
    def other_contact(self) -> bool:
        """Whether they are two customers."""
        return self.gone.contact_id != self.stays.contact_id


def said(row: Held) -> QuerySet[Message]:
    """What goes along with a merge."""
    return (
        Message.objects.filter(conversation_id=row.id)
        .exclude(message_type=MessageType.ACTIVITY)
        .exclude(content_type="input_csat")
    )


def count_anew(row: Held) -> None:
    """The copied columns that follow from which messages are here."""
    here = Message.objects.filter(conversation_id=row.id)
    found = here.aggregate(
        last=Max("pk"),
        spoken=Max("pk", filter=~Q(message_type=MessageType.ACTIVITY)),
        incoming=Max("created_at", filter=Q(message_type=MessageType.INCOMING)),
    )
    row.set("last_message_id", found["last"])
    row.set("last_non_activity_message_id", found["spoken"])
    row.set("last_incoming_at", found["incoming"])
    row.set("unread_count", unread_since(row.id, row.agent_last_seen_at))


def move_scheduled(scheduled: ScheduledMessage, source: Held, target: Held, *, by: User) -> None:
    """Let a message for later wait in the other one. Records scheduled_message.changed for both."""
    taken = ScheduledMessage.objects.filter(
        conversation_id=target.id, user=scheduled.user_id, echo_id=scheduled.echo_id
    )
    if scheduled.echo_id is not None and taken.exists():
        scheduled.echo_id = None
    scheduled.conversation_id = target.id
    scheduled.save(update_fields=["conversation", "content_attributes", "echo_id"])
    for row in (source, target):
        row.record(
            ScheduledMessageChanged(
                account_id=row.account_id,
                conversation_id=row.id,
                scheduled_message_id=scheduled.pk,
                change="moved",
            ),
            by=by,
        )


def lead(rows: QuerySet[Conversation], *, to: int) -> None:
    """Let merged conversations point to where their messages are now; their banner says so, so it is another version."""
    rows.update(merged_into=to, version=F("version") + 1)
