"""Columns as a raw cursor gives them, as values of JSON. SQLite gives text for times and JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from ventanilla.kit.clock import iso

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UTC = datetime(1970, 1, 1)  # noqa: DTZ001 — SQLite's times are UTC and do not say so
_decode = msgspec.json.decode


def moment_of(value: Any) -> datetime | None:
    """Aware, UTC."""
    if value is None:
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


def epoch_of(value: Any) -> int:
    """Whole seconds since 1970; 0 for unset."""
    if value is None:
        return 0
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    since: timedelta = value - (_EPOCH if value.tzinfo else _EPOCH_UTC)
    return since.days * 86_400 + since.seconds


def iso_of(value: Any) -> str | None:
    """ISO 8601 with milliseconds."""
    return iso(moment_of(value))


def raw_of(value: Any) -> msgspec.Raw:
    """A JSON column, passed through as it is stored."""
    return msgspec.Raw(value.encode() if isinstance(value, str) else msgspec.json.encode(value))


def object_of(value: Any) -> Any:
    """A JSON column, read."""
    return _decode(value) if isinstance(value, str) else value


def uuid_of(value: UUID | str) -> str:
    """With hyphens, also from SQLite's 32 digits."""
    if isinstance(value, UUID):
        return str(value)
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
