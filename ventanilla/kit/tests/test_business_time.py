"""Business hours against a clock that looks at every minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.kit.business_time import DAY_MINUTES, BusinessTime, Span, Spans

pytestmark = pytest.mark.feature("I-11")
MINUTE = timedelta(minutes=1)
# Clocks moved by an hour, by half of one (Lord Howe), at midnight (Santiago), back for a month (Casablanca), never.
ZONES = [
    "UTC",
    "Europe/Madrid",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shop(
    *spans: tuple[int, int], zone: str = "UTC", days: Mapping[date, Spans] | None = None
) -> BusinessTime:
    """Monday to Friday with these spans, in hours."""
    each = tuple(Span(opens * 60, closes * 60) for opens, closes in spans)
    return BusinessTime(ZoneInfo(zone), ((), each, each, each, each, each, ()), days or {})


def is_open_by_the_clock(hours: BusinessTime, minute: datetime) -> bool:
    """What someone sees who looks at the wall and at the sign on the door."""
    wall = minute.astimezone(hours.zone)
    now = wall.hour * 60 + wall.minute

    def spans(day: date) -> Spans:
        return hours.days.get(day, hours.week[day.isoweekday() % 7])

    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    return any(span.opens <= now < span.closes for span in spans(today)) or any(
        span.opens <= now + DAY_MINUTES < span.closes for span in spans(yesterday)
    )


_span = st.tuples(st.integers(0, 95), st.integers(1, 96)).map(
    lambda pair: Span(pair[0] * 15, pair[0] * 15 + pair[1] * 15)
)
_spans = st.lists(_span, max_size=3).map(tuple)
_moments = st.integers(0, 4 * 365 * DAY_MINUTES).map(lambda minutes: at("2024-01-01") + minutes * MINUTE)


@st.composite
def _hours(draw: st.DrawFn) -> tuple[BusinessTime, datetime]:
    """A week in a zone, and a moment that often is near one when its clocks are moved, or near a day of its own."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    start = draw(
        st.one_of(
            _moments,
            st.sampled_from(
                ["2026-03-28 12:00", "2026-10-24 12:00", "2026-04-04 12:00", "2026-09-05 12:00"]
            ).map(at),
        )
    )
    day = start.date() + timedelta(days=draw(st.integers(-1, 2)))
    week = tuple(draw(_spans) for _day in range(7))
    return BusinessTime(zone, week, draw(st.one_of(st.just({}), _spans.map(lambda own: {day: own})))), start


@settings(max_examples=60, deadline=None)
@given(_hours(), st.integers(0, 3 * DAY_MINUTES))
def test_it_says_what_a_clock_says_that_looks_at_every_minute(
    given_hours: tuple[BusinessTime, datetime], length: int
) -> None:
    hours, start = given_hours
    minutes = [start + number * MINUTE for number in range(length)]
    opened = [minute for minute in minutes if is_open_by_the_clock(hours, minute)]
    assert hours.between(start, start + length * MINUTE) == len(opened) * MINUTE
    for minute in minutes[:: max(1, length // 40)]:
        assert hours.is_open(minute) is is_open_by_the_clock(hours, minute)
    if opened:
        assert hours.after(start, len(opened) * MINUTE) == opened[-1] + MINUTE


@settings(max_examples=60, deadline=None)
@given(
    _hours(), st.timedeltas(timedelta(), timedelta(days=30)), st.timedeltas(timedelta(), timedelta(days=30))
)
def test_parts_add_up(
    given_hours: tuple[BusinessTime, datetime], first: timedelta, second: timedelta
) -> None:
    hours, start = given_hours
    middle, end = start + first, start + first + second
    assert hours.between(start, middle) + hours.between(middle, end) == hours.between(start, end)


@settings(max_examples=60, deadline=None)
@given(_hours(), st.timedeltas(MINUTE, timedelta(hours=60)))
def test_a_deadline_has_just_so_much_open_time_before_it(
    given_hours: tuple[BusinessTime, datetime], wanted: timedelta
) -> None:
    hours, start = given_hours
    due = hours.after(start, wanted)
    if due is not None:
        assert hours.between(start, due) == wanted
        assert hours.between(start, due - timedelta(microseconds=1)) < wanted


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02 10:00", 2, "2026-03-02 12:00"),
        ("2026-03-02 13:00", 2, "2026-03-02 16:00"),  # lunch from 14 to 15
        ("2026-03-06 18:00", 2, "2026-03-09 10:00"),  # Friday evening
        ("2026-03-07 11:00", 1, "2026-03-09 10:00"),  # Saturday
        ("2026-03-02 10:00", 0, "2026-03-02 10:00"),
    ],
)
def test_a_deadline_leaves_out_lunch_nights_and_weekends(start: str, hours: int, due: str) -> None:
    assert shop((9, 14), (15, 19)).after(at(start), timedelta(hours=hours)) == at(due)


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    bar = shop((20, 26), days={date(2026, 3, 3): ()})
    assert bar.is_open(at("2026-03-03 01:59"))  # Monday's, though Tuesday is a holiday
    assert not bar.is_open(at("2026-03-03 20:00"))
    assert not bar.is_open(at("2026-03-04 01:00"))
    assert bar.is_open(at("2026-03-07 01:00"))  # Friday's


def test_a_day_of_its_own_stands_in_the_place_of_its_weekday() -> None:
    christmas_eve = {date(2026, 12, 24): (Span(9 * 60, 13 * 60),), date(2026, 12, 25): ()}
    hours = shop((9, 17), days=christmas_eve)
    assert hours.between(at("2026-12-24"), at("2026-12-26")) == timedelta(hours=4)
    assert hours.after(at("2026-12-24 13:00"), MINUTE) == at("2026-12-28 09:01")


def test_what_never_opens_says_so_and_does_not_look_for_ever() -> None:
    closed = BusinessTime(ZoneInfo("UTC"), ((),) * 7)
    assert closed.after(at("2026-03-02"), timedelta(hours=1)) is None
    assert closed.between(at("2026-03-02"), at("2027-03-02")) == timedelta()


def test_always_open_is_all_the_time() -> None:
    always = BusinessTime(ZoneInfo("Europe/Madrid"), ((Span(0, DAY_MINUTES),),) * 7)
    assert always.between(at("2026-03-01"), at("2026-04-01")) == timedelta(days=31)
    assert next(always.windows(at("2026-03-29"))).start <= at("2026-03-29")
