"""The web process: sockets are kept here, every other path goes over the bridge to Django."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.routing import WebSocketRoute  # noqa: E402
from starlette.types import Receive, Scope, Send  # noqa: E402

from ventanilla.config.bridge import Bridge  # noqa: E402
from ventanilla.kit import statements  # noqa: E402
from ventanilla.realtime.cable import cable  # noqa: E402
from ventanilla.realtime.hub import hub  # noqa: E402
from ventanilla.realtime.live import live  # noqa: E402

statements.be_brisk()
bridge = Bridge(WSGIHandler())


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Follow the log while the process serves; at the end say goodbye to sockets and let requests finish."""
    await hub.start()
    # What starting made stays for good: the garbage collector need not walk it at each round.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        await hub.stop()
        bridge.close()


sockets = Starlette(
    routes=[WebSocketRoute("/cable", cable), WebSocketRoute("/live", live)],
    lifespan=lifespan,
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Requests take the short way to the bridge; sockets and the process's life are Starlette's."""
    if scope["type"] == "http":
        await bridge(scope, receive, send)
    else:
        await sockets(scope, receive, send)
