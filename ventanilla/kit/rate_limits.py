"""Counters of fixed windows: "5/5m" lets five pass in each five minutes.

All processes count together: in Redis when it is set, else in a small SQLite file beside the data (several
machines without Redis count each for itself). `settings.RATE_LIMITS` has the figures by name (see config.limits),
`settings.RATE_LIMITS_ENABLED` switches everything off.

A limit that cannot be counted must not close the house: then each process counts for itself. A crossing is told to
operators: a line in the log for each limit and minute, and a tally that /metrics shows.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from ventanilla.kit import limit_values, tokens
from ventanilla.kit.callers import is_inside, network_of
from ventanilla.kit.errors import Throttled

_RULE = re.compile(r"^(\d+)/(\d*)([smhd])$")
# Fewer would keep out the one who could set it back.
LEAST = {"requests_per_ip": 600, "sign_in_per_ip": 3, "sign_in_per_email": 3, "sign_in_per_device": 3}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Counter(Protocol):
    """A place where windows are counted. Raises OSError or sqlite3.Error when it cannot be reached."""

    def add(self, key: str, *, window_ends: int, amount: int = 1) -> int:
        """One more, or `amount`; how many there are now. Forgotten after `window_ends` (epoch seconds)."""
        ...

    def has(self, key: str) -> bool:
        """Whether the key was counted and still stands."""
        ...

    def tally(self, group: str, field: str, *, ends: int) -> None:
        """One more of `field` in a group, which is forgotten after `ends` (epoch seconds)."""
        ...

    def tallies(self, group: str) -> dict[str, int]:
        """The group's counts by field."""
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

    def has(self, key: str) -> bool:
        query = "SELECT 1 FROM hits WHERE key = ? AND ends >= ?"
        return self._connection().execute(query, (key, int(time.time()))).fetchone() is not None

    def tally(self, group: str, field: str, *, ends: int) -> None:
        self.add(f"tally:{group}:{field}", window_ends=ends)

    def tallies(self, group: str) -> dict[str, int]:
        prefix = f"tally:{group}:"
        if not self._path.exists():
            return {}  # whoever only looks makes nothing
        rows = self._connection().execute(
            "SELECT key, count FROM hits WHERE key >= ? AND key < ? AND ends >= ?",
            (prefix, prefix + "\U0010ffff", int(time.time())),
        )
        return {key[len(prefix) :]: count for key, count in rows}

    def add(self, key: str, *, window_ends: int, amount: int = 1) -> int:
        connection = self._connection()
        moment = int(time.time())
        if abs(moment - self._swept) > 600:
            self._swept = moment
            connection.execute("DELETE FROM hits WHERE ends < ?", (moment,))
        row = connection.execute(
            "INSERT INTO hits (key, count, ends) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET count = max(count + excluded.count, 0), ends = excluded.ends"
            " RETURNING count",
            (key, amount, window_ends),
        ).fetchone()
        return int(row[0])


