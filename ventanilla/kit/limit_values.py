"""The limits an owner of the installation may set, below what its operator allows: their values now, and who met one.

The operator's setting is the ceiling. An owner's own number lies in the database (the room `limits`); the heart of every
process reads it every few seconds, so a change counts everywhere at once. Who met a limit is put in a list of this process,
which its heart writes down now and then: whoever is refused waits for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from ventanilla.kit.clock import now

_MOST_WAITING = 1_000
MEGABYTE = 1024 * 1024


class Size(NamedTuple):
    """A limit that is no rate. `setting` is the attribute of Django's settings, `unit` what people count it in, `factor`
    how many of the setting's units that is. `least`: below it nobody could work. 0 means none where `may_be_off`.
    """

    setting: str
    group: str
    unit: str
    least: int = 1
    factor: int = 1
    may_be_off: bool = False


SIZES: dict[str, Size] = {
    "max_message_chars": Size("MAX_MESSAGE_CHARS", "messages", "chars", least=500),
    "max_messages_per_minute": Size(
        "MAX_MESSAGES_PER_MINUTE", "messages", "count", least=10, may_be_off=True
    ),
    "max_scheduled_messages": Size("MAX_SCHEDULED_MESSAGES", "messages", "count"),
    "max_schedule_days": Size("MAX_SCHEDULE_DAYS", "messages", "days"),
    "max_mail_recipients": Size("MAX_MAIL_RECIPIENTS", "messages", "count"),
    "max_quoted_html_chars": Size("MAX_QUOTED_HTML_CHARS", "messages", "chars"),
    "max_upload_mb": Size("MAX_UPLOAD_BYTES", "files", "mb", factor=MEGABYTE),
    "max_attachments": Size("MAX_ATTACHMENTS", "files", "count"),
    "max_import_mb": Size("MAX_IMPORT_BYTES", "files", "mb", factor=MEGABYTE),
    "max_import_rows": Size("MAX_IMPORT_ROWS", "files", "count"),
    "max_body_mb": Size("MAX_BODY_BYTES", "files", "mb", least=5, factor=MEGABYTE),
    "max_board_columns": Size("MAX_BOARD_COLUMNS", "desk", "count", least=4),
    "max_bulk_conversations": Size("MAX_BULK_CONVERSATIONS", "desk", "count", least=50),
    "max_connections_per_address": Size(
        "MAX_CONNECTIONS_PER_ADDRESS", "visitors", "count", least=20, may_be_off=True
    ),
}
_BY_SETTING = {size.setting: (name, size) for name, size in SIZES.items()}

_own: Mapping[str, int] = {}


def own_values() -> Mapping[str, int]:
    """The owner's numbers by the limit's name, as this process knows them. Asks no one, so it costs nothing."""
    return _own


def take_values(values: Mapping[str, int]) -> None:
    """These are the owner's numbers from now on. Said by the process's heart, and by who sets one."""
    global _own
    _own = values


def of(setting: str) -> int:
    """What counts now, in the setting's units: the operator's, or the owner's below it."""
    name, size = _BY_SETTING[setting]
    return _lower(int(getattr(settings, setting)), own_values().get(name), size)


def _lower(ceiling: int, own: int | None, size: Size) -> int:
    if own is None:
        return ceiling
    return own * size.factor if not ceiling and size.may_be_off else min(ceiling, own * size.factor)


# ── who met one ───────────────────────────────────────────────────────────────────────────────────────────────


class Crossing(NamedTuple):
    """Someone was refused by a limit. `kind` of `who`: user, contact, address, email, or "" when no one knows."""

    name: str
    account_id: int | None
    kind: str
    who: str
    at: datetime


class Acting(NamedTuple):
    """For whom the request works that is answered now."""

    account_id: int | None = None
    kind: str = ""
    who: str = ""


_NO_ONE = Acting()
_acting: ContextVar[Acting] = ContextVar("acting", default=_NO_ONE)
_waiting: deque[Crossing] = deque(maxlen=_MOST_WAITING)


@contextmanager
def by_no_one_yet() -> Iterator[None]:
    """A request begins: what is said of the caller inside ends with it."""
    token = _acting.set(_NO_ONE)
    try:
        yield
    finally:
        _acting.reset(token)


def acts(account_id: int | None, kind: str, who: int | str) -> None:
    """The door knows who calls."""
    _acting.set(Acting(account_id, kind, str(who)))


def met(name: str, *, kind: str = "", who: str = "", account_id: int | None = None) -> None:
    """Someone was refused by that limit. Costs a place in a list."""
    acting = _acting.get()
    _waiting.append(
        Crossing(name, account_id or acting.account_id, kind or acting.kind, who or acting.who, now())
    )


def met_size(setting: str) -> None:
    """The same for a limit that is no rate."""
    met(_BY_SETTING[setting][0])


def take_met() -> list[Crossing]:
    """What waits to be written down, and waits no longer."""
    taken = []
    while _waiting:
        taken.append(_waiting.popleft())
    return taken


def put_back(crossings: list[Crossing]) -> None:
    """They could not be written down now."""
    _waiting.extend(crossings)
