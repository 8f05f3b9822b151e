"""Answers that are kept while the database stays as it is: asked again before anyone has written, they cost nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")
_MOST = 256  # answers a thread keeps


def _state() -> Hashable:
    """Something that differs whenever this connection could see another database than before.

    SQLite counts the commits of others (data_version) and what this connection wrote, and says so for nothing.
    """
    connection.ensure_connection()
    raw = connection.connection
    return id(raw), raw.execute("PRAGMA data_version").fetchone()[0], raw.total_changes


class WhileUnchanged(Generic[T]):
    """A memory for answers of queries. Each thread has its own; inside a transaction nothing is remembered.

    PostgreSQL would have to be asked over the network whether something changed, so there the question itself is asked.
    """

    def __init__(self) -> None:
        self._threads = threading.local()

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        """The answer kept under that key if no one has written since, else what `ask` says."""
        if connection.in_atomic_block or connection.vendor != "sqlite":
            return ask()
        mine = self._threads.__dict__
        state = _state()
        if mine.get("state") != state:
            mine["state"], mine["answers"] = state, {}
        answers: dict[Hashable, T] = mine["answers"]
        if key in answers:
            return answers[key]
        answer = ask()
        if len(answers) < _MOST and _state() == state:  # no one wrote while it was asked
            answers[key] = answer
        return answer


class ForAMoment(Generic[T]):
    """A memory for answers that may be as old as `seconds`, whatever has been written since. All threads share it."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable) -> T | None:
        """The answer kept under that key, unless it is too old."""
        ends_at, answer = self._answers.get(key, (0.0, None))
        return answer if time.monotonic() < ends_at else None

    def put(self, key: Hashable, answer: T) -> None:
        """Keep an answer."""
        if len(self._answers) >= _MOST:
            self.clear()
        self._answers[key] = (time.monotonic() + self._seconds, answer)

    def clear(self) -> None:
        """Keep nothing."""
        self._answers = {}
