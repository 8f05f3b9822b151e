"""Rate limits and outgoing calls."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit import rate_limits, safe_http
from ventanilla.kit.errors import Throttled
from ventanilla.kit.redis_counter import RedisCounter


@pytest.fixture
def limits_on(tmp_path: Any) -> Iterator[None]:
    with override_settings(
        DATA=tmp_path, RATE_LIMITS_ENABLED=True, RATE_LIMITS={"door": "3/1h", "short": "1/1s"}
    ):
        yield


def test_the_fourth_of_three_is_refused_and_others_are_not(limits_on: None) -> None:
    for _ in range(3):
        rate_limits.check("door", "1.2.3.4")
    with pytest.raises(Throttled) as refusal:
        rate_limits.check("door", "1.2.3.4")
    assert 0 < refusal.value.retry_after_seconds <= 3600
    rate_limits.check("door", "1.2.3.5")
    rate_limits.check("unknown", "1.2.3.4")


def test_all_of_a_64_share_a_limit_by_address_and_two_do_not() -> None:
    with override_settings(RATE_LIMITS_ENABLED=True, RATE_LIMITS={"door_per_ip": "3/1h"}):
        for number in range(3):
            rate_limits.check_flood("door_per_ip", f"2001:db8:7:7::{number}")
        with pytest.raises(Throttled):
            rate_limits.check_flood("door_per_ip", "2001:db8:7:7:ffff::1")
        rate_limits.check_flood("door_per_ip", "2001:db8:7:8::1")


def test_what_is_given_back_may_be_used_again(limits_on: None) -> None:
    for _ in range(10):
        rate_limits.check("door", "x")
        rate_limits.give_back("door", "x")
    for _ in range(3):
        rate_limits.check("door", "x")
    with pytest.raises(Throttled):
        rate_limits.check("door", "x")


def test_a_crossing_is_tallied_once_for_each_caller_and_window_and_said_once(limits_on: None) -> None:
    rate_limits._said_at.clear()
    with structlog.testing.capture_logs() as lines:
        for caller in ("one", "two"):
            for _ in range(6):
                with contextlib.suppress(Throttled):
                    rate_limits.check("door", caller)
    assert rate_limits.crossings() == {"door": 2}
    assert [line["event"] for line in lines] == ["limits.crossed"]


def test_what_is_remembered_is_known_until_its_time_and_of_nobody_else(limits_on: None) -> None:
    rate_limits.remember("came_in", "ana", "203.0.113.7", for_seconds=60)
    assert rate_limits.is_remembered("came_in", "ana", "203.0.113.7")
    assert not rate_limits.is_remembered("came_in", "ana", "203.0.113.8")
    rate_limits.remember("came_in", "bruno", "x", for_seconds=-5)
    assert not rate_limits.is_remembered("came_in", "bruno", "x")


@pytest.mark.parametrize("url", ["", "redis://127.0.0.1:1/0"])
def test_where_nothing_can_be_shared_each_process_counts_for_itself(url: str, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("not a folder")
    rules = {"closed": "2/1h"}
    with override_settings(
        DATA=tmp_path / "file", REDIS_URL=url, RATE_LIMITS_ENABLED=True, RATE_LIMITS=rules
    ):
        caller = f"caller of {url!r}"
        for _ in range(2):
            rate_limits.check("closed", caller)
        with pytest.raises(Throttled):
            rate_limits.check("closed", caller)
        assert rate_limits.tallies("crossed")["closed"] >= 1


def test_the_next_window_starts_anew(limits_on: None) -> None:
    rate_limits.check("short", "x")
    time.sleep(1.05)
    rate_limits.check("short", "x")


def test_switched_off_nothing_is_counted() -> None:
    with override_settings(RATE_LIMITS_ENABLED=False, RATE_LIMITS={"door": "0/1h"}):
        rate_limits.check("door", "x")


def test_the_flood_guard_counts_in_this_process(limits_on: None) -> None:
    for _ in range(3):
        rate_limits.check_flood("door", "flood")
    with pytest.raises(Throttled):
        rate_limits.check_flood("door", "flood")


def _count(path: str, times: int) -> None:
    from pathlib import Path

    counter = rate_limits._FileCounter(Path(path))
    for _ in range(times):
        counter.add("shared", window_ends=int(time.time()) + 3600)


def test_processes_count_together(tmp_path: Any) -> None:
    path = tmp_path / "limits.sqlite3"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count, args=(str(path), 50)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert rate_limits._FileCounter(path).add("shared", window_ends=int(time.time()) + 3600) == 151


def test_redis_counts_the_same_way() -> None:
    url = "redis://127.0.0.1:6379/15"
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=0.5).close()
    except OSError:
        pytest.skip("no Redis on this machine")
    key = f"test:{time.time_ns()}"
    counter = RedisCounter(url)
    ends = int(time.time()) + 5
    assert [counter.add(key, window_ends=ends) for _ in range(3)] == [1, 2, 3]
    assert counter.add(key, window_ends=ends, amount=-1) == 2
    assert counter.has(key)
    assert not counter.has(f"{key}-other")
    for field in ("a", "a", "b*"):
        counter.tally(key, field, ends=ends)
    assert counter.tallies(key) == {"a": 2, "b*": 1}


@pytest.mark.parametrize("wrong", ["", "5", "5/", "five/5m", "5/5y", "-1/5m"])
def test_a_wrong_figure_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError):
        rate_limits.parse(wrong)


def test_every_figure_of_the_settings_can_be_read() -> None:
    assert len(django_settings.RATE_LIMITS) > 20
    for rule in django_settings.RATE_LIMITS.values():
        assert rate_limits.parse(rule)


PRIVATE = """127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
0.0.0.0 255.255.255.255 224.0.0.1 198.18.0.1 192.0.0.192 192.0.2.1 168.63.129.16 240.0.0.1
:: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::10.0.0.1
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001::1 2001:db8::1 fec0::1 100::1""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_in_every_disguise(address: str) -> None:
    assert not safe_http.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert safe_http.is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_in_ipv6_never_opens_it(address: ipaddress.IPv4Address) -> None:
    if not safe_http.is_public(address):
        number = int(address)
        assert not safe_http.is_public(ipaddress.IPv6Address(f"::ffff:{address}"))
        assert not safe_http.is_public(ipaddress.IPv6Address((0x64FF9B << 96) | number))
        assert not safe_http.is_public(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)))


