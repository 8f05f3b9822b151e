"""Which hosts are answered, under which address links are made, and cookies behind a proxy that ends TLS."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.installation import set_address
from ventanilla.accounts.models import Account, User

API = "/api/v1/profile"


@pytest.fixture
def kept(db: None, settings: Any) -> None:
    """An installation with an address of the first run, and nothing in the environment."""
    settings.BASE_URL, settings.EXTRA_HOSTS = "", ()
    set_address("https://help.example.com", by=None)


def ask(host: str | None, path: str = "/robots.txt", **more: str) -> Any:
    return Client().get(path, headers={**({"Host": host} if host is not None else {}), **more})


@pytest.mark.feature("Z-28")
@pytest.mark.parametrize(
    "host",
    [
        "help.example.com",
        "HELP.example.com:8443",
        "help.example.com.",
        "localhost:8000",
        "127.0.0.1",
        "[::1]:8000",
    ],
)
def test_its_own_names_are_answered_on_any_port(kept: None, host: str) -> None:
    assert ask(host).status_code == 200


@pytest.mark.feature("Z-28")
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "help.example.com.evil.example",
        "evil.help.example.com",
        "10.0.0.5:8000",
        "[2001:db8::1]",
        "evil",
    ],
)
def test_other_names_are_refused_in_words(kept: None, host: str) -> None:
    page, program = ask(host, "/app/"), ask(host, API)
    spanish = ask(host, "/app/", **{"Accept-Language": "es-CL"})
    assert (page.status_code, program.status_code) == (421, 421)
    assert b"VENTANILLA_ALLOWED_HOSTS" in page.content
    assert program.json()["code"] == "unknown_host"
    assert "no responde con este nombre" in spanish.content.decode()
    assert b"help.example.com" not in page.content + program.content  # who guesses is not told


@pytest.mark.parametrize("host", ["a b", "a@b", "evil.example:80:80", "[::1", "a,b", "<script>", ""])
def test_what_is_no_host_is_a_bad_request(kept: None, host: str) -> None:
    assert (ask(host).status_code, ask(host, API).status_code) == (400, 400)


@pytest.mark.parametrize("path", ["/health", "/metrics"])
@pytest.mark.parametrize("host", ["10.0.0.5", "evil.example", "a b"])
def test_load_balancers_ask_by_whatever_address_a_machine_has(kept: None, host: str, path: str) -> None:
    assert ask(host, path).status_code == 200


def test_the_operator_names_more_hosts(kept: None, settings: Any) -> None:
    settings.EXTRA_HOSTS = (".intranet.example", "10.0.0.5")
    assert [ask(host).status_code for host in ("desk.intranet.example", "10.0.0.5:8000", "evil.example")] == [
        200,
        200,
        421,
    ]
    settings.EXTRA_HOSTS = ("*",)
    assert ask("evil.example").status_code == 200


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Host", "X-Original-Host"]
)
def test_no_other_header_names_the_host(kept: None, name: str) -> None:
    given = "host=evil.example" if name == "Forwarded" else "evil.example"
    assert ask("help.example.com", **{name: given}).status_code == 200
    assert ask("evil.example", **{name: given.replace("evil.example", "help.example.com")}).status_code == 421


def test_every_name_is_answered_until_there_is_an_address(db: None, settings: Any) -> None:
    settings.BASE_URL, settings.EXTRA_HOSTS = "", ()
    assert ask("10.0.0.5:8000").status_code == 200
    settings.BASE_URL = "https://help.example.com"
    assert ask("10.0.0.5:8000").status_code == 421


def test_files_in_an_answer_are_where_the_caller_came_by(
    kept: None, acme: Account, admin: User, settings: Any
) -> None:
    browser = Client()
    browser.force_login(admin)
    for host, shown in (
        ("localhost:8000", "http://localhost:8000"),
        ("help.example.com", "https://help.example.com"),
    ):
        admin.avatar = "avatars/2026/11/x-10.webp"
        admin.save(update_fields=["avatar"])
        said = browser.get(API, headers={"Host": host}).json()
        assert said["avatar_url"].startswith(f"{shown}/rails/")


@pytest.mark.parametrize(("secure", "expected"), [(True, True), (False, False)])
def test_cookies_are_for_https_alone_when_a_trusted_proxy_says_https(
    kept: None, ana: User, secure: bool, expected: bool
) -> None:
    body = {"email": ana.email, "password": "Secreto-1"}
    answer = Client().post(
        "/api/desk/session",
        body,
        content_type="application/json",
        headers={"Host": "help.example.com"},
        secure=secure,
    )
    assert answer.status_code == 200
    assert {bool(cookie["secure"]) for cookie in answer.cookies.values()} == {expected}
    assert set(answer.cookies) >= {"ventanilla_session", "csrftoken"}
