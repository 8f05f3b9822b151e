"""The moments a conversation can be snoozed until by name: in the agent's time zone, by the account's day and week.

The desk has the same rule (desk/src/stores/snooze.ts), so that its menus say the moment without asking; one table of cases
holds both to it (conversations/tests/snoozes.json).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ventanilla.accounts.models import Account, User
from ventanilla.kit.clock import zone


class Snooze(StrEnum):
    """The names, as programs say them."""

    NEXT_REPLY = "next_reply"
    HOUR = "hour"
    TOMORROW = "tomorrow"
    NEXT_WORKING_DAY = "next_working_day"
    NEXT_WEEK = "next_week"
    NEXT_MONTH = "next_month"


def zone_of(user: User | None, account: Account) -> ZoneInfo:
    """The person's own zone, else the account's."""
    return zone((user.timezone if user else "") or account.timezone)


def snooze_until(name: Snooze, *, at: datetime, user: User | None, account: Account) -> datetime | None:
    """The moment meant by `name` now (`at`); None is until the next reply. Seconds are whole, as the wire has them."""
    if name is Snooze.NEXT_REPLY:
        return None
    if name is Snooze.HOUR:
        return at.replace(microsecond=0) + timedelta(hours=1)
    where = zone_of(user, account)
    day = _day(name, at.astimezone(where).date(), account.working_days)
    return datetime.combine(day, time.fromisoformat(account.day_starts_at), where)


def _day(name: Snooze, today: date, working_days: Sequence[int]) -> date:
    tomorrow = today + timedelta(days=1)
    match name:
        case Snooze.NEXT_WEEK:
            return _first(tomorrow, [min(working_days)])
        case Snooze.NEXT_MONTH:
            return _first(_next_month(today), [min(working_days)])
        case Snooze.NEXT_WORKING_DAY:
            return _first(tomorrow, working_days)
    return tomorrow


def _first(day: date, weekdays: Sequence[int]) -> date:
    """That day, or the next one that is among these days of the week."""
    return next(one for ahead in range(7) if (one := day + timedelta(days=ahead)).isoweekday() in weekdays)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
