"""Business hours as they are kept: a week of several spans a day, days of their own, a country's holidays.

    {"week": [[[540, 780], [870, 1110]], …],           seven days, Sunday first, minutes from midnight
     "days": [{"date": "2026-12-24", "name": "…", "spans": [[540, 780]]}],
     "country": "CL", "holidays": [{"date": "2026-12-25", "name": "Navidad"}], "holidays_until": 2028}

`kit.business_time` calculates with it. The contract knows seven rows instead, one span a day (F.8): `rows_of` and
`week_with_rows` go between the two.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ventanilla.kit.business_time import DAY_MINUTES, BusinessTime, Span, Spans
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.public_holidays import YEARS_AHEAD, UnknownCountry, holidays_of
from ventanilla.kit.shapes import Shape, Whole, read

MOST_SPANS = 4
MOST_DAYS = 200
_LONGEST_NAME = 100
FIELD = "business_hours"

Hours = dict[str, Any]


class OwnDay(Shape):
    """A date that is not as its weekday: no spans is closed."""

    date: str = ""
    name: str = ""
    spans: list[list[Whole]] = []


class BusinessHoursShape(Shape):
    """What may be sent. A part that is left out stays as it is."""

    week: list[list[list[Whole]]] = []
    days: list[OwnDay] = []
    country: str = ""


def _refuse(sentence: str) -> Invalid:
    return Invalid(fields={FIELD: [sentence]})


def nine_to_five() -> Hours:
    """Monday to Friday, no holidays."""
    return {
        "week": [[], *([[540, 1020]] for _day in range(5)), []],
        "days": [],
        "country": "",
        "holidays": [],
    }


def clean_hours(given: Any, *, current: Hours) -> Hours:
    """The hours after what is given replaced its part of the `current` ones. Raises Invalid, naming business_hours."""
    said = read(BusinessHoursShape, given, field=FIELD)
    hours = dict(current)
    if "week" in said:
        if len(said["week"]) != 7:
            raise _refuse(_("A week has seven days, starting with Sunday."))
        hours["week"] = [_clean_spans(spans) for spans in said["week"]]
    if "days" in said:
        hours["days"] = _clean_days(said["days"])
    if "country" in said:
        hours["country"] = said["country"].strip().upper()
        hours |= holidays_for(hours["country"])
    return hours


def holidays_for(country: str) -> Hours:
    """The country's holidays, of this year and the next ones, as they are kept. Raises Invalid for an unknown country."""
    first = now().year
    last = first + YEARS_AHEAD
    try:
        days = (
            holidays_of(country, language=get_language() or "es", first=first, last=last) if country else ()
        )
    except UnknownCountry:
        raise _refuse(_("We don't know the holidays of this country.")) from None
    return {
        "holidays": [{"date": day.isoformat(), "name": name} for day, name in days],
        "holidays_until": last,
    }


def ask_for_holidays(given: Any) -> None:
    """Have at hand what `clean_hours` will ask of these: it asks within a transaction, and the library takes its time."""
    country = given.get("country") if isinstance(given, Mapping) else None
    if isinstance(country, str):
        with suppress(Invalid):  # refused there, by its name
            holidays_for(country.strip().upper())


def _clean_spans(spans: Sequence[Sequence[int]]) -> list[list[int]]:
    if len(spans) > MOST_SPANS:
        raise _refuse(
            _("There are too many spans of open time in a day (at most: %(count)s).") % {"count": MOST_SPANS}
        )
    if any(len(span) != 2 for span in spans):
        raise _refuse(_("A span of open time has a start and an end, in minutes from midnight."))
    ordered = sorted([opens, closes] for opens, closes in spans)
    for opens, closes in ordered:
        if not (0 <= opens < DAY_MINUTES and opens < closes <= opens + DAY_MINUTES):
            raise _refuse(_("Open time starts within the day and ends later, within 24 hours."))
    if any(after[0] < before[1] for before, after in pairwise(ordered)):
        raise _refuse(_("Spans of one day must not overlap."))
    return ordered


