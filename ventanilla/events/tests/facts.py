"""A fact and consumers for the tests of the log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from ventanilla.events.consumer import Consumer
from ventanilla.events.log import Fact, LoggedEvent, has_unsettled, settled_position


class Rang(Fact):
    """Someone rang the bell."""

    name: ClassVar[str] = "bell.rang"
    bell_id: int
    changes: dict[str, list[int]] | None = None


class Cracked(Fact):
    """A bell cracked."""

    name: ClassVar[str] = "bell.cracked"
    bell_id: int


def settle(*, seconds: float = 30.0) -> None:
    """Wait until what was recorded can be read: elsewhere on the PostgreSQL server someone may still be writing."""
    deadline = time.monotonic() + seconds
    while has_unsettled(settled_position()):
        assert time.monotonic() < deadline, "a transaction somewhere on this server does not end"
        time.sleep(0.01)


class Listener(Consumer):
    """Remembers the bells it heard."""

    name = "listener"
    subscribes = frozenset({"bell.rang"})

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.batches: list[int] = []

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        self.batches.append(len(events))
        self.heard += [event.payload["bell_id"] for event in events]
