from __future__ import annotations

import hashlib
import io
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from ventanilla.config.bridge import Bridge
from ventanilla.config.tests import pages
from ventanilla.realtime.proxies import find_caller
from ventanilla.realtime.tests.serving import serving

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024


@pytest.fixture
def server(settings) -> Iterator[httpx.Client]:
    settings.ROOT_URLCONF = "ventanilla.config.tests.pages"
    settings.ALLOWED_HOSTS = ["*"]
    settings.TRUSTED_PROXIES = ("127.0.0.1",)
    pages.produced.clear()
    pages.closed.clear()
    bridge = Bridge(WSGIHandler(), threads=4, max_body_bytes=40 * MEGABYTE, body_pause_seconds=1)
    with (
        serving(bridge) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client,
    ):
        yield client
    bridge.close()


def speak(server: httpx.Client, text: bytes) -> socket.socket:
    """Say something to the server that no well-bred client would."""
    connection = socket.create_connection(("127.0.0.1", server.base_url.port), timeout=10)
    connection.sendall(text)
    return connection


def test_path_query_method_and_body_arrive_unchanged(server):
    answer = server.post("/mirror/años%2Fnuevos%20ya?q=%C3%B1&b=1", content="¿Qué tal?".encode())

    said = answer.json()
    assert said["path"] == "/mirror/años/nuevos ya"
    assert said["query"] == "q=%C3%B1&b=1"
    assert said["method"] == "POST"
    assert said["body"] == "¿Qué tal?"


@pytest.mark.parametrize("name", ["api_access_token", "Api-Access-Token", "API_ACCESS_TOKEN"])
def test_both_spellings_of_the_access_token_header_are_heard(server, name):
    assert server.get("/mirror", headers={name: "secret"}).json()["token"] == "secret"


def test_of_two_spellings_the_first_counts(server):
    headers = [("api_access_token", "one"), ("Api-Access-Token", "two")]

    assert server.get("/mirror", headers=headers).json()["token"] == "one"


def test_other_names_with_underscores_are_dropped_because_they_could_pose_as_real_ones(server):
    assert server.get("/mirror", headers={"x_forwarded_for": "6.6.6.6"}).json()["forwarded"] is None


def test_the_caller_behind_a_trusted_proxy_is_the_one_it_names(server):
    headers = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7", "X-Forwarded-Proto": "https"}

    said = server.get("/mirror", headers=headers).json()

    assert (said["address"], said["scheme"]) == ("203.0.113.7", "https")


@pytest.mark.feature("Z-29")
@pytest.mark.parametrize(
    ("hops", "address"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("203.0.113.7:4712, 127.0.0.1:80", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("203.0.113.7, [::ffff:127.0.0.1]:80", "203.0.113.7"),
        ("2001:DB8:0::7", "2001:db8::7"),
    ],
)
def test_a_caller_is_the_same_by_whatever_port_and_spelling_a_proxy_names_it(server, hops, address):
    assert server.get("/mirror", headers={"X-Forwarded-For": hops}).json()["address"] == address


@pytest.mark.parametrize("peer", ["::ffff:127.0.0.1", "127.0.0.1"])
def test_a_proxy_is_trusted_by_whichever_family_it_came_in(settings, peer):
    settings.TRUSTED_PROXIES = ("127.0.0.1",)
    headers = [(b"x-forwarded-for", b"203.0.113.7")]

    assert find_caller(peer=peer, scheme="http", headers=headers).address == "203.0.113.7"


def test_a_stranger_cannot_choose_its_address(server, settings):
    settings.TRUSTED_PROXIES = ("10.0.0.0/8",)

    said = server.get("/mirror", headers={"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https"}).json()

    assert (said["address"], said["scheme"]) == ("127.0.0.1", "http")


def test_cookies_sent_in_several_headers_are_all_heard(server):
    headers = [("Cookie", "a=1"), ("Cookie", "b=2")]

    assert server.get("/mirror", headers=headers).json()["cookies"] == {"a": "1", "b": "2"}


def test_a_body_in_chunks_of_unknown_length_arrives_whole(server):
    answer = server.post("/mirror", content=(piece for piece in [b"one ", b"two ", b"three"]))

    assert answer.json()["body"] == "one two three"
    assert answer.json()["length"] == "13"


def test_a_head_request_gets_the_headers_of_the_page_and_no_body(server):
    get, head = server.get("/mirror"), server.head("/mirror")

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]
    assert int(head.headers["content-length"]) > 0


