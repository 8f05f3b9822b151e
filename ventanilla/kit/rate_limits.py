"""Counters of fixed windows: "5/5m" lets five pass in each five minutes.

All processes count together: in Redis when it is set, else in a small SQLite file beside the data (several
machines without Redis count each for itself). `settings.RATE_LIMITS` has the figures by name,
`settings.RATE_LIMITS_ENABLED` switches everything off.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from ventanilla.kit import tokens
from ventanilla.kit.errors import Throttled

_RULE = re.compile(r"^(\d+)/(\d*)([smhd])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Counter(Protocol):
    """A place where windows are counted."""

    def add(self, key: str, *, window_ends: int) -> int:
        """One more; how many there are now. Forgotten after `window_ends` (epoch seconds)."""
        ...


class _FileCounter:
    """One row per open window in a SQLite file of its own: the main database has better things to write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._swept = 0

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=OFF")  # a count lost with the power is no loss
            connection.execute(
                "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INTEGER NOT NULL, ends INTEGER NOT NULL)"
                " WITHOUT ROWID"
            )
            self._local.connection = connection
        return connection

    def add(self, key: str, *, window_ends: int) -> int:
        connection = self._connection()
        moment = int(time.time())
        if moment - self._swept > 600:
            self._swept = moment
            connection.execute("DELETE FROM hits WHERE ends < ?", (moment,))
        row = connection.execute(
            "INSERT INTO hits (key, count, ends) VALUES (?, 1, ?)"
            " ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count",
            (key, window_ends),
        ).fetchone()
        return int(row[0])


class _LocalCounter:
    """In this process alone, for the limit that every request meets: it only has to stop a flood."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def add(self, key: str, *, window_ends: int) -> int:
        with self._lock:
            if len(self._counts) > 50_000:
                moment = time.time()
                self._counts = {name: value for name, value in self._counts.items() if value[1] > moment}
            count = self._counts.get(key, (0, 0))[0] + 1
            self._counts[key] = (count, window_ends)
            return count


@lru_cache(maxsize=4)
def _shared_counter(redis_url: str, folder: str) -> Counter:
    if redis_url:  # by name: the client costs every process 20 MB, and most installations have no Redis
        counter: Counter = import_string("ventanilla.kit.redis_counter.RedisCounter")(redis_url)
        return counter
    return _FileCounter(Path(folder) / "limits.sqlite3")


_local_counter = _LocalCounter()


@lru_cache(maxsize=128)
def parse(rule: str) -> tuple[int, int]:
    """How many, and in how many seconds. Raises ValueError for what is not like "5/5m" or "100/m"."""
    match = _RULE.match(rule)
    if not match:
        raise ValueError(f"not a rate limit: {rule!r}")
    return int(match[1]), int(match[2] or 1) * _SECONDS[match[3]]


def check(name: str, *parts: str | int) -> None:
    """Count one more of `name` for whoever `parts` say (an address, an account). Raises Throttled past the limit.

    Only a digest of the parts is kept, so the file holds no addresses.
    """
    _check(_shared_counter(settings.REDIS_URL, str(settings.DATA)), name, parts)


def check_flood(name: str, *parts: str | int) -> None:
    """The same, counted by each process for itself: cheap enough for every request."""
    _check(_local_counter, name, parts)


def _check(counter: Counter, name: str, parts: tuple[str | int, ...]) -> None:
    rule = settings.RATE_LIMITS.get(name) if settings.RATE_LIMITS_ENABLED else None
    if not rule:
        return
    allowed, window_seconds = parse(rule)
    moment = int(time.time())
    window = moment // window_seconds
    ends = (window + 1) * window_seconds
    who = tokens.digest("\x1f".join(str(part) for part in parts))[:32]
    if counter.add(f"{name}:{who}:{window}", window_ends=ends) > allowed:
        raise Throttled(retry_after_seconds=max(ends - moment, 1))
