"""When a promise is due: plain reckoning over what is known of a conversation. No database, no clock of its own.

A promise runs from its beginning; only time counts in which the conversation was in no state that pauses
and, where the level says so, within business hours. Its warning comes when half of the time is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ventanilla.conversations.models import Status
from ventanilla.kit.business_time import BusinessTime
from ventanilla.kit.clock import from_epoch

FIRST, NEXT, RESOLUTION = "frt", "nrt", "rt"
PROMISES = (FIRST, NEXT, RESOLUTION)
WARNED, MISSED = "warned", "missed"


@dataclass(frozen=True)
class Level:
    """What is promised: seconds by promise, and what time counts. Without `hours` every hour does."""

    seconds: Mapping[str, int] = field(default_factory=dict)
    hours: BusinessTime | None = None
    pauses: frozenset[int] = frozenset({Status.SNOOZED, Status.PENDING})


@dataclass(frozen=True)
class Facts:
    """What the log said: the states since the beginning or the latest reopening, and the wait."""

    states: Sequence[tuple[datetime, int]]
    waiting_since: datetime | None
    has_reply: bool

    @property
    def began(self) -> datetime:
        """The conversation's beginning, or its latest reopening."""
        return self.states[0][0]


class Promise(NamedTuple):
    """One that runs: since when, when half of its time is over, when all of it. None: not while it stands still."""

    kind: str
    start: datetime
    half: datetime | None
    due: datetime | None


class Due(NamedTuple):
    """Something to be told: at that moment, of that promise, that half of it is over or that it is missed."""

    at: datetime
    order: int
    kind: str
    what: str
    start: datetime


def facts_of(states: Sequence[Sequence[Any]], waiting_since: datetime | None, has_reply: bool) -> Facts:
    """From the columns."""
    return Facts([(from_epoch(at), state) for at, state in states], waiting_since, has_reply)


def running(facts: Facts, level: Level) -> list[Promise]:
    """The promises that run now, each with its moments."""
    if not facts.states or facts.states[-1][1] == Status.RESOLVED:
        return []
    starts: dict[str, datetime] = {RESOLUTION: facts.began}
    if facts.waiting_since is not None:
        starts[NEXT if facts.has_reply else FIRST] = max(facts.waiting_since, facts.began)
    return [
        _promise(kind, starts[kind], facts, level)
        for kind in PROMISES
        if kind in starts and level.seconds.get(kind)
    ]


def _promise(kind: str, start: datetime, facts: Facts, level: Level) -> Promise:
    whole = timedelta(seconds=level.seconds[kind])
    return Promise(kind, start, _after(start, whole / 2, facts, level), _after(start, whole, facts, level))


def _after(start: datetime, needed: timedelta, facts: Facts, level: Level) -> datetime | None:
    """When so much time will have counted since `start`; None while the state pauses, or if it never opens."""
    left = needed
    ends = [at for at, _state in facts.states[1:]]
    for (begins, state), ends_at in zip(facts.states, [*ends, None], strict=True):
        if state in level.pauses or state == Status.RESOLVED or (ends_at is not None and ends_at <= start):
            continue
        begins = max(begins, start)
        if ends_at is None:
            return begins + left if level.hours is None else level.hours.after(begins, left)
        counted = ends_at - begins if level.hours is None else level.hours.between(begins, ends_at)
        if counted >= left:
            return begins + left if level.hours is None else level.hours.after(begins, left)
        left -= counted
    return None


def untold(promises: Sequence[Promise], told: Mapping[str, Sequence[Any]]) -> list[Due]:
    """What is still to be told of these, in order: of each promise its warning once and its miss once."""
    found: list[Due] = []
    for order, (kind, start, half, due) in enumerate(promises):
        said = told.get(kind)
        known = said[1] if said is not None and said[0] == start.timestamp() else ""
        if not known and half is not None:
            found.append(Due(half, order, kind, WARNED, start))
        if known != MISSED and due is not None:
            found.append(Due(due, order, kind, MISSED, start))
    return sorted(found)


def most_pressing(promises: Sequence[Promise]) -> Promise | None:
    """The one that is due first."""
    with_due = [one for one in promises if one.due is not None]
    return min(with_due, key=lambda one: one.due, default=None)  # type: ignore[arg-type,return-value]
