"""A service that knows leaked passwords, after the documentation of Have I Been Pwned; it misbehaves when told to."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class FakeLeakService:
    """`known`: passwords and how often they were seen. `fault`: slow, trickle, 500, 429, html, cut, endless or nothing."""

    port: int = 0
    known: dict[str, int] = field(default_factory=dict)
    fault: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def range(self, prefix: str) -> str:
        """The endings of one prefix, among others' and padding; CRLF between lines, as the service writes them."""
        lines = [f"{number:035X}:{number + 1}" for number in range(300)]
        for password, count in self.known.items():
            digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
            if digest.startswith(prefix):
                lines.insert(7, f"{digest[5:]}:{count}")
        return "\r\n".join([*lines, *(f"{number:035X}:0" for number in range(900, 1000))])


class _Handler(BaseHTTPRequestHandler):
    service: FakeLeakService

    def do_GET(self) -> None:
        """A range, or what the fault says."""
        service = self.service
        service.asked.append((self.path, dict(self.headers.items())))
        if service.fault == "slow":
            time.sleep(4)
        if service.fault in {"500", "429"}:
            self._say(int(service.fault), b"")
        elif service.fault == "html":
            self._say(200, b"<html>Sign in to this wireless network</html>")
        elif service.fault == "cut":
            self._say(200, service.range(self.path[-5:]).encode()[:40], length=9999)
        elif service.fault in {"trickle", "endless"}:
            self._pour(service.fault)
        else:
            self._say(200, service.range(self.path[-5:]).encode())

    def _say(self, status: int, content: bytes, *, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def _pour(self, fault: str) -> None:
        """A line now and then, or very many: neither ends by itself."""
        self.send_response(200)
        self.end_headers()
        until = time.monotonic() + 6
        try:
            while time.monotonic() < until:
                self.wfile.write(b"0" * 35 + b":1\r\n" * (1 if fault == "trickle" else 20_000))
                if fault == "trickle":
                    time.sleep(0.3)
        except OSError:
            pass  # whoever asked has gone

    def log_message(self, *_arguments: Any) -> None:
        """Nothing."""


@contextmanager
def leak_service() -> Iterator[FakeLeakService]:
    """One that listens."""
    service = FakeLeakService()
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
