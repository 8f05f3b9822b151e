"""What the boards of short-lived things (presence, typing, viewing) need of the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from ventanilla.events import wakeup
from ventanilla.realtime.seats import Seating
from ventanilla.realtime.threads import ThreadPool


class Office(Protocol):
    """The hub as the boards see it."""

    seating: Seating

    @property
    def pool(self) -> ThreadPool: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...


class Board:
    """Listens to one topic of short-lived messages and acts on the hub's event loop."""

    topic: str

    def __init__(self, office: Office) -> None:
        self.office = office
        self._unsubscribe: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to listen. Called on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = wakeup.subscribe(self.topic, self._hear)

    def stop(self) -> None:
        """Stop listening."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _hear(self, payload: bytes) -> None:
        """On the wake-up's thread: hand over to the event loop."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, payload)

    def _take(self, payload: bytes) -> None:
        self.office.spawn(self.heard(payload))

    async def heard(self, payload: bytes) -> None:
        """Act on a message."""
        raise NotImplementedError
