"""Sockets come in only under a name of this installation."""

from __future__ import annotations

import socket

import pytest

from ventanilla.accounts import installation
from ventanilla.accounts.commands.installation import set_address
from ventanilla.realtime.tests.conftest import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("Z-28")]


@pytest.fixture
def kept(port, settings):
    """An installation with an address of the first run, and nothing in the environment."""
    settings.BASE_URL, settings.EXTRA_HOSTS = "", ()
    set_address("https://help.example.com", by=None)
    yield port
    installation.forget()


def knock(port: int, path: str, host: str, **headers: str) -> int:
    """The status that a socket under that name is answered with; 101 is open. By hand: a client would fix the Host."""
    named = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.recv(1024).split()[1])


@pytest.mark.parametrize("path", ["/cable", "/live"])
def test_a_socket_under_another_name_is_refused(kept, ana, path):
    cookie = {"Cookie": f"ventanilla_session={sign_in(ana)}"}
    for host in ("evil.example", "help.example.com.evil.example", "10.0.0.5:8000"):
        assert knock(kept, path, host, Origin=f"http://{host}", **cookie) == 421
    assert knock(kept, path, "a b", **cookie) == 400
    for host in ("help.example.com", "HELP.example.com:8443", "localhost:1", "127.0.0.1"):
        assert knock(kept, path, host, Origin=f"http://{host}", **cookie) == 101
    assert knock(kept, path, "localhost", Origin="https://help.example.com", **cookie) == 101
