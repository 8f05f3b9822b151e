"""Waking the readers of the log in every process, and short-lived messages between processes.

Three ways, chosen by what the installation has: Redis pub/sub when a Redis address is set, LISTEN/NOTIFY on
PostgreSQL, and on SQLite one datagram socket per process in a folder beside the database. A wake-up carries
nothing: it says "look". It may be lost (a process can die between commit and wake-up), so waiters also look
by themselves once a second.

Ephemeral messages (typing, presence, who is viewing) take the same road, never touch the log and may be lost
as well.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Collection

import structlog
from django.conf import settings
from django.db import connection, transaction

from ventanilla.events import transports
from ventanilla.events.transports import LOG_CHANNEL as LOG_CHANNEL

log = structlog.get_logger("events")

SAFETY_POLL_SECONDS = 1.0
MAX_EPHEMERAL_BYTES = (
    7_000  # PostgreSQL refuses notifications of 8,000 bytes and more; the envelope needs the rest
)

Listener = Callable[[bytes], None]


class _Switchboard:
    """This process's end of the wake-up channel: its transport, its waiters and its subscribers."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.lock = threading.Lock()
        self.waiters: set[Waiter] = set()
        self.subscribers: dict[str, list[Listener]] = {}
        self.transport: transports.Transport | None = None
        self.listening = False

    def get_transport(self) -> transports.Transport:
        with self.lock:
            if self.transport is None:
                self.transport = transports.choose(
                    redis_url=str(getattr(settings, "REDIS_URL", "") or ""),
                    database=connection.settings_dict,
                    vendor=connection.vendor,
                )
            return self.transport

    def listen(self) -> None:
        """Start receiving, once."""
        transport = self.get_transport()
        with self.lock:
            if not self.listening:
                transport.start(on_wake=self.wake, on_message=self.deliver)
                self.listening = True

    def rest(self) -> None:
        """Stop receiving when no one waits or subscribes any more."""
        with self.lock:
            if self.listening and not self.waiters and not any(self.subscribers.values()):
                self.listening = False
                if self.transport is not None:
                    self.transport.stop()

    def wake(self) -> None:
        for waiter in tuple(self.waiters):
            waiter.set()

    def deliver(self, topic: str, payload: bytes) -> None:
        for listener in tuple(self.subscribers.get(topic, ())):
            try:
                listener(payload)
            except Exception:
                log.exception("ephemeral.listener_failed", topic=topic)


_switchboard = _Switchboard()


def _here() -> _Switchboard:
    """The switchboard of this process; a forked child gets its own."""
    global _switchboard
    if _switchboard.pid != os.getpid():
        _switchboard = _Switchboard()
    return _switchboard


def notify() -> None:
    """Wake every reader of the log, in this process and the others. Call it after the commit."""
    board = _here()
    board.wake()
    board.get_transport().wake()


_BELL = "bell:"


def ring(bell: str) -> None:
    """Wake who waits for this bell, in every process, once the caller's transaction has committed.

    For work that lies in a table of its own: whoever empties it need not look at every commit (see `rung_by`).
    """
    if any(getattr(entry[1], "bell", None) == bell for entry in connection.run_on_commit):
        return

    def ring_now() -> None:
        publish_ephemeral(_BELL + bell, b"")

    ring_now.bell = bell  # type: ignore[attr-defined]
    transaction.on_commit(ring_now)


def rung_by(
    *bells: str, every_seconds: float = SAFETY_POLL_SECONDS
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Mark a tray function: it is called when one of these bells rings, and by itself every so often, for due times pass
    without a bell; not at every commit."""

    def mark(tray: Callable[[], int]) -> Callable[[], int]:
        tray.bells, tray.every_seconds = bells, every_seconds  # type: ignore[attr-defined]
        return tray

    return mark


class Waiter:
    """Something that sleeps until the log may have grown, or with `bells` until one of these is rung. Close it when done."""

    def __init__(self, *, bells: Collection[str] | None = None) -> None:
        self._event = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._async_event: asyncio.Event | None = None
        self._stops = [subscribe(_BELL + bell, lambda _payload: self.set()) for bell in bells or ()]
        board = _here()
        if bells is None:
            board.waiters.add(self)
        board.listen()

    def set(self) -> None:
        """Wake this waiter. Safe from any thread."""
        if self._event.is_set():
            return  # woken already, and has not looked yet
        self._event.set()
        loop, event = self._loop, self._async_event
        if loop is not None and event is not None and not loop.is_closed():
            loop.call_soon_threadsafe(event.set)

    def wait(self, timeout: float = SAFETY_POLL_SECONDS) -> bool:
        """Sleep until woken or `timeout` seconds passed; True when woken."""
        woken = self._event.wait(timeout)
        self._event.clear()
        return woken

    async def wait_async(self, timeout: float = SAFETY_POLL_SECONDS) -> bool:
        """The same for an event loop. One loop per waiter."""
        if self._async_event is None:
            self._loop = asyncio.get_running_loop()
            self._async_event = asyncio.Event()
            if self._event.is_set():
                self._async_event.set()
        try:
            async with asyncio.timeout(timeout):
                await self._async_event.wait()
        except TimeoutError:
            return False
        finally:
            # In this order: a wake-up in between is told twice rather than not at all.
            self._async_event.clear()
            self._event.clear()
        return True

    def close(self) -> None:
        """Stop being woken."""
        for stop in self._stops:
            stop()
        board = _here()
        board.waiters.discard(self)
        board.rest()

    def __enter__(self) -> Waiter:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def publish_ephemeral(topic: str, payload: bytes) -> None:
    """Send a short-lived UTF-8 message to every subscriber of `topic` in every process, this one included.

    At most MAX_EPHEMERAL_BYTES; raises ValueError beyond. Delivery is best effort and in no promised order.
    """
    if len(payload) > MAX_EPHEMERAL_BYTES:
        raise ValueError(
            f"an ephemeral message may have {MAX_EPHEMERAL_BYTES} bytes, this one has {len(payload)}"
        )
    board = _here()
    board.deliver(topic, payload)
    board.get_transport().publish(topic, payload)


def subscribe(topic: str, listener: Listener) -> Callable[[], None]:
    """Call `listener` with each message of `topic`, on the receiving thread: be quick. Returns how to
    stop."""
    board = _here()
    board.subscribers.setdefault(topic, []).append(listener)
    board.listen()

    def stop() -> None:
        if listener in board.subscribers.get(topic, []):
            board.subscribers[topic].remove(listener)
        board.rest()

    return stop