class _Server(BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        if self.path == "/go":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
            return
        if self.path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
            return
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
            return
        body = {"/large": b"x" * 5000, "/bomb": gzip.compress(b"\0" * 1_000_000)}.get(self.path, b"hola")
        self.send_response(200)
        if self.path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path == "/slow":
            for _ in range(20):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
            return
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"localhost:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://0:{port}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "not an address",
    ],
)
def test_the_inside_cannot_be_reached_by_any_spelling(server: str, url: str) -> None:
    _Server.hosts.clear()
    with (
        override_settings(ALLOW_PRIVATE_ADDRESSES=False),
        pytest.raises((safe_http.AddressRefused, safe_http.FetchFailed)),
    ):
        safe_http.fetch("GET", url.format(port=server.split(":")[1]))
    assert _Server.hosts == []


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: answers)
    with override_settings(ALLOW_PRIVATE_ADDRESSES=False), pytest.raises(safe_http.AddressRefused):
        safe_http.resolve("mixed.example", 80)


def test_allowed_calls_keep_the_name_in_host(server: str) -> None:
    _Server.hosts.clear()
    with override_settings(ALLOW_PRIVATE_ADDRESSES=True):
        answer = safe_http.fetch("GET", f"http://{server}/")
    assert (answer.status, answer.content, answer.is_success) == (200, b"hola", True)
    assert _Server.hosts == [server]


def test_a_redirect_to_a_private_address_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = safe_http.is_public
    # Only the first hop is let through, as if its name had a public address.
    monkeypatch.setattr(safe_http, "is_public", lambda address: address.is_loopback or real(address))
    with override_settings(ALLOW_PRIVATE_ADDRESSES=False):
        assert safe_http.fetch("GET", f"http://{server}/").status == 200
        for path in ("/go", "/file", "/loop"):
            with pytest.raises((safe_http.AddressRefused, safe_http.FetchFailed)):
                safe_http.fetch("GET", f"http://{server}{path}")


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_an_answer_that_is_too_large_is_given_up(server: str, path: str) -> None:
    with override_settings(ALLOW_PRIVATE_ADDRESSES=True), pytest.raises(safe_http.FetchFailed):
        safe_http.fetch("GET", f"http://{server}{path}", max_bytes=1000)


def test_an_answer_that_drips_is_given_up(server: str) -> None:
    began = time.monotonic()
    with override_settings(ALLOW_PRIVATE_ADDRESSES=True), pytest.raises(safe_http.FetchFailed):
        safe_http.fetch("GET", f"http://{server}/slow", timeout_seconds=0.5)
    assert time.monotonic() - began < 1.5
