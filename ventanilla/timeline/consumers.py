"""When the log says so: lines are written, in sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from ventanilla.contacts.models import Contact
from ventanilla.conversations.events import MessageCreated
from ventanilla.conversations.models import Conversation, MessageType
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.timeline.lines import NAMES, Group, Line, lines_of
from ventanilla.timeline.models import SPOKEN, TimelineEntry

_ROWS_AT_ONCE = 200
# What was said in a conversation on a day.
Said = dict[tuple[int, date], list[tuple[LoggedEvent, MessageCreated]]]


class Timeline(Consumer):
    """Writes what people would ask about."""

    name: ClassVar[str] = "timeline.entries"
    subscribes = NAMES | {MessageCreated.name}

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        lines: list[tuple[LoggedEvent, Line]] = []
        said: Said = defaultdict(list)
        for event in events:
            if event.name != MessageCreated.name:
                lines += [(event, line) for line in lines_of(event.name, event.payload)]
                continue
            message = event.as_fact(MessageCreated)
            if message.private:
                data = {"message_id": message.message_id}
                lines.append((event, Line(Group.NOTES, "private", None, message.conversation_id, data)))
            elif message.message_type in SPOKEN:
                said[message.conversation_id, event.occurred_at.date()].append((event, message))
        owners = _owners({line.conversation_id for _event, line in lines} | {key[0] for key in said})
        _write(lines, owners)
        _write_days(said, owners)


def _owners(conversation_ids: set[int | None]) -> dict[int, tuple[int, int]]:
    """Contact and account of each conversation that is still there."""
    ids = [pk for pk in conversation_ids if pk is not None]
    rows = Conversation.objects.filter(pk__in=ids).values_list("pk", "contact_id", "account_id")
    return {pk: (contact_id, account_id) for pk, contact_id, account_id in rows}


def _write(lines: Sequence[tuple[LoggedEvent, Line]], owners: dict[int, tuple[int, int]]) -> None:
    wanted = {line.contact_id for _event, line in lines if line.contact_id is not None}
    there = set(Contact.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    rows = [
        _entry(event, line, contact_id)
        for event, line in lines
        if (contact_id := _contact_of(line, owners, there)) is not None
    ]
    TimelineEntry.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)


def _contact_of(line: Line, owners: dict[int, tuple[int, int]], there: set[int]) -> int | None:
    if line.conversation_id is not None:
        owner = owners.get(line.conversation_id)
        return owner[0] if owner else None
    return line.contact_id if line.contact_id in there else None


def _entry(event: LoggedEvent, line: Line, contact_id: int) -> TimelineEntry:
    return TimelineEntry(
        account_id=event.account_id,
        contact_id=contact_id,
        conversation_id=line.conversation_id,
        group=line.group,
        name=line.name,
        actor_kind=event.actor.kind if event.actor else "",
        actor_id=event.actor.id if event.actor else None,
        data=dict(line.data),
        happened_at=event.occurred_at,
    )


def _write_days(said: Said, owners: dict[int, tuple[int, int]]) -> None:
    """One line for each conversation and day, which counts what was said there."""
    if not said:
        return
    rows = TimelineEntry.objects.filter(
        conversation_id__in={key[0] for key in said}, day__in={key[1] for key in said}
    )
    known = {(row.conversation_id, row.day): row for row in rows}
    made: list[TimelineEntry] = []
    for (conversation_id, day), events in said.items():
        row = known.get((conversation_id, day))
        if row is None:
            if conversation_id not in owners:
                continue
            line = Line(Group.MESSAGES, "messages", None, conversation_id)
            row = _entry(events[0][0], line, owners[conversation_id][0])
            row.day = day
            made.append(row)
        _count(row, events)
        if row.pk is not None:
            row.save(update_fields=["data", "happened_at"])
    TimelineEntry.objects.bulk_create(made, batch_size=_ROWS_AT_ONCE)


def _count(row: TimelineEntry, events: Sequence[tuple[LoggedEvent, MessageCreated]]) -> None:
    data: dict[str, Any] = {"in": 0, "out": 0, **row.data}
    for _event, message in events:
        data["in" if message.message_type == MessageType.INCOMING else "out"] += 1
        data["last"] = message.message_id
    row.data, row.happened_at = data, events[-1][0].occurred_at
