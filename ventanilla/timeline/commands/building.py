"""Lines of what happened before the log's oldest event, from the rows that tell of it.

The consumer reads the log from its oldest event on, so all that is older has no line unless it is written here: contacts,
conversations, messages, notes and surveys. What changed in between, only the log knew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate

from ventanilla.contacts.models import Contact, ContactNote
from ventanilla.conversations.models import Conversation, Message, MessageType, SenderType
from ventanilla.events.log import oldest_moment
from ventanilla.kit import statements
from ventanilla.kit.clock import now
from ventanilla.timeline.models import SPOKEN, TimelineBuild, TimelineEntry

Group = TimelineEntry.Group
_CONTACTS = 200  # of one transaction
_ROWS_AT_ONCE = 200
_ACTORS: dict[str, str] = {
    SenderType.USER: "user",
    SenderType.CONTACT: "contact",
    SenderType.AGENT_BOT: "agent_bot",
}


def build(*, seconds: float | None = None) -> bool:
    """Write what is missing, the newest contacts first; whether nothing is missing any more. Goes on where it stopped."""
    place = _place()
    ends_at = time.monotonic() + seconds if seconds is not None else None
    while place.rest_up_to > 0:
        if ends_at is not None and time.monotonic() > ends_at:
            return False
        ids = list(
            Contact.objects.filter(pk__lte=place.rest_up_to)
            .order_by("-pk")
            .values_list("pk", flat=True)[:_CONTACTS]
        )
        with statements.writing():
            enter(ids, before=place.log_began_at)
            place.rest_up_to = min(ids, default=1) - 1
            place.save(update_fields=["rest_up_to"])
    return True


def _place() -> TimelineBuild:
    """How far it came. `log_began_at` is set once, while the log still begins where the consumer began to read."""
    newest = Contact.objects.aggregate(newest=Max("pk"))["newest"] or 0
    begins = oldest_moment() or now()
    first = {"log_began_at": begins.replace(hour=0, minute=0, second=0, microsecond=0), "rest_up_to": newest}
    return TimelineBuild.objects.get_or_create(pk=1, defaults=first)[0]


def enter(contact_ids: Sequence[int], *, before: datetime) -> None:
    """Write the lines that these contacts lack of what happened before that moment, in the caller's transaction."""
    there = _Known(contact_ids)
    rows = [
        *_contacts(contact_ids, before, there),
        *_conversations(contact_ids, before, there),
        *_days(contact_ids, before, there),
        *_notes(contact_ids, before, there),
        *_surveys(contact_ids, before, there),
    ]
    TimelineEntry.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)


class _Known:
    """What has its line: a second run writes none twice."""

    def __init__(self, contact_ids: Sequence[int]) -> None:
        self._keys: set[tuple[object, ...]] = set()
        rows = TimelineEntry.objects.filter(contact__in=contact_ids)
        for name, contact_id, conversation_id, day, data in rows.values_list(
            "name", "contact_id", "conversation_id", "day", "data"
        ):
            match name:
                case "created" | "imported":
                    self._keys.add(("created", contact_id))
                case "messages":
                    self._keys.add((name, conversation_id, day))
                case "note":
                    self._keys.add((name, data.get("note_id")))
                case "private":
                    self._keys.add((name, data.get("message_id")))
                case _:
                    self._keys.add((name, conversation_id))

    def lacks(self, *key: object) -> bool:
        return key not in self._keys


def _contacts(ids: Sequence[int], before: datetime, known: _Known) -> Iterator[TimelineEntry]:
    rows = Contact.objects.filter(pk__in=ids, created_at__lt=before).values_list(
        "pk", "account_id", "created_at"
    )
    for pk, account_id, at in rows:
        if known.lacks("created", pk):
            yield TimelineEntry(
                account_id=account_id, contact_id=pk, group=Group.CHANGES, name="created", happened_at=at
            )


def _conversations(ids: Sequence[int], before: datetime, known: _Known) -> Iterator[TimelineEntry]:
    rows = Conversation.objects.filter(contact__in=ids, created_at__lt=before)
    for pk, account_id, contact_id, at in rows.values_list("pk", "account_id", "contact_id", "created_at"):
        if known.lacks("began", pk):
            yield TimelineEntry(
                account_id=account_id, contact_id=contact_id, conversation_id=pk, group=Group.MESSAGES,
                name="began", happened_at=at,
            )  # fmt: skip


def _days(ids: Sequence[int], before: datetime, known: _Known) -> Iterator[TimelineEntry]:
    """A line for each conversation and day in which something was said, and one for each note among the messages."""
    said = Message.objects.filter(conversation__contact__in=ids, created_at__lt=before)
    days = (
        said.filter(private=False, message_type__in=SPOKEN)
        .values(
            "conversation_id",
            "conversation__contact_id",
            "account_id",
            day=TruncDate("created_at", tzinfo=UTC),
        )
        .annotate(
            into=Count("pk", filter=Q(message_type=MessageType.INCOMING)),
            out=Count("pk", filter=~Q(message_type=MessageType.INCOMING)),
            last=Max("pk"),
            at=Max("created_at"),
        )
        .order_by("at")
    )
    for day in days:
        if known.lacks("messages", day["conversation_id"], day["day"]):
            yield TimelineEntry(
                account_id=day["account_id"], contact_id=day["conversation__contact_id"],
                conversation_id=day["conversation_id"], group=Group.MESSAGES, name="messages", day=day["day"],
                data={"in": day["into"], "out": day["out"], "last": day["last"]}, happened_at=day["at"],
            )  # fmt: skip
    notes = said.filter(private=True).values_list(
        "pk",
        "account_id",
        "conversation__contact_id",
        "conversation_id",
        "sender_type",
        "sender_id",
        "created_at",
    )
    for pk, account_id, contact_id, conversation_id, kind, sender_id, at in notes:
        if known.lacks("private", pk):
            yield TimelineEntry(
                account_id=account_id, contact_id=contact_id, conversation_id=conversation_id, group=Group.NOTES,
                name="private", actor_kind=_ACTORS.get(kind, ""), actor_id=sender_id, data={"message_id": pk},
                happened_at=at,
            )  # fmt: skip


def _notes(ids: Sequence[int], before: datetime, known: _Known) -> Iterator[TimelineEntry]:
    rows = ContactNote.objects.filter(contact__in=ids, created_at__lt=before)
    for pk, account_id, contact_id, user_id, at in rows.values_list(
        "pk", "account_id", "contact_id", "user_id", "created_at"
    ):
        if known.lacks("note", pk):
            yield TimelineEntry(
                account_id=account_id, contact_id=contact_id, group=Group.NOTES, name="note",
                actor_kind="user" if user_id else "", actor_id=user_id, data={"note_id": pk}, happened_at=at,
            )  # fmt: skip


def _surveys(ids: Sequence[int], before: datetime, known: _Known) -> Iterator[TimelineEntry]:
    """What customers answered stands in the message that asked them."""
    asked = Message.objects.filter(
        conversation__contact__in=ids, content_type="input_csat", created_at__lt=before
    ).select_related("conversation")
    for message in asked:
        rating = message.marks.rating
        contact_id = message.conversation.contact_id
        if rating is not None and known.lacks("survey", message.conversation_id):
            yield TimelineEntry(
                account_id=message.account_id, contact_id=contact_id, conversation_id=message.conversation_id,
                group=Group.MESSAGES, name="survey", actor_kind="contact", actor_id=contact_id,
                data={"rating": rating}, happened_at=min(message.updated_at, before),
            )  # fmt: skip
