"""Sockets come in only under a name of ours, as pages do (web.middleware.known_hosts)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from ventanilla.accounts.installation import answers_to
from ventanilla.kit.hosts import host_name
from ventanilla.realtime.threads import ThreadPool

log = structlog.get_logger("realtime")

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


async def is_turned_away(scope: MutableMapping[str, Any], send: Send, pool: ThreadPool) -> bool:
    """Answer 421, or 400 for what is no host at all, instead of opening the socket; whether that was done."""
    named = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    host = host_name(named)
    if host is not None and await pool.run(answers_to, host):
        return False
    log.info("host.refused", host=named[:100])
    await turn_away(scope, send, status=400 if host is None else 421)
    return True


async def turn_away(scope: MutableMapping[str, Any], send: Send, *, status: int) -> None:
    """Answer with that status instead of opening the socket."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 4421})  # before accepting: the client sees 403
