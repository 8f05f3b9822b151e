"""Business hours of an inbox (F.8): what is valid, whether it is open, and how much open time lies between two moments.

A week is seven days, 0 is Sunday. Hours are of the inbox's time zone, which may move its clocks twice a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ventanilla.kit.business_hours import (
    business_time_of,
    nine_to_five,
    rows_of,
    week_of_rows,
    week_with_rows,
)
from ventanilla.kit.business_time import BusinessTime
from ventanilla.kit.clock import zone
from ventanilla.kit.errors import Invalid
from ventanilla.kit.shapes import Shape, Whole, read

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

_HOURS = ("open_hour", "open_minutes", "close_hour", "close_minutes")
_LONGEST_SPAN = timedelta(days=366 * 5)  # a report's range, not a forgotten conversation of ten years


def clean_week(given: Sequence[Any], *, current: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The week after the given days replace those of the same `day_of_week`. Raises Invalid, naming working_hours."""
    week = {int(day["day_of_week"]): dict(day) for day in current}
    for item in given:
        day = _clean_day(item)
        week[day["day_of_week"]] = day
    return [week[number] for number in sorted(week)]


def _refuse(sentence: str) -> Invalid:
    return Invalid(fields={"working_hours": [sentence]})


class WorkingDay(Shape):
    """One day. The hours count on a day that is neither closed nor open all day."""

    day_of_week: Whole
    closed_all_day: bool = False
    open_all_day: bool = False
    open_hour: Whole | None = None
    open_minutes: Whole | None = None
    close_hour: Whole | None = None
    close_minutes: Whole | None = None


def _clean_day(item: Any) -> dict[str, Any]:
    given = {**WorkingDay(day_of_week=0).model_dump(), **read(WorkingDay, item, field="working_hours")}
    number, closed, whole_day = given["day_of_week"], given["closed_all_day"], given["open_all_day"]
    if not 0 <= number <= 6:
        raise _refuse(_("The day of the week must be a number from 0 (Sunday) to 6."))
    if closed and whole_day:
        raise _refuse(_("A day is either closed or open all day."))
    hours: dict[str, int | None] = dict.fromkeys(_HOURS)
    if whole_day:
        hours = {"open_hour": 0, "open_minutes": 0, "close_hour": 23, "close_minutes": 59}
    elif not closed:
        hours = {name: given[name] for name in _HOURS}
        _check_hours(hours)
    return {"day_of_week": number, "closed_all_day": closed, **hours, "open_all_day": whole_day}


def _check_hours(hours: Mapping[str, int | None]) -> None:
    opens, opens_minutes, closes, closes_minutes = (hours[name] for name in _HOURS)
    if opens is None or opens_minutes is None or closes is None or closes_minutes is None:
        raise _refuse(_("An open day needs opening and closing times."))
    if not (
        0 <= opens <= 23 and 0 <= closes <= 23 and 0 <= opens_minutes <= 59 and 0 <= closes_minutes <= 59
    ):
        raise _refuse(_("Hours go from 0 to 23 and minutes from 0 to 59."))
    if (closes, closes_minutes) <= (opens, opens_minutes):
        raise _refuse(_("The closing hour must come after the opening hour."))


def _zone_of(inbox: Inbox) -> ZoneInfo:
    try:
        return zone(inbox.timezone)
    except ValueError:
        return ZoneInfo("UTC")


def hours_of(inbox: Inbox) -> dict[str, Any]:
    """The hours as they are kept (kit.business_hours); made of the seven rows where there never was more."""
    if inbox.business_hours is not None:
        return {**nine_to_five(), **inbox.business_hours}
    return {**nine_to_five(), "week": week_of_rows(inbox.working_hours)}


def business_time(inbox: Inbox, *, with_closing_minute: bool = False) -> BusinessTime:
    """The inbox's hours to calculate with, whether they are switched on or not."""
    return business_time_of(hours_of(inbox), _zone_of(inbox), closing_minutes=int(with_closing_minute))


def with_hours_in_step(inbox: Inbox, values: Mapping[str, Any]) -> dict[str, Any]:
    """Both forms of the hours after one of them was written: the contract's seven rows and the whole of them."""
    if "business_hours" in values:
        return {**values, "working_hours": rows_of(values["business_hours"]["week"])}
    rows = values.get("working_hours")
    if rows is None or rows == inbox.working_hours:
        return dict(values)
    kept = hours_of(inbox)
    week = week_with_rows(kept["week"], read=inbox.working_hours, written=rows)
    return {**values, "business_hours": {**kept, "week": week}, "uses_account_hours": False}


def next_openings(inbox: Inbox, *, at: datetime, days: int = 8) -> list[tuple[datetime, datetime]]:
    """When it is open from now on, for so many days, as joined stretches in order."""
    until = at + timedelta(days=days)
    joined: list[tuple[datetime, datetime]] = []
    for start, end in business_time(inbox).windows(at):
        if start > until:
            break
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def is_open_now(inbox: Inbox, *, at: datetime) -> bool:
    """Whether the inbox is open at that moment, both ends of the hours included. Always, when hours are switched off."""
    return not inbox.working_hours_enabled or business_time(inbox, with_closing_minute=True).is_open(at)


def business_duration(inbox: Inbox, *, start: datetime, end: datetime) -> timedelta:
    """Open time between two moments; zero when hours are switched off or `end` is not after `start` (F.8)."""
    if not inbox.working_hours_enabled or end <= start:
        return timedelta()
    return business_time(inbox).between(max(start, end - _LONGEST_SPAN), end)
