"""The installation on screen: only those of the account that looks after it see and change its address."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.accounts.models import Account, Installation, User
from ventanilla.events.models import Event
from ventanilla.kit import links, own_mail_server
from ventanilla.kit.mail_server import MailServer


@pytest.fixture
def keeping(acme: Account, admin: User, settings: Any) -> str:
    """acme looks after the installation; the path of its page."""
    settings.BASE_URL = ""
    adopt_first_account(acme, by=admin)
    return f"/api/desk/accounts/{acme.pk}/installation"


@pytest.mark.feature("A-10")
def test_an_administrator_of_the_first_account_sets_the_address(keeping: str, admin: User, api: Any) -> None:
    before = api(admin).get(keeping).json()
    assert (before["base_url"], before["is_fixed"], before["proposal"]) == ("", False, "http://testserver")
    answer = api(admin).patch(keeping, {"base_url": "https://Help.example.com/"})
    assert (answer.status_code, answer.json()["base_url"]) == (200, "https://help.example.com")
    assert links.public_url("/x") == "https://help.example.com/x"
    newest = Event.objects.filter(name="installation.updated").latest("id")
    assert (newest.actor_id, "help.example.com" in str(newest.payload)) == (admin.pk, True)


@pytest.mark.parametrize(
    "wrong", ["help.example.com", "https://", "ftp://a.example", "https://a.example/desk", "x", ""]
)
def test_what_is_no_address_is_refused_with_the_field_and_changes_nothing(
    keeping: str, admin: User, api: Any, wrong: str
) -> None:
    answer = api(admin).patch(keeping, {"base_url": wrong})
    assert answer.status_code == 422
    assert "https://help.example.com" in answer.json()["fields"]["base_url"][0]
    assert links.base_url() == ""


@pytest.mark.feature("A-10")
def test_nobody_else_sees_that_there_is_such_a_page(
    keeping: str, ana: User, vera: User, globex: Account, gus: User, api: Any
) -> None:
    theirs = f"/api/desk/accounts/{globex.pk}/installation"
    for who, path, status in (
        (ana, keeping, 403),
        (vera, keeping, 403),
        (gus, theirs, 404),
        (gus, keeping, 401),
    ):
        assert api(who).get(path).status_code == status
        assert api(who).patch(path, {"base_url": "https://evil.example"}).status_code == status
    assert api().patch(keeping, {"base_url": "https://evil.example"}).status_code == 401
    assert links.base_url() == ""


def test_a_setting_of_the_operator_stands_above_the_screen(
    keeping: str, admin: User, api: Any, settings: Any
) -> None:
    settings.BASE_URL = "https://desk.example"
    assert api(admin).get(keeping).json()["is_fixed"] is True
    answer = api(admin).patch(keeping, {"base_url": "https://other.example"})
    assert (answer.status_code, "VENTANILLA_BASE_URL" in answer.json()["error"]) == (422, True)


def test_a_second_account_does_not_take_the_installation_over(
    keeping: str, acme: Account, globex: Account
) -> None:
    adopt_first_account(globex, by=None)
    assert Installation.objects.get().account == acme


FIRST = {
    "account_name": "Sur",
    "user_full_name": "Adela",
    "email": "adela@sur.example",
    "password": "Secreto-1",
}


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_the_first_run_keeps_the_address_that_was_typed_and_no_other(
    db: None, settings: Any, host: str
) -> None:
    settings.BASE_URL = ""
    browser = Client(headers={"Host": host})
    assert browser.get("/api/desk/boot").json()["base_url"] == ""
    typed = {**FIRST, "base_url": "https://help.example.com"}
    answer = browser.post("/api/desk/first-run", typed, content_type="application/json")
    assert (answer.status_code, answer.json()["base_url"]) == (200, "https://help.example.com")
    assert Installation.objects.get().account == Account.objects.get()


@pytest.mark.parametrize("given", [{}, {"base_url": ""}, {"base_url": None}])
def test_a_first_run_that_says_no_address_keeps_none(db: None, settings: Any, given: dict[str, Any]) -> None:
    settings.BASE_URL = ""
    browser = Client(headers={"Host": "evil.example"})
    answer = browser.post("/api/desk/first-run", {**FIRST, **given}, content_type="application/json")
    assert links.base_url() == "", answer.content


def test_a_first_run_with_a_wrong_address_leaves_nothing_behind(db: None, settings: Any) -> None:
    settings.BASE_URL = ""
    answer = Client().post(
        "/api/desk/first-run", {**FIRST, "base_url": "help"}, content_type="application/json"
    )
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["base_url"])
    assert not Account.objects.exists()
    assert not Installation.objects.exists()


def test_the_boot_document_tells_the_address_to_those_who_look_after_it(
    keeping: str, admin: User, ana: User, gus: User, settings: Any
) -> None:
    settings.BASE_URL = "http://testserver"
    told = {}
    for who in (admin, ana, gus, None):
        browser = Client()
        if who is not None:
            browser.force_login(who)
        told[who] = browser.get("/api/desk/boot").json()["base_url"]
    assert told == {admin: "http://testserver", ana: None, gus: None, None: None}


# ── the server of our own mail ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def unsent(keeping: str, settings: Any) -> str:
    """An installation without a mail server; the path of its page."""
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    return keeping


SERVER = {
    "host": "mail.example.com",
    "port": 587,
    "security": "starttls",
    "user": "u",
    "sender": "V <help@example.com>",
}


@pytest.mark.feature("Z-22")
def test_a_mail_server_is_entered_kept_sealed_and_forgotten(unsent: str, admin: User, api: Any) -> None:
    assert api(admin).get(unsent).json()["mail"]["is_set_up"] is False
    answer = api(admin).put(f"{unsent}/mail", {**SERVER, "password": "hush-hush"})
    shown = answer.json()["mail"]
    assert (shown["is_set_up"], shown["host"], shown["has_password"]) == (True, "mail.example.com", True)
    assert "hush-hush" not in answer.content.decode()
    assert own_mail_server.current().password == "hush-hush"
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail_server FROM accounts_installation")
        assert "hush" not in cursor.fetchone()[0]
    assert not Event.objects.filter(payload__contains="hush").exists()
    assert api(admin).delete(f"{unsent}/mail").json()["mail"]["is_set_up"] is False


def test_the_kept_password_goes_to_no_other_host(unsent: str, admin: User, api: Any) -> None:
    api(admin).put(f"{unsent}/mail", {**SERVER, "password": "hush"})
    api(admin).put(f"{unsent}/mail", {**SERVER, "port": 2525})
    assert (own_mail_server.current().port, own_mail_server.current().password) == (2525, "hush")
    api(admin).put(f"{unsent}/mail", {**SERVER, "host": "evil.example.com"})
    assert own_mail_server.current().password == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"host": ""}, "host"), ({"host": "a b"}, "host"), ({"host": "a:25"}, "host"), ({"port": 0}, "port"),
        ({"port": 65536}, "port"), ({"port": "x"}, "port"), ({"security": "ssl3"}, "security"),
        ({"sender": "help"}, "sender"),
        ({"sender": "A <a@example.com>\r\nBcc: b@example.com"}, "sender"), ({"user": "a\r\nb"}, "user"),
    ],
)  # fmt: skip
def test_a_server_that_cannot_be_right_names_its_field(
    unsent: str, admin: User, api: Any, wrong: dict[str, Any], field: str
) -> None:
    answer = api(admin).put(f"{unsent}/mail", {**SERVER, **wrong})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert own_mail_server.current() is None


@pytest.mark.feature("Z-22")
def test_the_test_button_really_sends_and_says_what_the_server_says(
    unsent: str, admin: User, api: Any, post_office: Any, settings: Any
) -> None:
    real, settings.MAIL_SERVER = settings.MAIL_SERVER, None
    given = {**SERVER, "host": real.host, "port": real.port, "security": "none", "user": ""}
    silent = api(admin).post(f"{unsent}/mail/test", {**given, "port": 9})
    assert (silent.status_code, "isn't responding" in silent.json()["error"]) == (422, True)
    assert api(admin).post(f"{unsent}/mail/test", given).json() == {"to": admin.email}
    [(to, raw)] = post_office.letters
    assert (to, b"From: V <help@example.com>" in raw) == ([admin.email], True)
    assert own_mail_server.current() is None  # trying keeps nothing
    without = api(admin).post(f"{unsent}/mail/test")
    assert (without.status_code, "no mail server" in without.json()["error"]) == (422, True)


def test_a_server_of_the_operator_stands_above_the_screen(
    unsent: str, admin: User, api: Any, settings: Any
) -> None:
    settings.MAIL_SERVER = MailServer(host="mail.operator.example", user="u", password="secret")
    shown = api(admin).get(unsent).json()["mail"]
    assert (shown["is_set_up"], shown["is_fixed"], shown["host"]) == (True, True, "mail.operator.example")
    assert api(admin).put(f"{unsent}/mail", SERVER).status_code == 422
    assert "secret" not in api(admin).get(unsent).content.decode()


@pytest.mark.feature("Z-22")
def test_without_a_mail_server_nobody_is_told_that_a_mail_is_on_its_way(
    unsent: str, admin: User, ana: User, api: Any, settings: Any
) -> None:
    settings.BASE_URL = "http://testserver"
    for path in ("/auth/password", "/api/desk/password-reset"):
        for email in (ana.email, "nobody@acme.example"):
            answer = api().post(path, {"email": email})
            assert (answer.status_code, answer.json()["code"]) == (422, "mail_not_set_up")
    assert Client().get("/api/desk/boot").json()["sends_mail"] is False
