"""What doctor says of the installation's own address."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from ventanilla.accounts.commands.installation import set_address
from ventanilla.accounts.models import Account, Installation
from ventanilla.config.cli.reaching import look_at_address
from ventanilla.kit import own_mail_server
from ventanilla.kit.mail_server import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-28")]


@pytest.fixture(autouse=True)
def no_setting(settings: Any) -> None:
    settings.BASE_URL, settings.EMAIL_BACKEND = "", own_mail_server.BACKEND


@contextlib.contextmanager
def answering(body: str, *, status: int = 200, **headers: str) -> Iterator[str]:
    """A web server that says the same to everyone; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_before_the_first_run_there_is_nothing_to_say() -> None:
    assert look_at_address()[0] is None


def test_missing_is_wrong_and_a_proposal_is_named(acme: Account) -> None:
    assert look_at_address()[0] is False
    Installation.objects.create(proposed_base_url="http://evil.example")
    ok, said = look_at_address()
    assert (ok, "http://evil.example" in said) == (False, True)


@pytest.mark.parametrize(
    "wrong", ["help.example.com", "https://a b", "https://a.example/desk", "ftp://a.example"]
)
def test_a_setting_that_is_no_address_is_wrong(acme: Account, settings: Any, wrong: str) -> None:
    settings.BASE_URL = wrong
    ok, said = look_at_address()
    assert (ok, wrong in said) == (False, True)


def test_an_address_of_this_machine_is_wrong_where_mail_leaves(acme: Account, settings: Any) -> None:
    set_address("http://localhost:9", by=None)
    assert look_at_address()[0] is None
    settings.MAIL_SERVER = MailServer(host="mail.example.com")
    assert look_at_address()[0] is False


def test_one_that_does_not_answer_from_here_may_do_so_elsewhere(acme: Account) -> None:
    set_address("http://127.0.0.1:9", by=None)
    ok, said = look_at_address()
    assert (ok, "http://127.0.0.1:9" in said) == (None, True)


def test_who_answers_there_is_asked(acme: Account) -> None:
    for body, status, headers, expected in (
        ('{"status": "ok", "version": "1"}', 200, {}, True),
        ('{"status": "database unavailable", "version": "1"}', 503, {}, True),
        ("<p>Hello</p>", 200, {}, False),
        ("[]", 200, {}, False),
        ("", 301, {"Location": "https://other.example/health"}, False),
    ):
        with answering(body, status=status, **headers) as url:
            set_address(url, by=None)
            ok, said = look_at_address()
        assert (ok, url in said) == (expected, True), body
