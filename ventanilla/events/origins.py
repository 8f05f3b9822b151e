"""From where an act comes: address and device of the request behind it.

A door says it once for all that a request does (`coming_from`); the log keeps it of acts of administration alone. It is
personal data with a term of its own (AUDIT_ADDRESS_DAYS).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import msgspec

from ventanilla.events.models import Event

_LONGEST = 255


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """`device` is what the program said of itself (User-Agent); `way`: session, token or browser; `request` its number."""

    address: str = ""
    device: str = ""
    way: str = ""
    request: str = ""


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """All that is recorded inside came from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def written() -> str | None:
    """Of the act that is just recorded; None when no request is behind it."""
    origin = _current.get()
    return None if origin is None else msgspec.json.encode(origin).decode()


def read(text: str | None) -> Origin | None:
    """As `written` wrote it."""
    return None if text is None else msgspec.json.decode(text, type=Origin)


def shortened(text: str) -> str:
    """What strangers send of themselves, as much of it as is kept."""
    return "".join(character for character in text if character.isprintable())[:_LONGEST]


def forget(*, before: datetime) -> int:
    """Drop the origin of events that happened earlier; how many."""
    return Event.objects.filter(origin__isnull=False, occurred_at__lt=before).update(origin=None)
