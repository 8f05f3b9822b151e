"""Old and special attachments: winmail.dat, invitations, bounces."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from tnefparse import TNEF

from ventanilla.channels.email.reading.charsets import decode
from ventanilla.channels.email.reading.mail import Attachment, CalendarCard
from ventanilla.kit import files

log = structlog.get_logger("email")

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_EMAIL = re.compile(r"[^\s<>\"',;:()\[\]]{1,253}@[^\s<>\"',;:()\[\]]{1,253}")
# Lines with which servers that send no RFC 3464 report say who was not reached.
_FAILED_HEADERS = ("X-Failed-Recipients",)


_MAX_EVENTS = 20  # cards of one mail
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


def read_calendar(contents: Iterable[bytes], *, invited: Collection[str] = ()) -> list[CalendarCard]:
    """The events of the calendar parts of a mail, one for each UID; what cannot be read is left out.

    `invited`: whose answer an invitation shows. Programs send one event as two parts, and a series as several events.
    """
    cards: dict[str, CalendarCard] = {}
    for content in contents:
        for card in _cards(content, invited):
            key = card.uid or f"{card.starts_at} {card.summary}"
            known = cards.get(key)
            if known is None or card.sequence > known.sequence:
                cards[key] = card
    return list(cards.values())[:_MAX_EVENTS]


def _cards(content: bytes, invited: Collection[str]) -> list[CalendarCard]:
    if len(content) > _MAX_CALENDAR_BYTES:
        return []
    try:
        from icalendar import Calendar  # three megabytes that only an invitation needs

        calendar = Calendar.from_ical(decode(content, "utf-8"))
        method = str(calendar.get("method", "") or "PUBLISH").upper()[:20]
        events = calendar.walk("VEVENT")[: _MAX_EVENTS * 5]
        # The series itself before the days that differ from it.
        events.sort(key=lambda event: "recurrence-id" in event)
        return [card for event in events if (card := _readable_card(event, method, invited)) is not None]
    except Exception:  # same: the file stays downloadable
        log.info("email.calendar_unreadable", size=len(content), exc_info=True)
        return []


def _readable_card(event: Any, method: str, invited: Collection[str]) -> CalendarCard | None:
    """One event that cannot be read costs no other."""
    try:
        return _card(event, method, invited)
    except Exception:  # the library fails in many ways on damaged input
        log.info("email.event_unreadable", exc_info=True)
        return None


def _card(event: Any, method: str, invited: Collection[str]) -> CalendarCard:
    starts, ends = event.get("dtstart"), event.get("dtend")
    answer, attendee = _answer(event, method, invited)
    return CalendarCard(
        method=method,
        summary=str(event.get("summary", ""))[:500],
        starts_at=_moment(starts),
        ends_at=_moment(ends) or _end_of(starts, event.get("duration")),
        location=str(event.get("location", ""))[:500],
        organizer=_mailbox(event.get("organizer")),
        organizer_name=_name(event.get("organizer")),
        uid=str(event.get("uid", ""))[:500],
        sequence=_whole(event.get("sequence")),
        is_cancelled=method == "CANCEL" or str(event.get("status", "")).upper() == "CANCELLED",
        repeats="rrule" in event or "rdate" in event,
        answer=answer,
        attendee=attendee,
    )


def _answer(event: Any, method: str, invited: Collection[str]) -> tuple[str, str]:
    """(the state of an answer, whose it is)."""
    attendees = event.get("attendee") or []
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        email = _mailbox(attendee)
        if method in {"REPLY", "COUNTER", "DECLINECOUNTER"} or email in invited:
            state = str(getattr(attendee, "params", {}).get("PARTSTAT", "NEEDS-ACTION")).lower()
            return state.replace("-", "_")[:20], email
    return "", ""


def _mailbox(address: Any) -> str:
    return re.sub(r"(?i)^mailto:", "", str(address or "")).strip().lower()[:254]


def _name(address: Any) -> str:
    return str(getattr(address, "params", {}).get("CN", ""))[:200].strip("\"' ")


def _whole(value: Any) -> int:
    try:
        return max(0, min(int(value or 0), 1_000_000))
    except (TypeError, ValueError):
        return 0


def _when(value: Any) -> Any:
    """The moment, day or duration of a property; None where it is none that exists: the rest of the event is shown."""
    try:
        return getattr(value, "dt", None)
    except ValueError:
        return None


def _moment(value: Any) -> str:
    moment = _when(value)
    return moment.isoformat() if isinstance(moment, (date, datetime)) else ""


def _end_of(starts: Any, duration: Any) -> str:
    begin, length = _when(starts), _when(duration)
    if not isinstance(begin, (date, datetime)) or not isinstance(length, timedelta):
        return ""
    return (begin + length).isoformat()
