"""One socket from its first frame to its last, whichever protocol it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar

import structlog

from ventanilla.realtime.hub import Hub
from ventanilla.realtime.outbox import Outbox

log = structlog.get_logger("realtime")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# The last frames, in the words of the contract: the server stops; the other side does not read.
GOODBYE = '{"type":"disconnect","reason":"server_restart","reconnect":true}'
TOO_SLOW = '{"type":"disconnect","reason":"too_slow","reconnect":true}'


class Connection:
    """Serves until the other side leaves or our outbox ends it. A subclass says what it hears and what it leaves."""

    protocol: ClassVar[str]  # for the log

    def __init__(self, office: Hub, receive: Receive, send: Send) -> None:
        self.office = office
        self._receive, self._send = receive, send
        self._over = asyncio.Event()
        self.outbox = Outbox(send, on_end=self._over.set, too_slow_frame=TOO_SLOW)

    async def serve(self, subprotocol: str | None = None) -> None:
        """From the first frame to the last."""
        await self._send({"type": "websocket.accept", "subprotocol": subprotocol})
        self._begin()
        self.office.farewells.add(self._farewell)
        listening = asyncio.create_task(self._listen())
        over = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait({listening, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.office.farewells.discard(self._farewell)
            self._end()
            await self._close(listening, over)

    def _begin(self) -> None:
        """The socket is open."""

    def _end(self) -> None:
        """It is over: leave every seat."""

    async def _listen(self) -> None:
        """Hear what the other side says, until it leaves."""
        raise NotImplementedError

    async def _close(self, listening: asyncio.Task[None], over: asyncio.Task[bool]) -> None:
        gone = listening.done()
        if gone and not listening.cancelled() and (error := listening.exception()) is not None:
            log.error(f"{self.protocol}.failed", exc_info=error)
            gone = False
        listening.cancel()
        over.cancel()
        await self.outbox.finish()
        if not gone and not self.outbox.is_behind:
            try:
                await self._send({"type": "websocket.close", "code": 1000})
            except Exception:
                log.debug(f"{self.protocol}.closed_already")

    def _farewell(self) -> None:
        self.outbox.end(GOODBYE)
