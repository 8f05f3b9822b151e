"""Sending to one socket without ever waiting for it.

Nearly always a frame goes straight into the socket's buffer; then `post` is one synchronous call and costs no task.
Only when the receiver is slower than we are does a task take over, with a bounded backlog behind it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

MAX_BACKLOG_FRAMES = 1_000
MAX_BACKLOG_CHARS = 2_000_000
GOODBYE_SECONDS = 5.0  # how long a slow receiver may take to hear that it is too slow


class Outbox:
    """The frames on their way to one socket. `on_end` is called once when nothing can be sent any more."""

    __slots__ = ("_backlog", "_backlog_chars", "_drainer", "_on_end", "_send", "_too_slow_frame", "closed")

    def __init__(self, send: Send, *, on_end: Callable[[], None], too_slow_frame: str) -> None:
        self._send = send
        self._on_end = on_end
        self._too_slow_frame = too_slow_frame
        self._backlog: deque[str] = deque()
        self._backlog_chars = 0
        self._drainer: asyncio.Task[None] | None = None
        self.closed = False

    def post(self, text: str) -> None:
        """Send a text frame, now or as soon as the receiver has taken what came before. Never waits."""
        if self.closed:
            return
        if self._drainer is not None:
            self._queue(text)
            return
        step = self._send({"type": "websocket.send", "text": text}).__await__()
        try:
            waits_for = step.send(None)
        except StopIteration:
            return
        except Exception:  # whatever it is, this receiver is gone
            self._end()
            return
        self._drainer = asyncio.get_running_loop().create_task(self._drain(_Rest(step, waits_for)))

    def end(self, text: str) -> None:
        """Send a last frame and close the socket."""
        if not self.closed:
            self.post(text)
            self._end()

    @property
    def is_behind(self) -> bool:
        """Whether the receiver is slower than what is sent to it."""
        return self._drainer is not None

    def _queue(self, text: str) -> None:
        if len(self._backlog) >= MAX_BACKLOG_FRAMES or self._backlog_chars + len(text) > MAX_BACKLOG_CHARS:
            # It comes back and resumes from its last position, which is cheaper than keeping all this for it.
            self._backlog.clear()
            self._backlog.append(self._too_slow_frame)
            self._end()
            return
        self._backlog.append(text)
        self._backlog_chars += len(text)

    def _end(self) -> None:
        if not self.closed:
            self.closed = True
            self._on_end()

    async def _drain(self, rest: _Rest) -> None:
        try:
            await rest
            while self._backlog:
                text = self._backlog.popleft()
                self._backlog_chars -= len(text)
                await self._send({"type": "websocket.send", "text": text})
        except Exception:
            self._end()
        finally:
            self._drainer = None

    async def finish(self) -> None:
        """After the end: give the last frames a moment to leave."""
        if self._drainer is not None:
            await asyncio.wait({self._drainer}, timeout=GOODBYE_SECONDS)
        if self._drainer is not None:
            self._drainer.cancel()


class _Rest:
    """The rest of a coroutine that was stepped by hand until it had to wait, for a task to continue with."""

    __slots__ = ("_step", "_waits_for")

    def __init__(self, step: Generator[Any, Any, None], waits_for: Any) -> None:
        self._step = step
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:
                try:
                    waits_for = self._step.throw(error)
                except StopIteration:
                    return
                continue
            try:
                waits_for = self._step.send(value)
            except StopIteration:
                return