class _LocalCounter:
    """In this process alone, for the limit that every request meets: it only has to stop a flood."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def has(self, key: str) -> bool:
        with self._lock:
            return self._counts.get(key, (0, 0))[1] >= time.time()

    def tally(self, group: str, field: str, *, ends: int) -> None:
        self.add(f"tally:{group}:{field}", window_ends=ends)

    def tallies(self, group: str) -> dict[str, int]:
        prefix, moment = f"tally:{group}:", time.time()
        with self._lock:
            return {
                key[len(prefix) :]: count
                for key, (count, ends) in self._counts.items()
                if key.startswith(prefix) and ends >= moment
            }

    def add(self, key: str, *, window_ends: int, amount: int = 1) -> int:
        with self._lock:
            if len(self._counts) > 50_000:
                moment = time.time()
                self._counts = {name: value for name, value in self._counts.items() if value[1] > moment}
            count = max(self._counts.get(key, (0, 0))[0] + amount, 0)
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
    _check(_shared(), name, parts)


def give_back(name: str, *parts: str | int) -> None:
    """Take one count back: what turned out not to be meant by the limit, such as a right password."""
    window = _window(name)
    if window is not None:
        _counted(_shared(), _key(name, parts, window), window_ends=window.ends, amount=-1)


def check_flood(name: str, *parts: str | int) -> None:
    """The same as check, counted by each process for itself: cheap enough for every request."""
    _check(_local_counter, name, parts)


def remember(what: str, *parts: str | int, for_seconds: int) -> None:
    """Keep that this happened, for so long; see is_remembered. Switched off with the limits."""
    if settings.RATE_LIMITS_ENABLED:
        ends = int(time.time()) + for_seconds
        _counted(_shared(), f"known:{what}:{digest_of(*parts)}", window_ends=ends)


def is_remembered(what: str, *parts: str | int) -> bool:
    """Whether `remember` was told the same and its time has not passed."""
    if not settings.RATE_LIMITS_ENABLED:
        return False
    key = f"known:{what}:{digest_of(*parts)}"
    try:
        return _shared().has(key)
    except (OSError, sqlite3.Error):
        return _local_counter.has(key)


class _Window(NamedTuple):
    """The window open now: how many may pass, its number, when it ends (epoch seconds), and how long until then."""

    allowed: int
    number: int
    ends: int
    left_seconds: int


def _window(name: str) -> _Window | None:
    rule = settings.RATE_LIMITS.get(name) if settings.RATE_LIMITS_ENABLED else None
    if not rule:
        return None
    allowed, seconds = parse(rule)
    own = limit_values.own_values().get(name)  # the owner's, below the operator's
    if own is not None:
        allowed = min(allowed, own)
    moment = int(time.time())
    number = moment // seconds
    ends = (number + 1) * seconds
    return _Window(allowed, number, ends, max(ends - moment, 1))


def _key(name: str, parts: Sequence[str | int], window: _Window) -> str:
    if name.endswith("_per_ip") and parts:
        parts = (network_of(str(parts[0])), *parts[1:])
    return f"{name}:{digest_of(*parts)}:{window.number}"


def digest_of(*parts: str | int) -> str:
    """What stands for these parts in a key."""
    return tokens.digest("\x1f".join(str(part) for part in parts))[:32]


def _shared() -> Counter:
    return _shared_counter(settings.REDIS_URL, str(settings.DATA))


def _counted(counter: Counter, key: str, *, window_ends: int, amount: int = 1) -> int:
    try:
        return counter.add(key, window_ends=window_ends, amount=amount)
    except (OSError, sqlite3.Error) as error:
        _say_once("limits.not_shared", reason=str(error))
        return _local_counter.add(key, window_ends=window_ends, amount=amount)


def _check(counter: Counter, name: str, parts: tuple[str | int, ...]) -> None:
    window = _window(name)
    if window is None:
        return
    count = _counted(counter, _key(name, parts, window), window_ends=window.ends)
    if count > window.allowed:
        if count == window.allowed + 1:
            _tell(name, parts)
        raise Throttled(retry_after_seconds=window.left_seconds)


# ── what operators hear ───────────────────────────────────────────────────────────────────────────────

log = structlog.get_logger("limits")
_KEPT_SECONDS = 400 * 86400  # a tally is no window: it only must not grow for ever
_SAY_EVERY_SECONDS = 60
_said_at: dict[str, float] = {}


def tally(group: str, field: str, *, for_seconds: int = _KEPT_SECONDS) -> None:
    """One more of `field` in a group that `tallies` reads: figures for operators, no limit."""
    ends = int(time.time()) + for_seconds
    try:
        _shared().tally(group, field, ends=ends)
    except (OSError, sqlite3.Error):
        _local_counter.tally(group, field, ends=ends)


def tallies(group: str) -> dict[str, int]:
    """The group's counts by field, with those that this process could not share."""
    counts = _local_counter.tallies(group)
    try:
        for field, count in _shared().tallies(group).items():
            counts[field] = counts.get(field, 0) + count
    except (OSError, sqlite3.Error):
        pass
    return counts


def crossings() -> dict[str, int]:
    """How often each limit was crossed: once for each caller and window."""
    return tallies("crossed")


def _tell(name: str, parts: Sequence[str | int]) -> None:
    tally("crossed", name)
    _note_who(name, parts)
    # A private address is no customer's: whoever reads this line should look at the proxy.
    private = {"address": str(parts[0])} if name.endswith("_per_ip") and is_inside(str(parts[0])) else {}
    _say_once("limits.crossed", limit=name, rule=settings.RATE_LIMITS[name], **private)


def _note_who(name: str, parts: Sequence[str | int]) -> None:
    """Whom the screen names: once for each caller and window, as the tally counts them."""
    first = str(parts[0]) if parts else ""
    if name.endswith("_per_account"):
        limit_values.met(name, account_id=int(first) if first.isdigit() else None)
    elif name.endswith("_per_ip"):
        limit_values.met(name, kind="address", who=network_of(first))
    else:
        limit_values.met(name)


def _say_once(event: str, **values: str) -> None:
    """A line in the log, and not the same one again within a minute."""
    what, moment = f"{event}:{values.get('limit', '')}", time.monotonic()
    if moment - _said_at.get(what, -_SAY_EVERY_SECONDS) >= _SAY_EVERY_SECONDS:
        _said_at[what] = moment
        log.warning(event, **values)
