"""The time. All times are aware and UTC; the wire speaks whole seconds since 1970 ("epoch") or ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


def now() -> datetime:
    """This moment, aware, UTC."""
    return timezone.now()


def epoch(moment: datetime | None) -> int:
    """Whole seconds since 1970; 0 for a time that is not set, which is what clients expect."""
    return int(moment.timestamp()) if moment else 0


def from_epoch(seconds: float | str) -> datetime:
    """The moment `seconds` after 1970. Raises ValueError for what is not a number or out of range."""
    try:
        return datetime.fromtimestamp(float(seconds), tz=UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"not a time: {seconds!r}") from error


def iso(moment: datetime | None) -> str | None:
    """ISO 8601, UTC with milliseconds and a Z; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"not a time zone: {name!r}") from error
