"""uvicorn, with one thing more: when it stops, sockets are told to come back before they are closed."""

from __future__ import annotations

import socket

import uvicorn

from ventanilla.realtime.hub import hub


class Server(uvicorn.Server):
    """Serves `config.asgi.application`."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn closes every socket first and ends the application afterwards: too late for a goodbye."""
        hub.say_goodbye()
        await super().shutdown(sockets)
