"""The installation on screen: only those of the account that looks after it see and change its address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ventanilla.accounts.commands.installation import adopt_first_account
from ventanilla.accounts.models import Account, Installation, User
from ventanilla.events.models import Event
from ventanilla.kit import links


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
