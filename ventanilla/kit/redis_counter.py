"""Windows counted in Redis, for rate_limits. Apart, because only installations with Redis load its client."""

from __future__ import annotations

import redis


class RedisCounter:
    """One key per open window, which Redis forgets by itself."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def add(self, key: str, *, window_ends: int) -> int:
        """One more; how many there are now. Forgotten after `window_ends` (epoch seconds)."""
        name = f"ventanilla:limit:{key}"
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(name)
            pipe.expireat(name, window_ends + 1)
            count, _expiry = pipe.execute()
        return int(count)