def test_a_plain_answer_says_how_long_it_is(server):
    answer = server.get("/mirror")

    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "transfer-encoding" not in answer.headers


def test_a_head_request_for_a_file_sends_none_of_it(server):
    answer = server.head("/document")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/pdf"


class Generated(io.RawIOBase):
    """A file of so many megabytes that exists nowhere."""

    def __init__(self, megabytes: int) -> None:
        self.left = megabytes * MEGABYTE

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, size if size >= 0 else self.left)
        self.left -= size
        return b"v" * size


def test_an_upload_of_30_megabytes_does_not_live_in_memory(server):
    server.get("/mirror")
    tracemalloc.start()
    try:
        answer = server.post("/upload", files={"file": ("big.bin", Generated(30))})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.text == hashlib.sha256(b"v" * 30 * MEGABYTE).hexdigest()
    assert peak < 8 * MEGABYTE


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(server):
    with speak(
        server, b"POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n"
    ) as connection:
        assert connection.recv(4_096).startswith(b"HTTP/1.1 413")


def test_a_body_that_turns_out_too_large_is_refused(server):
    def pieces() -> Iterator[bytes]:
        for _ in range(41):
            yield b"x" * MEGABYTE

    try:
        answer = server.post("/mirror", content=pieces())
    except httpx.TransportError:
        return  # it closed the connection while we were still talking
    assert answer.status_code == 413


def test_slow_senders_hold_no_thread(server):
    head = b"POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
    slow = [speak(server, head) for _ in range(12)]

    assert server.get("/mirror").status_code == 200
    for connection in slow:
        connection.close()


def test_a_sender_who_falls_silent_is_given_up(server):
    with speak(
        server, b"POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
    ) as connection:
        assert connection.recv(4_096).startswith(b"HTTP/1.1 408")


def test_a_sender_who_leaves_halfway_does_no_harm(server):
    connection = speak(server, b"POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    connection.close()

    assert server.get("/mirror").status_code == 200


def test_a_stream_arrives_whole(server):
    assert server.get("/lines").text == "line 0\nline 1\nline 2\n"


def test_a_file_arrives_whole(server):
    assert server.get("/document").content == b"0123456789" * 524_288


def test_readers_who_stop_reading_hold_no_thread_and_no_memory(server):
    slow = [speak(server, b"GET /document HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(8)]
    time.sleep(0.3)

    assert server.get("/mirror").status_code == 200
    for connection in slow:
        connection.close()


def test_a_stream_ends_when_its_reader_leaves(server):
    connection = speak(server, b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.recv(65_536)
    time.sleep(0.2)
    so_far = len(pages.produced)
    connection.close()

    assert pages.closed.wait(5)
    assert so_far < 500  # it waited for the reader instead of filling memory
    assert len(pages.produced) < 1_000


def test_a_fault_in_a_view_is_an_answer_and_the_next_request_works(server):
    assert server.get("/breaks").status_code == 500
    assert server.get("/mirror").status_code == 200


def test_more_requests_than_threads_wait_their_turn(server):
    with ThreadPoolExecutor(12) as clients:
        answers = list(clients.map(lambda _: server.get("/slow").text, range(12)))

    assert answers == ["done"] * 12


def test_each_thread_keeps_its_database_connection_and_all_are_closed_at_the_end(settings):
    settings.ROOT_URLCONF = "ventanilla.config.tests.pages"
    bridge = Bridge(WSGIHandler(), threads=2)
    before = threading.active_count()
    with serving(bridge) as port, httpx.Client(trust_env=False) as client:
        seen = {client.get(f"http://127.0.0.1:{port}/database").text for _ in range(10)}
    bridge.close()

    threads = {line.split()[0] for line in seen}
    assert len(seen) == len(threads) <= 2
    assert threading.active_count() <= before


def test_the_json_of_a_refusal_can_be_read(server):
    with speak(
        server, b"POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n"
    ) as connection:
        body = connection.recv(4_096).partition(b"\r\n\r\n")[2]

    assert "error" in json.loads(body)
