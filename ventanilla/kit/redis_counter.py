"""Windows counted in Redis, for rate_limits. Apart, because only installations with Redis load its client."""

from __future__ import annotations

import redis

_PREFIX = "ventanilla:limit:"


class RedisCounter:
    """One key per open window, which Redis forgets by itself."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def add(self, key: str, *, window_ends: int, amount: int = 1) -> int:
        """One more, or `amount`; how many there are now. Forgotten after `window_ends` (epoch seconds)."""
        name = _PREFIX + key
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                pipe.incrby(name, amount)
                pipe.expireat(name, window_ends + 1)
                count, _expiry = pipe.execute()
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error
        return int(count)

    def has(self, key: str) -> bool:
        """Whether the key was counted and still stands."""
        try:
            return bool(self._redis.exists(_PREFIX + key))
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error

    def tally(self, group: str, field: str, *, ends: int) -> None:
        """One more of `field` in the group's hash, which Redis forgets after `ends` (epoch seconds)."""
        name = f"{_PREFIX}tally:{group}"
        try:
            with self._redis.pipeline(transaction=True) as pipe:
                pipe.hincrby(name, field, 1)
                pipe.expireat(name, ends)
                pipe.execute()
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error

    def tallies(self, group: str) -> dict[str, int]:
        """The group's counts by field."""
        try:
            found = self._redis.hgetall(f"{_PREFIX}tally:{group}")
        except redis.RedisError as error:
            raise ConnectionError(str(error)) from error
        return {
            str(field, "utf-8") if isinstance(field, bytes) else field: int(count)
            for field, count in found.items()
        }
