"""What stands in each column of a table. Everything of five hundred rows is asked for in a handful of statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import definitions_of
from ventanilla.conversations.models import (
    CloseReason,
    Conversation,
    Message,
    MessageType,
    Priority,
    SenderType,
    Status,
)
from ventanilla.conversations.selectors import sender_names
from ventanilla.inboxes import marks
from ventanilla.kit.clock import now

Cell = str | int
Row = list[Cell]

_RESOLVED = frozenset({"status.resolved", "status.archived", "resolved_by_contact", "auto_resolved"})
_IMPORTANT = frozenset({Priority.HIGH, Priority.URGENT})


@dataclass(frozen=True)
class Sheet:
    """How a table is written: for which account, in which time zone, and whether customers' addresses stand in it."""

    account: Account
    zone: ZoneInfo
    with_addresses: bool

    def moment(self, value: datetime | None) -> str:
        """As spreadsheets read one, in the account's time."""
        return "" if value is None else value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def address(self, value: str | None) -> str:
        """An address of the customer, where whoever asked may see it."""
        return (value or "") if self.with_addresses else ""


@dataclass
class _Told:
    """What the messages of one conversation add up to."""

    incoming: int = 0
    by_people: int = 0
    by_bots: int = 0
    notes: int = 0
    waits: int = 0
    waited: float = 0.0
    longest: float = 0.0
    resolved_at: datetime | None = None
    since: datetime | None = field(default=None, repr=False)

    def take(self, kind: int, private: bool, sender: str, at: datetime, activity: str) -> None:
        """The next one, in the order of the thread."""
        if kind == MessageType.ACTIVITY:
            if activity in _RESOLVED:
                self.resolved_at, self.since = at, None
        elif private:
            self.notes += 1
        elif kind == MessageType.INCOMING:
            self.incoming += 1
            self.since = self.since or at
        elif sender == SenderType.USER:
            self.by_people += 1
            if self.since is not None:
                seconds = max(0.0, (at - self.since).total_seconds())
                self.waits, self.waited, self.longest = (
                    self.waits + 1,
                    self.waited + seconds,
                    max(self.longest, seconds),
                )
                self.since = None
        else:
            self.by_bots += 1


# ── tickets ───────────────────────────────────────────────────────────────────────────────────────────


def ticket_titles(sheet: Sheet) -> list[str]:
    """The head of the table, in the language active now."""
    own = definitions_of(sheet.account, model=AttributeModel.CONVERSATION)
    return [
        _("Number"),
        _("Creation date"),
        _("Last activity"),
        _("State"),
        _("Open or closed"),
        _("Priority"),
        _("Important"),
        _("Kind of channel"),
        _("Channel"),
        _("Agent"),
        _("Team"),
        _("Customer"),
        _("Email"),
        _("Phone number"),
        _("Identifier"),
        _("Subject"),
        _("Labels"),
        _("Addressed"),
        _("First reply"),
        _("First reply after (seconds)"),
        _("Resolved"),
        _("Resolved after (seconds)"),
        _("Waiting since"),
        _("Waiting now (seconds)"),
        _("Waits"),
        _("Average wait (seconds)"),
        _("Longest wait (seconds)"),
        _("Customer's messages"),
        _("Agents' messages"),
        _("Automatic messages"),
        _("Private notes"),
        *(one.display_name for one in own),
    ]


def ticket_rows(sheet: Sheet, numbers: Sequence[int]) -> list[Row]:
    """A row for each that is still there, in the order of the numbers. Three statements."""
    found = (
        Conversation.objects.select_related("inbox", "contact", "assignee", "team")
        .filter(account=sheet.account)
        .in_bulk(numbers)
    )
    told, keys = (
        _told(found),
        list(definitions_of(sheet.account, model=AttributeModel.CONVERSATION).values_list("key", flat=True)),
    )
    moment = now()
    return [_ticket(sheet, found[pk], told[pk], keys, moment) for pk in numbers if pk in found]


def _told(conversations: Mapping[int, Conversation]) -> defaultdict[int, _Told]:
    told: defaultdict[int, _Told] = defaultdict(_Told)
    columns = (
        "conversation_id",
        "message_type",
        "private",
        "sender_type",
        "created_at",
        "additional_attributes",
    )
    rows = Message.objects.filter(conversation__in=list(conversations), deleted_at__isnull=True)
    for pk, kind, private, sender, at, more in rows.order_by("conversation_id", "id").values_list(*columns):
        told[pk].take(
            kind, private, sender, at, more.get(marks.ACTIVITY, "") if kind == MessageType.ACTIVITY else ""
        )
    return told


