"""Business hours as they are kept, beside the contract's seven rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit.business_hours import (
    business_time_of,
    clean_hours,
    nine_to_five,
    rows_of,
    week_of_rows,
    week_with_rows,
)
from ventanilla.kit.errors import Invalid

pytestmark = pytest.mark.feature("I-11")
UTC_ZONE = ZoneInfo("UTC")

_span = st.tuples(st.integers(0, 95), st.integers(1, 96)).map(
    lambda pair: [pair[0] * 15, pair[0] * 15 + pair[1] * 15]
)


def _apart(spans: list[list[int]]) -> list[list[int]]:
    kept: list[list[int]] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


_week = st.lists(st.lists(_span, max_size=4).map(_apart), min_size=7, max_size=7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cleaned(**given: object) -> dict[str, object]:
    return clean_hours(given, current=nine_to_five())


def test_a_day_has_several_spans_and_one_may_go_past_midnight():
    week = [[], *([[540, 780], [870, 1110]] for _day in range(4)), [[540, 780], [1200, 1560]], [[600, 840]]]
    hours = business_time_of(cleaned(week=week), UTC_ZONE)
    assert not hours.is_open(at("2026-11-30 13:30"))  # Monday, at lunch
    assert hours.is_open(at("2026-12-05 01:30"))  # Saturday, still Friday's evening
    assert hours.between(at("2026-12-04 00:00"), at("2026-12-06 00:00")) == timedelta(hours=4 + 6 + 4)


def test_holidays_of_the_country_are_closed_and_a_day_of_ones_own_stands_above_them():
    with translation.override("es"):
        hours = cleaned(
            country="cl", days=[{"date": "2026-10-12", "name": "Medio día", "spans": [[600, 840]]}]
        )
    names = {day["date"]: day["name"] for day in hours["holidays"]}
    assert names["2026-12-25"] == "Navidad"
    time = business_time_of(hours, UTC_ZONE)
    assert not time.is_open(at("2026-12-25 10:00"))  # a Friday
    assert time.is_open(at("2026-10-12 10:30"))
    assert not time.is_open(at("2026-10-12 15:00"))


@pytest.mark.parametrize(
    "given_hours",
    [
        {"week": [[]] * 6},
        {"week": [[[540, 780], [700, 900]], *[[]] * 6]},
        {"week": [[[540, 540]], *[[]] * 6]},
        {"week": [[[540, 2000]], *[[]] * 6]},
        {"week": [[[1440, 1500]], *[[]] * 6]},
        {"week": [[[540]], *[[]] * 6]},
        {"week": [[[60 * n, 60 * n + 30] for n in range(5)], *[[]] * 6]},
        {"days": [{"date": "24/12/2026"}]},
        {"days": [{"date": "2026-12-24"}, {"date": "2026-12-24"}]},
        {"country": "XX"},
        {"week": "always"},
    ],
)
def test_what_is_no_hours_is_refused_and_named(given_hours):
    with pytest.raises(Invalid) as refused:
        cleaned(**given_hours)
    assert any(name.startswith("business_hours") or name in given_hours for name in refused.value.fields)


def test_the_rows_say_the_span_that_is_wrong_for_the_fewest_minutes():
    lunch, night = [[540, 780], [870, 1110]], [[540, 780], [1200, 1560]]
    rows = rows_of([[], lunch, [], [], [], night, [[0, 1440]]])
    assert (rows[1]["open_hour"], rows[1]["close_hour"], rows[1]["close_minutes"]) == (9, 18, 30)
    assert (rows[5]["open_hour"], rows[5]["close_hour"]) == (9, 13)
    assert rows[6]["open_all_day"] and not rows[6]["closed_all_day"]
    assert rows[0]["closed_all_day"]


@given(_week)
def test_rows_that_are_written_as_they_were_read_change_nothing(week):
    rows = rows_of(week)
    assert week_with_rows(week, read=rows, written=rows) == week


@given(_week, _week)
def test_a_row_that_is_written_is_read_again(week, other):
    said = rows_of([spans[:1] and [[spans[0][0], min(spans[0][1], 1439)]] for spans in other])
    after = week_with_rows(week, read=rows_of(week), written=said)
    changed = [row["day_of_week"] for row in said if row != rows_of(week)[row["day_of_week"]]]
    for day in changed:
        assert after[day] == week_of_rows(said)[day]


def test_own_days_are_kept_in_order_and_their_names_are_one_line():
    hours = cleaned(days=[{"date": "2026-12-31", "name": " Fin  de año "}, {"date": "2026-12-24"}])
    assert [(day["date"], day["name"]) for day in hours["days"]] == [
        (date(2026, 12, 24).isoformat(), ""),
        (date(2026, 12, 31).isoformat(), "Fin de año"),
    ]
