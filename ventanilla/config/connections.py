"""Connections of strangers: how long one may stay without saying anything, and how many one address may hold.

uvicorn waits for ever for the first header and for its end. Here a connection has seconds for each whole header, a header
has a size, and an address has a number of connections, sockets included. A proxy of ours stands for everyone behind it and
is not counted. What a body may take is the bridge's affair: an upload over a bad line may be slow, but not silent.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from typing import Any

import structlog
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from ventanilla.api.errors import refusal_reply
from ventanilla.config.open_files import most_open_files
from ventanilla.kit import limit_values
from ventanilla.kit.callers import network_of
from ventanilla.kit.errors import TooLarge
from ventanilla.kit.faults import OncePerMinute
from ventanilla.realtime.proxies import is_trusted

log = structlog.get_logger("web")

HEADER_SECONDS = 10.0
MAX_HEADER_BYTES = 64 * 1024
_UNREAD_MILLISECONDS = (
    120_000  # a receiver that takes nothing for so long has gone, or wants us to think it is there
)
_SHARE = 4  # of all the files we may open one in so many is for one address at most
_once = OncePerMinute()


class Places:
    """How many connections each address holds. Only the event loop touches it."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def take(self, address: str) -> str | None:
        """A place for one more, to be given back; None when the address has its fill, "" where no one counts."""
        if not address or is_trusted(address, settings.TRUSTED_PROXIES):
            return ""
        network = network_of(address)
        most = limit_values.of("MAX_CONNECTIONS_PER_ADDRESS")
        if most and self._held[network] >= min(most, max(16, most_open_files() // _SHARE)):
            quiet = _once.count("connections")
            if quiet is not None:
                limit_values.met("max_connections_per_address", kind="address", who=network)
                log.warning("web.too_many_connections", address=network, quiet=quiet)
            return None
        self._held[network] += 1
        return network

    def give_back(self, place: str | None) -> None:
        """The connection is over."""
        if place:
            self._held[place] -= 1
            if self._held[place] <= 0:
                del self._held[place]

    def held_by(self, address: str) -> int:
        """How many it holds now."""
        return self._held.get(network_of(address), 0)


places = Places()


def _address_of(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


class HttpConnection(HttpToolsProtocol):
    """uvicorn's, with bounds on what comes before a request is known."""

    _place: str | None = ""
    _timer: asyncio.TimerHandle | None = None
    _in_header = True
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._place = places.take(_address_of(transport))
        if self._place is None:
            transport.abort()
            return
        _give_up_on_silent_readers(transport)
        self._timer = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        places.give_back(self._place)
        self._place = ""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_header:
            return
        # The header did not come whole: it has its seconds, however slowly it trickles on.
        self._header_bytes += len(data)
        if self._header_bytes > MAX_HEADER_BYTES:
            self._refuse_header()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def on_message_begin(self) -> None:
        self._in_header = True
        self._header_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_header = False
        self._stop_timer()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        self._stop_timer()
        places.give_back(self._place)  # the socket takes one of its own
        self._place = ""
        super().handle_websocket_upgrade()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse_header(self) -> None:
        content = refusal_reply(TooLarge()).content
        head = (
            "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n"
            f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()


class SocketConnection(WebSocketsSansIOProtocol):
    """uvicorn's, counted."""

    _place: str | None = ""

    def connection_made(self, transport: Any) -> None:
        self._place = places.take(_address_of(transport))
        super().connection_made(transport)
        if self._place is None:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        places.give_back(self._place)
        self._place = ""
        super().connection_lost(exc)


def _give_up_on_silent_readers(transport: asyncio.BaseTransport) -> None:
    """Let the system end a connection whose other side takes nothing of what we sent."""
    peer = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux
    if peer is not None and option is not None and peer.family in (socket.AF_INET, socket.AF_INET6):
        peer.setsockopt(socket.IPPROTO_TCP, option, _UNREAD_MILLISECONDS)
