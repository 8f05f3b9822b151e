"""Headers as they really arrive: unencoded bytes, broken encoded words, addresses no grammar knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from inspect import signature

from ventanilla.channels.email.reading.charsets import decode
from ventanilla.channels.email.reading.mail import Address

_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
# Bounded, for a long word without an @ would be read once for each of its letters.
_BARE_ID = re.compile(r"[^<>\s,;]{1,500}@[^<>\s,;]{1,498}")
_ADDRESS = re.compile(r"[^\s<>\"',;:()\[\]\\]{1,253}@[^\s<>\"',;:()\[\]\\]{1,253}")
_FOLD = re.compile(r"\r?\n[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MAX_HEADER = 64 * 1024  # characters of one header that are looked at
_MAX_ADDRESSES = 500
# Later Pythons are strict unless they are asked not to be; earlier ones do not know the word.
_LENIENT: dict[str, bool] = {"strict": False} if "strict" in signature(getaddresses).parameters else {}


def raw_values(message: Message, name: str) -> list[str]:
    """The undecoded values of a header, unfolded; surrogates stand for bytes that were not ASCII."""
    wanted = name.lower()
    return [
        _FOLD.sub(" ", str(value))[:_MAX_HEADER].strip()
        for key, value in message.raw_items()
        if key.lower() == wanted
    ]


def _bytes_text(value: str) -> str:
    """Undo the parser's surrogates: the header held raw bytes in some charset."""
    try:
        value.encode("ascii")
    except UnicodeEncodeError:
        try:
            return decode(value.encode("utf-8", "surrogateescape"), None)
        except UnicodeEncodeError:
            return value.encode("utf-8", "replace").decode("utf-8", "replace")
    return value


def decode_words(value: str) -> str:
    """Decode encoded words (RFC 2047); what is broken stays readable text."""
    value = _bytes_text(value)
    if "=?" not in value:
        return _clean(value)
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return _clean(value)
    text: list[str] = []
    run: list[bytes] = []
    run_charset = ""

    def flush() -> None:
        if run:
            text.append(decode(b"".join(run), run_charset))
            run.clear()

    for content, charset in parts:
        if isinstance(content, str):
            flush()
            text.append(content)
        elif charset is None:
            flush()
            text.append(decode(content, None))
        else:
            # Some clients cut a character in two between encoded words: join the bytes of one charset first.
            if charset.lower() != run_charset:
                flush()
            run_charset = charset.lower()
            run.append(content)
    flush()
    return _clean("".join(text))


def _clean(value: str) -> str:
    return _CONTROL.sub("", value.replace("\r", " ").replace("\n", " ")).strip()


def text_of(message: Message, name: str) -> str:
    """The first such header, decoded; empty when there is none."""
    values = raw_values(message, name)
    return decode_words(values[0]) if values else ""


def addresses_of(message: Message, *names: str) -> tuple[Address, ...]:
    """All mailboxes of these headers, in order and once each. What cannot be an address is left out."""
    raw = [_bytes_text(value) for name in names for value in raw_values(message, name)]
    return unique(parse_addresses(raw))


def parse_addresses(values: Iterable[str]) -> list[Address]:
    """Mailboxes of raw header values. Names are decoded after splitting, since an encoded name may hold commas."""
    found: list[Address] = []
    for value in values:
        try:
            pairs = getaddresses([value], **_LENIENT)
        except (ValueError, IndexError, TypeError, RecursionError):
            pairs = []
        good = [(name, email) for name, email in pairs if _is_address(email)]
        if not good:  # no grammar knows it: take what looks like an address
            good = [("", match) for match in _ADDRESS.findall(decode_words(value))]
        found += [Address(normalise(email), decode_words(name).strip("\"' ")) for name, email in good]
        if len(found) >= _MAX_ADDRESSES:
            break
    return found[:_MAX_ADDRESSES]


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at and local and domain) and len(text) <= 254 and not any(char.isspace() for char in text)


def normalise(email: str) -> str:
    """Lower case throughout: no provider in use tells local parts apart by case."""
    return _CONTROL.sub("", email).strip().strip("<>'\"").lower()


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
        value = _bytes_text(value)
        ids += _MESSAGE_ID.findall(value) or _BARE_ID.findall(value)
    return tuple(dict.fromkeys(item[:998] for item in ids))


def message_id(message: Message, name: str = "Message-ID") -> str:
    """The one id of a header, or ""."""
    ids = message_ids(message, name)
    if ids:
        return ids[0]
    values = raw_values(message, name)
    return values[0].strip("<> ")[:998] if values and values[0].strip("<> ") else ""


def date_of(message: Message) -> datetime | None:
    """The Date header; else the newest Received. None when neither can be read."""
    candidates = raw_values(message, "Date")[:1]
    candidates += [value.rpartition(";")[2].strip() for value in raw_values(message, "Received")[:1]]
    for value in candidates:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        try:
            moment.astimezone(UTC)
        except (OverflowError, ValueError):
            continue
        return moment
    return None


def has(message: Message, name: str) -> bool:
    """Whether the header is there at all."""
    return any(key.lower() == name.lower() for key, _value in message.raw_items())


__all__ = [
    "addresses_of",
    "date_of",
    "decode_words",
    "has",
    "message_id",
    "message_ids",
    "normalise",
    "parse_addresses",
    "raw_values",
    "text_of",
    "unique",
]
