"""Old and special attachments: winmail.dat, invitations, bounces."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.message import Message
from typing import Any

import structlog
from tnefparse import TNEF

from ventanilla.channels.email.reading.charsets import decode
from ventanilla.channels.email.reading.headers import normalise, text_of
from ventanilla.channels.email.reading.mail import Attachment, CalendarCard, FailedRecipient
from ventanilla.channels.email.reading.parts import children_of
from ventanilla.kit import files

log = structlog.get_logger("email")

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_EMAIL = re.compile(r"[^\s<>\"',;:()\[\]]{1,253}@[^\s<>\"',;:()\[\]]{1,253}")
# Lines with which servers that send no RFC 3464 report say who was not reached.
_FAILED_HEADERS = ("X-Failed-Recipients",)


_MAX_CALENDAR_BYTES = 1024 * 1024  # of a year's calendar no card is shown; the file is there
_TNEF_HEAD, _TNEF_OBJECT = 6, 11  # bytes of the file's head, and of an object around its data
_MAX_TNEF_COPIES = 1 << 33  # bytes: the library copies the rest of the file for each object in it


def _is_tnef_bomb(content: bytes) -> bool:
    place, copied = _TNEF_HEAD, 0
    while place + _TNEF_OBJECT < len(content):
        copied += len(content) - place
        if copied > _MAX_TNEF_COPIES:
            return True
        place += _TNEF_OBJECT + int.from_bytes(content[place + 5 : place + 9], "little")
    return False


def unpack_tnef(content: bytes) -> tuple[list[Attachment], str, str]:
    """(files, text, html) of a winmail.dat; the file itself when it cannot be opened."""
    whole = [Attachment("winmail.dat", "application/ms-tnef", content)]
    if _is_tnef_bomb(content):
        return whole, "", ""
    try:
        tnef = TNEF(content, do_checksum=False)
        inside = [
            Attachment(
                files.clean_filename(str(item.long_filename() or item.name or "file")),
                "application/octet-stream",
                bytes(item.data),
            )
            for item in tnef.attachments
        ]
        text = _as_text(tnef.body)
        html = _as_text(tnef.htmlbody)
    except Exception:  # the library fails in many ways on damaged input; the file stays downloadable
        log.info("email.tnef_unreadable", size=len(content), exc_info=True)
        return whole, "", ""
    return (inside or ([] if text or html else whole)), text, html


def _as_text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        value = b"".join(item if isinstance(item, bytes) else str(item).encode() for item in value)
    if isinstance(value, bytes):
        return decode(value, None).rstrip("\x00")
    return str(value).rstrip("\x00") if value else ""


def read_calendar(content: bytes) -> list[CalendarCard]:
    """The events of a text/calendar part; empty when it cannot be read."""
    if len(content) > _MAX_CALENDAR_BYTES:
        return []
    try:
        from icalendar import Calendar  # three megabytes that only an invitation needs

        calendar = Calendar.from_ical(decode(content, "utf-8"))
        method = str(calendar.get("method", "") or "PUBLISH").upper()
        return [_card(event, method) for event in calendar.walk("VEVENT")][:20]
    except Exception:  # same: the file stays downloadable
        log.info("email.calendar_unreadable", size=len(content), exc_info=True)
        return []


def _card(event: Any, method: str) -> CalendarCard:
    return CalendarCard(
        method=method,
        summary=str(event.get("summary", ""))[:500],
        starts_at=_moment(event.get("dtstart")),
        ends_at=_moment(event.get("dtend")),
        location=str(event.get("location", ""))[:500],
        organizer=re.sub(r"(?i)^mailto:", "", str(event.get("organizer", "")))[:254],
        uid=str(event.get("uid", ""))[:500],
    )


def _moment(value: Any) -> str:
    moment = getattr(value, "dt", None)
    return moment.isoformat() if isinstance(moment, (date, datetime)) else ""


def read_status_report(report: Message) -> list[FailedRecipient]:
    """Per-recipient fields of a message/delivery-status part (RFC 3464)."""
    found = []
    for group in children_of(report):
        recipient = text_of(group, "Final-Recipient") or text_of(group, "Original-Recipient")
        if not recipient:
            continue
        match = _EMAIL.search(recipient)
        if match is None:
            continue
        status = _STATUS.search(text_of(group, "Status"))
        found.append(
            FailedRecipient(
                email=normalise(match[0]),
                action=text_of(group, "Action").lower().split()[0] if text_of(group, "Action") else "failed",
                status=status[0] if status else "",
                diagnostic=text_of(group, "Diagnostic-Code").partition(";")[2].strip()[:500]
                or text_of(group, "Diagnostic-Code")[:500],
            )
        )
    return found


def failed_by_header(message: Message, text: str) -> list[FailedRecipient]:
    """Recipients of a bounce in the form that predates RFC 3464: a header, else the first address after a 5.x.x."""
    for name in _FAILED_HEADERS:
        emails = _EMAIL.findall(text_of(message, name))
        if emails:
            status = _STATUS.search(text)
            return [
                FailedRecipient(normalise(email), "failed", status[0] if status else "5.0.0")
                for email in emails
            ]
    return []