def _ticket(sheet: Sheet, row: Conversation, told: _Told, keys: Iterable[str], moment: datetime) -> Row:
    contact, replied = row.contact, row.first_reply_created_at
    is_closed = row.status == Status.RESOLVED
    resolved_at = told.resolved_at if is_closed else None
    return [
        row.display_id,
        sheet.moment(row.created_at),
        sheet.moment(row.last_activity_at),
        _status(row.status),
        _closed(row),
        _priority(row.priority),
        _yes(row.priority in _IMPORTANT),
        row.inbox.kind,
        row.inbox.name,
        row.assignee.available_name if row.assignee is not None else "",
        row.team.name if row.team is not None else "",
        contact.name,
        sheet.address(contact.email),
        sheet.address(contact.phone_number),
        sheet.address(contact.identifier),
        str(row.additional_attributes.get(marks.MAIL_SUBJECT) or ""),
        ", ".join(row.label_titles),
        _yes(replied is not None),
        sheet.moment(replied),
        _seconds(row.created_at, replied),
        sheet.moment(resolved_at),
        _seconds(row.created_at, resolved_at),
        sheet.moment(row.waiting_since),
        _seconds(row.waiting_since, moment),
        told.waits,
        round(told.waited / told.waits) if told.waits else "",
        round(told.longest) if told.waits else "",
        told.incoming,
        told.by_people,
        told.by_bots,
        told.notes,
        *(_attribute(row.custom_attributes.get(key)) for key in keys),
    ]


def _seconds(since: datetime | None, until: datetime | None) -> Cell:
    return "" if since is None or until is None else max(0, round((until - since).total_seconds()))


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")


def _status(status: int) -> str:
    words = {Status.OPEN: _("Open"), Status.PENDING: _("Pending"), Status.SNOOZED: _("Snoozed")}
    return words.get(Status(status), _("Resolved"))


def _closed(row: Conversation) -> str:
    if row.status != Status.RESOLVED:
        return _("Open")
    return _("Ignored") if row.close_reason == CloseReason.IGNORED else _("Closed")


def _priority(priority: int | None) -> str:
    if priority is None:
        return ""
    words = {Priority.LOW: _("Low"), Priority.MEDIUM: _("Medium"), Priority.HIGH: _("High")}
    return words.get(Priority(priority), _("Urgent"))


def _attribute(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return _yes(value)
    return value if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


# ── messages ──────────────────────────────────────────────────────────────────────────────────────────


def message_titles(sheet: Sheet) -> list[str]:
    """The head of the table, in the language active now."""
    return [
        _("Ticket"),
        _("Message"),
        _("Date sent"),
        _("Kind of channel"),
        _("Channel"),
        _("Customer"),
        _("Email"),
        _("Phone number"),
        _("Published by"),
        _("Name"),
        _("Text"),
        _("Files"),
        _("Privacy"),
        _("Mention"),
        _("Agent"),
        _("Team"),
        _("Waiting since"),
    ]


def message_rows(sheet: Sheet, numbers: Sequence[int]) -> list[Row]:
    """A row for each that is still there, in the order of the numbers."""
    rows = (
        Message.objects.select_related(
            "conversation__inbox", "conversation__contact", "conversation__assignee", "conversation__team"
        )
        .prefetch_related("attachments")
        .filter(account=sheet.account, deleted_at__isnull=True)
        .in_bulk(numbers)
    )
    names = sender_names(list(rows.values()))
    return [_message(sheet, rows[pk], names) for pk in numbers if pk in rows]


def _message(sheet: Sheet, row: Message, names: Mapping[tuple[str, int], str]) -> Row:
    ticket, kept = row.conversation, row.content_attributes
    contact = ticket.contact
    return [
        ticket.display_id,
        row.pk,
        sheet.moment(row.created_at),
        ticket.inbox.kind,
        ticket.inbox.name,
        contact.name,
        sheet.address(contact.email),
        sheet.address(contact.phone_number),
        _author(row),
        names.get((row.sender_type, row.sender_id or 0), ""),
        row.processed_content or row.content,
        ", ".join(one.filename for one in row.attachments.all() if one.filename),
        _("Public") if kept.get(marks.PUBLIC) is True else _("Private"),
        _yes(kept.get(marks.MENTION) is True),
        ticket.assignee.available_name if ticket.assignee is not None else "",
        ticket.team.name if ticket.team is not None else "",
        sheet.moment(ticket.waiting_since),
    ]


def _author(row: Message) -> str:
    words = {SenderType.CONTACT: _("The customer"), SenderType.USER: _("A person")}
    return words.get(SenderType(row.sender_type), _("A bot"))
