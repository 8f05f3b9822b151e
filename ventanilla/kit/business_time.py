"""Business hours: whether it is open, how much open time lies between two moments, and when so much of it will have passed.

A week has spans for each day, in minutes from local midnight; one that goes past midnight belongs to the day it begins on.
Days of their own (holidays, a Saturday before Christmas) stand in the place of their weekday. Where the clocks are moved,
a minute is open when the clock on the wall says so: an hour that comes twice counts twice, one that is left out not at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)
# Without an opening for so long it never opens: no holiday lasts longer, and a week that is closed would be walked for ever.
_LONGEST_PAUSE = timedelta(days=400)


class Span(NamedTuple):
    """Open from minute `opens` of a day, inclusive, to `closes`, exclusive; after midnight that is above 1,440."""

    opens: int
    closes: int


class Window(NamedTuple):
    """An open stretch of real time, in UTC, the end exclusive."""

    start: datetime
    end: datetime


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class BusinessTime:
    """A week as 7 days of spans, Sunday first, in a time zone, and the days that are not as their weekday."""

    zone: ZoneInfo
    week: tuple[Spans, ...]
    days: Mapping[date, Spans] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at that moment."""
        return any(window.start <= at < window.end for window in self._touching(at, at))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from `start` to `end`; zero when `end` is not after it."""
        windows = self._touching(start, end) if start < end else ()
        return sum(
            (min(end, window.end) - max(start, window.start) for window in windows if window.end > start),
            timedelta(),
        )

    def after(self, start: datetime, open_time: timedelta) -> datetime | None:
        """When so much open time will have passed since `start`; None when it opens no more.

        With zero it is `start` itself, open or not.
        """
        left = open_time
        if left <= timedelta():
            return start
        for window in self.windows(start):
            begins = max(start, window.start)
            if window.end - begins >= left:
                return begins + left
            left -= window.end - begins
        return None

    def windows(self, start: datetime) -> Iterator[Window]:
        """Open stretches that end after `start`, in order, none over another, until it stays closed for more than a year."""
        return _apart(window for window in self._from(start) if window.end > start)

    def _touching(self, start: datetime, end: datetime) -> Iterator[Window]:
        for window in self.windows(start):
            if window.start > end:
                return
            yield window

    def _from(self, start: datetime) -> Iterator[Window]:
        """By the days they begin on: the day before may reach into the first."""
        day = start.astimezone(self.zone).date() - _DAY
        last = start
        while datetime.combine(day, time(), UTC) - last < _LONGEST_PAUSE:
            for window in self._of_day(day):
                last = max(last, window.end)
                yield window
            day += _DAY

    def _of_day(self, day: date) -> list[Window]:
        spans = self.days.get(day)
        if spans is None:
            spans = self.week[day.isoweekday() % 7]
        midnight = datetime.combine(day, time())
        return sorted(
            window
            for span in spans
            for window in self._real(
                midnight + timedelta(minutes=span.opens), midnight + timedelta(minutes=span.closes)
            )
        )

    def _real(self, opens: datetime, closes: datetime) -> list[Window]:
        """When the clock on the wall is between these two (naive): two windows where it is moved meanwhile."""
        # No zone is further from UTC than a day, so the clock shows all of it within these.
        edges = self._edges(opens.replace(tzinfo=UTC) - _DAY, closes.replace(tzinfo=UTC) + _DAY)
        found = []
        for start, end in itertools.pairwise(edges):
            offset = self._offset(start)
            window = Window(
                max(start, opens.replace(tzinfo=UTC) - offset), min(end, closes.replace(tzinfo=UTC) - offset)
            )
            if window.start < window.end:
                found.append(window)
        return found

    def _edges(self, start: datetime, end: datetime) -> list[datetime]:
        """`start`, the moments when the clocks are moved, and `end`."""
        edges, at = [start], start
        while at < end:
            ahead = min(end, at + _DAY)
            if self._offset(at) != self._offset(ahead):
                edges.append(self._moved(at, ahead))
            at = ahead
        return [*edges, end]

    def _moved(self, before: datetime, after: datetime) -> datetime:
        """The first second of the new offset, which `after` has and `before` has not."""
        new = self._offset(after)
        while after - before > timedelta(seconds=1):
            middle = (before + (after - before) / 2).replace(microsecond=0)
            if middle <= before:
                break
            if self._offset(middle) == new:
                after = middle
            else:
                before = middle
        return after

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta()


def _apart(windows: Iterable[Window]) -> Iterator[Window]:
    """Each without what one before it has; they may touch. Not joined: what is always open would have no end."""
    until: datetime | None = None
    for window in windows:
        start = window.start if until is None else max(window.start, until)
        if start < window.end:
            yield Window(start, window.end)
            until = window.end
