"""uvicorn, with one thing more: when it stops, sockets are told to reconnect before they are closed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from ventanilla.kit.faults import fault_of, note_fault
from ventanilla.realtime.hub import hub


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    fault = fault_of(error)
    if fault is not None and error is not None:  # no more files to open, above all
        note_fault(fault, error, where="connections")
    else:
        loop.default_exception_handler(context)


class Server(uvicorn.Server):
    """Serves `config.asgi.application`. `came_round` is called by the loop, about ten times a second."""

    def __init__(self, config: uvicorn.Config, *, came_round: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._came_round = came_round

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's own, with a loop that says once a minute what it would say for each connection."""
        asyncio.get_running_loop().set_exception_handler(_note)
        await super().startup(sockets)

    async def on_tick(self, counter: int) -> bool:
        """uvicorn's own look at whether it shall stop."""
        self._came_round()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn closes every socket first and ends the application afterwards: too late for a goodbye."""
        hub.say_goodbye()
        await super().shutdown(sockets)
