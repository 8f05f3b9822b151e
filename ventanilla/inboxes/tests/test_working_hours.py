"""Business hours: open now, and open time between two moments (F.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.inboxes.models import Inbox, default_working_hours
from ventanilla.inboxes.working_hours import business_duration, clean_week, is_open_now


def inbox(timezone: str = "UTC", **changes: object) -> Inbox:
    """Open Monday to Friday from nine to five."""
    return Inbox(
        **{
            "working_hours_enabled": True,
            "working_hours": default_working_hours(),
            "timezone": timezone,
            **changes,
        }
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 09:00", True),  # a Monday; both ends count
        ("2026-03-02 17:00", True),
        ("2026-03-02 17:01", False),
        ("2026-03-02 08:59", False),
        ("2026-03-01 12:00", False),  # Sunday
        ("2026-03-07 12:00", False),  # Saturday
    ],
)
def test_an_inbox_is_open_within_its_hours(moment, is_open):
    assert is_open_now(inbox(), at=at(moment)) is is_open


def test_hours_that_are_switched_off_mean_always_open():
    assert is_open_now(inbox(working_hours_enabled=False), at=at("2026-03-01 03:00"))


@pytest.mark.feature("I-11")
def test_hours_follow_the_inboxs_zone_through_a_change_of_clocks():
    santiago = inbox("America/Santiago")
    assert is_open_now(santiago, at=at("2026-03-02 12:30"))  # 09:30 in summer (UTC-3)
    assert not is_open_now(santiago, at=at("2026-06-01 12:30"))  # 08:30 in winter (UTC-4)


def test_a_whole_day_is_open_to_its_last_minute():
    week = clean_week([{"day_of_week": 0, "open_all_day": True}], current=default_working_hours())
    assert is_open_now(inbox(working_hours=week), at=at("2026-03-01 23:59"))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02 10:00", "2026-03-02 12:00", 2),
        ("2026-03-02 16:00", "2026-03-03 10:00", 2),  # overnight
        ("2026-03-06 16:00", "2026-03-09 10:00", 2),  # over the weekend
        ("2026-03-07 10:00", "2026-03-08 10:00", 0),
        ("2026-03-02 12:00", "2026-03-02 10:00", 0),
        ("2026-03-01 00:00", "2026-03-08 00:00", 40),
    ],
)
def test_open_time_leaves_out_nights_and_weekends(start, end, hours):
    assert business_duration(inbox(), start=at(start), end=at(end)) == timedelta(hours=hours)


def test_without_hours_there_is_no_business_time():
    off = inbox(working_hours_enabled=False)
    assert business_duration(off, start=at("2026-03-02 10:00"), end=at("2026-03-02 12:00")) == timedelta()


@given(
    st.floats(0, 365).map(lambda days: at("2026-01-01 00:00") + timedelta(days=days)),
    st.timedeltas(timedelta(), timedelta(days=20)),
    st.timedeltas(timedelta(), timedelta(days=20)),
    st.sampled_from(["UTC", "America/Santiago", "Europe/Madrid", "Asia/Kathmandu"]),
)
def test_open_time_adds_up_and_is_never_longer_than_the_time_itself(start, first, second, timezone):
    place = inbox(timezone)
    middle, end = start + first, start + first + second
    parts = business_duration(place, start=start, end=middle) + business_duration(
        place, start=middle, end=end
    )
    whole = business_duration(place, start=start, end=end)
    assert parts == whole
    assert timedelta() <= whole <= end - start