def _clean_days(days: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(days) > MOST_DAYS:
        raise _refuse(_("There are too many days of your own (at most: %(count)s).") % {"count": MOST_DAYS})
    found: dict[str, dict[str, Any]] = {}
    for day in days:
        try:
            on = date.fromisoformat(day["date"]).isoformat()
        except ValueError:
            raise _refuse(_("A day needs a date such as 2026-12-24.")) from None
        if on in found:
            raise _refuse(_("Each date can be listed only once."))
        name = " ".join(day["name"].split())[:_LONGEST_NAME]
        found[on] = {"date": on, "name": name, "spans": _clean_spans(day["spans"])}
    return [found[on] for on in sorted(found)]


def business_time_of(hours: Hours, zone: ZoneInfo, *, closing_minutes: int = 0) -> BusinessTime:
    """To calculate with. `closing_minutes` more are open at the end of each span: the contract counts both ends."""
    return _built(json.dumps(hours, sort_keys=True), zone, closing_minutes)


@lru_cache(maxsize=256)
def _built(kept: str, zone: ZoneInfo, closing_minutes: int) -> BusinessTime:
    hours = json.loads(kept)

    def spans(pairs: Sequence[Sequence[int]]) -> Spans:
        # Midnight is no minute of the day before.
        return tuple(
            Span(opens, closes + (closing_minutes if closes % DAY_MINUTES else 0)) for opens, closes in pairs
        )

    days: dict[date, Spans] = {date.fromisoformat(day["date"]): () for day in hours.get("holidays", ())}
    days |= {date.fromisoformat(day["date"]): spans(day["spans"]) for day in hours.get("days", ())}
    return BusinessTime(zone, tuple(spans(pairs) for pairs in hours["week"]), days)


# ── The contract's seven rows ─────────────────────────────────────────────────────────────────────────────────


def week_of_rows(rows: Sequence[Mapping[str, Any]]) -> list[list[list[int]]]:
    """The week that seven rows say."""
    week: list[list[list[int]]] = [[] for _day in range(7)]
    for row in rows:
        week[row["day_of_week"]] = _spans_of_row(row)
    return week


def _spans_of_row(row: Mapping[str, Any]) -> list[list[int]]:
    if row["closed_all_day"]:
        return []
    if row["open_all_day"]:
        return [[0, DAY_MINUTES]]
    opens = row["open_hour"] * 60 + row["open_minutes"]
    closes = row["close_hour"] * 60 + row["close_minutes"]
    return [[opens, closes]]


def rows_of(week: Sequence[Sequence[Sequence[int]]]) -> list[dict[str, Any]]:
    """The seven rows nearest to a week. One span a day: the one that is wrong for the fewest minutes, and the shorter of
    two, so that a row rather says closed than open. What goes past midnight is of the day it is in.
    """
    on_days: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for day, spans in enumerate(week):
        for opens, closes in spans:
            on_days[day].append((opens, min(closes, DAY_MINUTES)))
            if closes > DAY_MINUTES:
                on_days[(day + 1) % 7].append((0, closes - DAY_MINUTES))
    return [_row(day, _nearest(_joined(spans))) for day, spans in enumerate(on_days)]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return joined


def _nearest(spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    whole = sum(closes - opens for opens, closes in spans)

    def wrong(first: int, last: int) -> tuple[int, int]:
        said = spans[last][1] - spans[first][0]
        meant = sum(closes - opens for opens, closes in spans[first : last + 1])
        return (said - meant) + (whole - meant), said

    pairs = [(first, last) for first in range(len(spans)) for last in range(first, len(spans))]
    best = min(pairs, key=lambda pair: wrong(*pair), default=None)
    return None if best is None else (spans[best[0]][0], spans[best[1]][1])


def _row(day: int, span: tuple[int, int] | None) -> dict[str, Any]:
    whole_day = span is not None and span[0] == 0 and span[1] >= DAY_MINUTES - 1
    opens, closes = (None, None) if span is None else (span[0], min(span[1], DAY_MINUTES - 1))
    return {
        "day_of_week": day,
        "closed_all_day": span is None,
        "open_hour": None if opens is None else opens // 60,
        "open_minutes": None if opens is None else opens % 60,
        "close_hour": None if closes is None else closes // 60,
        "close_minutes": None if closes is None else closes % 60,
        "open_all_day": whole_day,
    }


def week_with_rows(
    week: Sequence[Sequence[Sequence[int]]],
    *,
    read: Sequence[Mapping[str, Any]],
    written: Sequence[Mapping[str, Any]],
) -> list[list[list[int]]]:
    """The week after somebody wrote seven rows. A row that says what was read leaves its day as rich as it is; any other
    replaces it, and cuts what reached into it from the day before.
    """
    before = {row["day_of_week"]: row for row in read}
    said = {row["day_of_week"]: row for row in written}
    after = [[list(span) for span in spans] for spans in week]
    changed = [day for day, row in said.items() if row != before.get(day)]
    for day in changed:
        after[day] = _spans_of_row(said[day])
        after[day - 1] = [[opens, min(closes, DAY_MINUTES)] for opens, closes in after[day - 1]]
    return after
