"""A real name server on loopback, which answers from a zone that the test writes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

Zone = dict[tuple[str, str], list[str]]


class NameServer(socketserver.ThreadingUDPServer):
    """Answers from `zone`: (name, kind) -> records as text. A name that is not there does not exist."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answerer)
        self.zone: Zone = {}
        self.asked: list[tuple[str, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """host:port, as VENTANILLA_NAME_SERVERS wants it."""
        return f"127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        """Fall silent."""
        self.shutdown()
        self.server_close()


class _Answerer(socketserver.BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        packet, line = self.request
        question = dns.message.from_wire(packet)
        asked = question.question[0]
        name, kind = str(asked.name).rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)
        self.server.asked.append((name, kind))
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        values = self.server.zone.get((name, kind))
        if values:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif not any(known == name for known, _kind in self.server.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        line.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def name_server(settings: Any) -> Iterator[NameServer]:
    """The name server that the product asks."""
    running = NameServer()
    settings.NAME_SERVERS = (running.address,)
    yield running
    running.close()


@pytest.fixture
def zone(name_server: NameServer) -> Zone:
    """What it knows; empty at first."""
    return name_server.zone
