"""A server that answers one letter at a time holds no one: the whole call has an end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ventanilla.kit import safe_http

SLOW_SECONDS = 0.2
LETTERS = 100  # 20 seconds altogether
BEGINNINGS = {
    "head": b"",
    "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "endless body": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
}


@pytest.fixture
def slow(request: pytest.FixtureRequest, loopback: None) -> Iterator[int]:
    """The port of a server that says the beginning at once and then a letter now and then."""
    door = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def answer() -> None:
        line, _peer = door.accept()
        with line:
            line.recv(65536)
            line.sendall(BEGINNINGS[request.param])
            for _number in range(LETTERS):
                if is_over.wait(SLOW_SECONDS):
                    return
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=answer)
    thread.start()
    yield door.getsockname()[1]
    is_over.set()
    thread.join()
    door.close()


@pytest.mark.parametrize("slow", BEGINNINGS, indirect=True)
def test_a_call_ends_in_its_time(slow: int) -> None:
    began = time.monotonic()

    with pytest.raises(safe_http.FetchFailed):
        safe_http.fetch("GET", f"http://127.0.0.1:{slow}/", timeout_seconds=1.0)

    assert time.monotonic() - began < 5
