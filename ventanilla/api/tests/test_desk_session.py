"""The desk's own doors: boot, first run, cookie session."""

from __future__ import annotations

import msgspec
import pytest
from django.test import Client

from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.models import Account, Membership, User
from ventanilla.testing.cast import PASSWORD, in_account


class Browser:
    """A browser that keeps cookies and sends the CSRF token when it has one."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.token = ""

    def send(self, method, path, body=None, *, token=None):
        headers = {"X-CSRFToken": self.token if token is None else token}
        data = msgspec.json.encode(body) if body is not None else b""
        response = self.client.generic(method, path, data, content_type="application/json", headers=headers)
        if (
            response.status_code == 200
            and response.content.startswith(b"{")
            and "csrf_token" in response.json()
        ):
            self.token = response.json()["csrf_token"]
        return response


FIRST = {
    "account_name": "Aerolínea Sur",
    "user_full_name": "Adela",
    "email": "adela@sur.example",
    "password": "Secreto-1",
    "locale": "es",
}


def test_before_the_first_run_boot_says_so_and_the_first_run_signs_in(db):
    browser = Browser()
    boot = browser.send("GET", "/api/desk/boot").json()
    assert (boot["installed"], boot["signed_in"], boot["user"]) == (False, False, None)
    answer = browser.send("POST", "/api/desk/first-run", FIRST)
    assert answer.status_code == 200, answer.content
    assert answer.json()["user"]["role"] == "administrator"
    assert Membership.objects.get().account.name == "Aerolínea Sur"
    assert browser.send("GET", "/api/desk/boot").json()["signed_in"] is True


def test_the_first_run_happens_once(acme):
    assert Browser().send("POST", "/api/desk/first-run", FIRST).status_code == 403
    assert Account.objects.count() == 1


def test_a_weak_password_in_the_first_run_leaves_nothing_behind(db):
    answer = Browser().send("POST", "/api/desk/first-run", {**FIRST, "password": "weak"})
    assert answer.status_code == 422
    assert len(answer.json()["fields"]["password"]) == 4
    assert not Account.objects.exists()
    assert not User.objects.exists()


def test_the_cookie_session_needs_the_csrf_token_to_write(admin, acme):
    browser = Browser()
    browser.send("GET", "/api/desk/boot")
    assert (
        browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD}).status_code
        == 200
    )
    label = {"title": "urgente"}
    assert browser.send("POST", in_account(acme, "labels"), label, token="").status_code == 403
    assert browser.send("POST", in_account(acme, "labels"), label).status_code == 200
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200


def test_signing_out_ends_the_cookie_session(ana, acme):
    browser = Browser()
    browser.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD})
    assert browser.send("DELETE", "/api/desk/session").status_code == 200
    assert browser.send("GET", in_account(acme, "agents")).status_code == 401
    assert browser.send("GET", "/api/desk/boot").json()["signed_in"] is False


def test_a_wrong_password_is_a_401_and_sets_no_session(ana):
    browser = Browser()
    answer = browser.send("POST", "/api/desk/session", {"email": ana.email, "password": "Nope-1"})
    assert answer.status_code == 401
    assert answer.json()["error"]
    assert browser.send("GET", "/api/desk/boot").json()["signed_in"] is False


def test_a_form_of_another_site_cannot_sign_anyone_in(ana):
    response = Client().post("/api/desk/session", {"email": ana.email, "password": PASSWORD})
    assert response.status_code == 400


@pytest.mark.feature("A-11")
def test_an_invitation_link_sets_the_password_and_comes_in(acme, admin, api, mailoutbox):
    from ventanilla.accounts.jobs import send_system_mail

    api(admin).post(in_account(acme, "agents"), {"agent": {"email": "new@acme.example", "name": "Nuria"}})
    send_system_mail()
    token = mailoutbox[0].body.split("/app/set-password?token=")[1].split()[0]
    browser = Browser()
    answer = browser.send("POST", "/api/desk/password", {"token": token, "password": "Secreto-2"})
    assert answer.status_code == 200
    assert answer.json()["user"]["email"] == "new@acme.example"
    assert answer.json()["user"]["confirmed"] is True
    assert (
        Browser().send("POST", "/api/desk/password", {"token": token, "password": "Secreto-3"}).status_code
        == 422
    )


def test_the_reset_request_never_says_who_is_known(ana):
    answers = [
        Browser().send("POST", "/api/desk/password-reset", {"email": email})
        for email in (ana.email, "x@y.example")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content


def test_a_changed_password_ends_other_browsers(ana):
    browser = Browser()
    browser.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD})
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    Browser().send("POST", "/api/desk/password", {"token": token, "password": "Secreto-2"})
    assert browser.send("GET", "/api/desk/boot").json()["signed_in"] is False


def test_whoever_changes_their_password_stays_where_they_are_and_is_out_elsewhere(ana):
    here, elsewhere = Browser(), Browser()
    for browser in (here, elsewhere):
        browser.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD})
    change = {"current_password": PASSWORD, "password": "Secreto-2", "password_confirmation": "Secreto-2"}
    answer = here.send("PUT", "/api/v1/profile", {"profile": change})
    assert answer.status_code == 200, answer.content
    assert here.send("GET", "/api/desk/boot").json()["signed_in"] is True
    assert elsewhere.send("GET", "/api/desk/boot").json()["signed_in"] is False


def test_a_forgotten_password_asks_the_database_the_same_for_known_and_unknown(ana, api, count_queries):
    path = "/api/desk/password-reset"
    known = count_queries(lambda: api().post(path, {"email": ana.email}))
    assert count_queries(lambda: api().post(path, {"email": "nobody@acme.example"})) == known
