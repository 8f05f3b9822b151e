"""Sockets that no one sits in yet: how long one may stay so, and how many a caller may hold.

Anyone may open /cable, and what they are shows only with a subscription. Until then a socket is no one's, and costs us a
file and memory. Callers are counted as people are, behind our proxies too; whoever subscribed is not counted any more.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from ventanilla.kit import limit_values
from ventanilla.kit.callers import network_of

SEAT_SECONDS = 15.0  # a slow phone needs three or four; our own clients subscribe with the first frame
MOST_REFUSALS = 10  # of subscriptions in a row: whoever guesses is shown out


class WaitingRoom:
    """How many seatless sockets each caller holds. Only the event loop touches it."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def is_full(self, address: str) -> bool:
        """Whether that caller holds as many as one address may hold connections."""
        most: int = limit_values.of("MAX_CONNECTIONS_PER_ADDRESS")
        return bool(most) and self._held[network_of(address)] >= most

    def enter(self, address: str) -> None:
        """One more."""
        self._held[network_of(address)] += 1

    def leave(self, address: str) -> None:
        """One less."""
        network = network_of(address)
        self._held[network] -= 1
        if self._held[network] <= 0:
            del self._held[network]


room = WaitingRoom()


class Patience:
    """The time that one socket has left to take a seat. `on_end` is called when it is over."""

    def __init__(self, address: str, on_end: Callable[[], None]) -> None:
        self._address = address
        self._on_end = on_end
        self._timer: asyncio.TimerHandle | None = None
        self._refusals = 0

    def begin(self) -> None:
        """No one sits in it: from now on the time runs."""
        if self._timer is None:
            room.enter(self._address)
            self._timer = asyncio.get_running_loop().call_later(SEAT_SECONDS, self._on_end)

    def end(self) -> None:
        """Someone took a seat, or the socket is over."""
        self._refusals = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            room.leave(self._address)

    def refuse(self) -> None:
        """A subscription was refused."""
        self._refusals += 1
        if self._timer is not None and self._refusals >= MOST_REFUSALS:
            self._on_end()
