"""Headers as they really arrive: unencoded bytes, broken encoded words, addresses no grammar knows."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import islice

from ventanilla.channels.email.reading.charsets import decode, decode_raw
from ventanilla.channels.email.reading.mail import Address
from ventanilla.channels.email.reading.mailboxes import mailboxes, unwrapped

_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
# Bounded, for a long word without an @ would be read once for each of its letters.
_BARE_ID = re.compile(r"[^<>\s,;]{1,500}@[^<>\s,;]{1,498}")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=))*)\?=")
_FOLD = re.compile(r"\r?\n[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAX_HEADER = 64 * 1024  # characters of one header that are looked at
_MAX_ADDRESSES = 500


def raw_values(message: Message, name: str) -> list[str]:
    """The undecoded values of a header, unfolded; surrogates stand for bytes that were not ASCII."""
    wanted = name.lower()
    return [
        _FOLD.sub(" ", str(value))[:_MAX_HEADER].strip()
        for key, value in message.raw_items()
        if key.lower() == wanted
    ]


def settle_headers(message: Message, charset: str | None) -> None:
    """Make text of the raw bytes in this part's headers, in place: whatever reads them afterwards sees what was meant.

    `charset`: what the mail's body is in, for bytes that are not UTF-8.
    """
    message._headers = [  # type: ignore[attr-defined]  # there is no other way to change one of several of a name
        (name, bytes_text(value, charset) if isinstance(value, str) else value)
        for name, value in message.raw_items()
    ]


def bytes_text(value: str, charset: str | None = None) -> str:
    """Undo the parser's surrogates: the header held raw bytes in some charset."""
    if value.isascii() and "\x1b" not in value:
        return value
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8", "replace")
    return decode_raw(raw, charset)


def decode_words(value: str, charset: str | None = None) -> str:
    """Decode encoded words (RFC 2047), also inside raw text; what is broken stays readable text."""
    value = bytes_text(value, charset)
    text: list[str] = []
    run: list[bytes] = []
    run_charset, end = "", 0

    def flush() -> None:
        if run:
            text.append(decode(b"".join(run), run_charset))
            run.clear()

    # Behind the last end there is no word: otherwise each beginning would be read to the end of the header.
    for found in _ENCODED_WORD.finditer(value, 0, value.rfind("?=") + 2):
        content = _encoded_bytes(found[2], found[3])
        if content is None:
            continue
        between, end = value[end : found.start()], found.end()
        named = found[1].partition("*")[0].lower()  # RFC 2231 §5: a language may follow
        # White space between two encoded words is none, and some programs cut a character in two between them.
        if between.strip() or not run or named != run_charset:
            flush()
            text.append(between if between.strip() or not text else "")
        run_charset = named
        run.append(content)
    flush()
    text.append(value[end:])
    return _clean("".join(text))


def _encoded_bytes(encoding: str, encoded: str) -> bytes | None:
    """The bytes of an encoded word; None when it cannot be one."""
    if encoding in "qQ":
        return quopri.decodestring(encoded.encode("utf-8", "surrogateescape"), header=True)
    packed = "".join(encoded.split())
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return None


def _clean(value: str) -> str:
    return _CONTROL.sub("", value.replace("\r", " ").replace("\n", " ")).strip()


def text_of(message: Message, name: str) -> str:
    """The first such header, decoded; empty when there is none."""
    values = raw_values(message, name)
    return decode_words(values[0]) if values else ""


def addresses_of(message: Message, *names: str) -> tuple[Address, ...]:
    """All mailboxes of these headers, in order and once each. What cannot be an address is left out."""
    return unique(parse_addresses(value for name in names for value in raw_values(message, name)))


def parse_addresses(values: Iterable[str]) -> list[Address]:
    """Mailboxes of raw header values. Names are decoded after splitting, since an encoded name may hold commas."""
    found: list[Address] = []
    for value in values:
        given = list(islice(mailboxes(bytes_text(value)), _MAX_ADDRESSES))
        if not given and "=?" in value:  # some programs encode the address too
            given = list(islice(mailboxes(decode_words(value)), _MAX_ADDRESSES))
        found += [Address(normalise(email), unwrapped(decode_words(name))) for name, email in given]
        if len(found) >= _MAX_ADDRESSES:
            break
    return found[:_MAX_ADDRESSES]


def normalise(email: str) -> str:
    """Lower case throughout: no provider in use tells local parts apart by case."""
    return _CONTROL.sub("", email).strip().lower()


def unique(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Each mailbox once, the first name that is not empty kept."""
    by_email: dict[str, Address] = {}
    for address in addresses:
        known = by_email.get(address.email)
        if known is None or (not known.name and address.name):
            by_email[address.email] = address
    return tuple(by_email.values())


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    """Message ids of a header, without brackets, in order and once each."""
    ids: list[str] = []
    for value in raw_values(message, name):
        value = bytes_text(value)
        ids += _MESSAGE_ID.findall(value) or _BARE_ID.findall(value)
    return tuple(dict.fromkeys(item[:998] for item in ids))


def message_id(message: Message, name: str = "Message-ID") -> str:
    """The one id of a header, or ""."""
    ids = message_ids(message, name)
    if ids:
        return ids[0]
    values = raw_values(message, name)
    return "".join(values[0].split()).strip("<>")[:998] if values else ""


def date_of(message: Message) -> datetime | None:
    """The Date header; else the newest Received. None when neither can be read."""
    received, written = arrived_at(message)
    return written or received


def arrived_at(message: Message) -> tuple[datetime | None, datetime | None]:
    """(when the last server took it, when it says that it was written), aware; None where it cannot be read."""
    lines = [value.rpartition(";")[2].strip() for value in raw_values(message, "Received")[:1]]
    found = [_moment(values[0]) if values else None for values in (lines, raw_values(message, "Date"))]
    return found[0], found[1]


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment


def has(message: Message, name: str) -> bool:
    """Whether the header is there at all."""
    return any(key.lower() == name.lower() for key, _value in message.raw_items())


__all__ = [
    "addresses_of",
    "arrived_at",
    "bytes_text",
    "date_of",
    "decode_words",
    "has",
    "message_id",
    "message_ids",
    "normalise",
    "parse_addresses",
    "raw_values",
    "settle_headers",
    "text_of",
    "unique",
]
