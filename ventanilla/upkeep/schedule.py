"""When backups are made by the clock, and where."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit


def shown_place(written: str) -> str:
    """VENTANILLA_BACKUP_TO for people: a bucket without its keys."""
    if not written.startswith("s3://"):
        return written
    parts = urlsplit(written)
    return f"s3://{parts.hostname}{parts.path}"


def slot_before(moment: datetime, times: tuple[tuple[int, int], ...]) -> datetime:
    """The newest moment of the schedule that is not after `moment`."""
    return max(slot for slot in _slots(moment, times) if slot <= moment)


def slot_after(moment: datetime, times: tuple[tuple[int, int], ...]) -> datetime:
    """The next moment of the schedule."""
    return min(slot for slot in _slots(moment, times) if slot > moment)


def _slots(moment: datetime, times: tuple[tuple[int, int], ...]) -> list[datetime]:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        day + timedelta(days=days, hours=hour, minutes=minute)
        for days in (-1, 0, 1)
        for hour, minute in times
    ]
