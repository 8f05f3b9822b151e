"""The time. All times are aware and UTC; the wire speaks whole seconds since 1970 ("epoch") or ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.utils import timezone

# How far the clocks of two of our machines may be apart. What lies further ahead than its writer ever plans was
# written while a clock was wrong.
SKEW = timedelta(minutes=1)


def now() -> datetime:
    """This moment, aware, UTC."""
    return timezone.now()


def is_over(planned: datetime | None, *, longest: timedelta, at: datetime | None = None) -> bool:
    """Whether a planned moment has come, or cannot be believed: its writer never plans further ahead than `longest`.

    A clock that jumps ahead and comes back would otherwise leave claims and next tries standing for days. For moments
    that we plan ourselves; what a person chose (a snooze) is believed. None is over.
    """
    moment = at or now()
    return planned is None or planned <= moment or planned > moment + longest + SKEW


def over(column: str, *, longest: timedelta, at: datetime | None = None) -> Q:
    """The same rule for a query. Null is not matched: say `Q(column=None) | over(…)` where it means "free"."""
    moment = at or now()
    return Q(**{f"{column}__lte": moment}) | Q(**{f"{column}__gt": moment + longest + SKEW})


def still_good(column: str, *, life: timedelta, at: datetime | None = None) -> Q:
    """Something that was given for `life`, and ends then, still counts: twice its life at most, so that what a clock that
    ran ahead gave does not stay good for days, and no one is sent away for a jump of hours.
    """
    moment = at or now()
    return Q(**{f"{column}__gt": moment, f"{column}__lte": moment + 2 * life})


def is_still_good(ends: datetime, *, life: timedelta, at: datetime | None = None) -> bool:
    """The same rule for a value."""
    moment = at or now()
    return moment < ends <= moment + 2 * life


def ahead(column: str, *, at: datetime | None = None) -> Q:
    """Rows written by a clock that ran ahead: a moment of the past that lies in the future."""
    return Q(**{f"{column}__gt": (at or now()) + SKEW})


def believable(moment: datetime, *, at: datetime) -> datetime:
    """A stored or told moment of the past: itself, or `at` where it lies in the future."""
    return min(moment, at)


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
