"""`ventanilla web`: one web process."""

from __future__ import annotations

import argparse
import socket

import uvicorn

from ventanilla.config import heart, open_files
from ventanilla.config.asgi import application
from ventanilla.config.cli.children import follow
from ventanilla.config.connections import HttpConnection, SocketConnection
from ventanilla.config.server import Server
from ventanilla.kit import memory

GRACE_SECONDS = 10
LOOP_SECONDS = 10.0  # the event loop comes round ten times a second


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM; requests in hand are finished first."""
    memory.keep_small_pools()
    follow(arguments.lifeline)
    open_files.raise_limit()
    config = uvicorn.Config(
        application,
        host=arguments.host,
        port=arguments.port,
        loop="uvloop",
        http=HttpConnection,
        ws=SocketConnection,
        ws_per_message_deflate=False,  # costs more than it saves on small frames: memory per socket and time per frame
        ws_max_size=128 * 1024,  # clients only say small things
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the bridge looks at them itself (realtime.proxies)
        server_header=False,
        timeout_keep_alive=65,  # longer than the usual proxy's, so that the proxy never meets a closing connection
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    lent = [socket.socket(fileno=arguments.fd)] if arguments.fd is not None else None
    loop = heart.Pulse("loop", at_most=LOOP_SECONDS)
    server = Server(config, came_round=loop)
    beating = heart.begin("web", pulses=[loop], pipe=arguments.pulse)
    server.run(sockets=lent)
    beating.stop()
    return 0
