"""A stranger who says nothing, little by little or too much is let go, and holds only so many connections."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import websockets.sync.client as client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from ventanilla.config import connections, open_files
from ventanilla.config.connections import HttpConnection, Places, SocketConnection, places
from ventanilla.kit.callers import network_of
from ventanilla.realtime.tests.serving import serving

pytestmark = pytest.mark.feature("Z-29")


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.receive_text()


APPLICATION = Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), WebSocketRoute("/socket", talk)])


@pytest.fixture
def port(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    settings.TRUSTED_PROXIES = ()
    settings.MAX_CONNECTIONS_PER_ADDRESS = 20
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.5)
    with serving(APPLICATION, loop="uvloop", http=HttpConnection) as found:
        yield found


@contextmanager
def speaking(port: int, text: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text)
        yield connection


def ends_within(connection: socket.socket, seconds: float) -> bool:
    connection.settimeout(seconds)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("text", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: "])
def test_a_header_that_does_not_come_whole_ends_the_connection(port: int, text: bytes) -> None:
    with speaking(port, text) as connection:
        assert ends_within(connection, 5)


def test_a_header_that_trickles_has_no_more_time(port: int) -> None:
    with speaking(port, b"GET / HTTP/1.1\r\n") as connection:
        began, is_over = time.monotonic(), False
        while not is_over and time.monotonic() - began < 5:
            try:
                connection.sendall(b"X: 1\r\n")
            except OSError:
                is_over = True
            time.sleep(0.05)
        assert is_over


def test_the_next_request_of_a_connection_has_the_same_seconds(port: int) -> None:
    with speaking(port, GET) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        time.sleep(1)  # between requests it may be quiet for longer
        connection.sendall(GET)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET / HT")
        assert ends_within(connection, 5)


def test_a_header_without_end_is_refused(port: int) -> None:
    with speaking(port, b"GET / HTTP/1.1\r\nHost: x\r\n") as connection:
        try:
            for _ in range(3_000):
                connection.sendall(b"X-Long: " + b"x" * 90 + b"\r\n")
            said = connection.recv(4096)
        except ConnectionError:
            return
        assert said.startswith(b"HTTP/1.1 431")


def test_a_body_may_come_slowly(port: int) -> None:
    with speaking(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n") as connection:
        for _ in range(8):
            time.sleep(0.2)
            connection.sendall(b"x")
        said = connection.recv(4096)
        assert said.startswith(b"HTTP/1.1 200")
        assert said.endswith(b"8")


def test_an_address_holds_so_many_connections_and_gives_them_back(port: int) -> None:
    with ExitStack() as held:
        mine = [held.enter_context(speaking(port, GET)) for _ in range(20)]
        for connection in mine:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        with speaking(port, GET) as one_more:
            assert ends_within(one_more, 5)
    end = time.monotonic() + 5
    while places.held_by("127.0.0.1") and time.monotonic() < end:
        time.sleep(0.02)
    assert places.held_by("127.0.0.1") == 0
    with speaking(port, GET) as again:
        assert again.recv(4096).startswith(b"HTTP/1.1 200")


def test_sockets_count_once_and_outlive_the_time_for_a_header(settings: Any, monkeypatch: Any) -> None:
    settings.TRUSTED_PROXIES = ()
    settings.MAX_CONNECTIONS_PER_ADDRESS = 3
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    with serving(APPLICATION, loop="uvloop", http=HttpConnection, socket_class=SocketConnection) as port:
        url = f"ws://127.0.0.1:{port}/socket"
        with client.connect(url) as one, client.connect(url) as two, client.connect(url) as three:
            for each in (one, two, three):
                assert each.recv() == "hello"
            assert places.held_by("127.0.0.1") == 3
            with speaking(port, GET) as fourth:
                assert ends_within(fourth, 5)
            time.sleep(0.6)
            one.send("still here")
        end = time.monotonic() + 5
        while places.held_by("127.0.0.1") and time.monotonic() < end:
            time.sleep(0.02)
        assert places.held_by("127.0.0.1") == 0


def test_a_proxy_of_ours_is_not_counted(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ("10.0.0.0/8",)
    settings.MAX_CONNECTIONS_PER_ADDRESS = 2
    counted = Places()
    assert [counted.take("10.1.2.3") for _ in range(5)] == [""] * 5
    assert [counted.take("203.0.113.7") for _ in range(3)] == ["203.0.113.7", "203.0.113.7", None]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("testclient", "testclient", True),
    ],
)
def test_a_network_of_64_bits_is_one_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_as_many_files_as_the_system_lets_us_have() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4096));"
        "from ventanilla.config import open_files as f; f.raise_limit(); print(f.most_open_files(), f.are_nearly_gone())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["4096", "False"]


def test_it_is_noticed_when_files_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(50)]
    try:
        monkeypatch.setattr(open_files, "most_open_files", lambda: 50)
        assert open_files.are_nearly_gone()
    finally:
        for number in held:
            os.close(number)
