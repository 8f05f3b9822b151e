"""What a stolen cookie must not lead to by a second way: passwords tried without end, an address that waits, a form."""

from __future__ import annotations

import pytest
from django.test import Client

from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.users import change_email, change_password
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.models import OneTimeToken, User
from ventanilla.api.tests.test_strangers import SCHEMA
from ventanilla.signin.tests.test_second_step import SIGN_IN, events
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
PROFILE, THIEF = "/api/v1/profile", "thief@evil.example"


def test_whoever_changes_the_password_is_rid_of_an_address_that_waits(ana, api, mailoutbox):
    change_email(ana, email=THIEF)
    send_system_mail()
    token = mailoutbox[0].body.split("/app/confirm?token=")[1].split()[0]
    change_password(ana, password="Another-2-then")
    assert api().post("/auth/confirmation", {"confirmation_token": token}).status_code == 422
    ana.refresh_from_db()
    assert (ana.email, ana.unconfirmed_email) == ("ana@acme.example", "")


def test_who_has_still_to_confirm_keeps_the_link_that_lets_them_in(ana):
    User.objects.filter(pk=ana.pk).update(confirmed_at=None)
    issue_one_time_token(ana, purpose=Purpose.CONFIRMATION)
    ana.refresh_from_db()
    change_password(ana, password="Another-2-then")
    assert OneTimeToken.objects.filter(user=ana, purpose=Purpose.CONFIRMATION).exists()


def test_the_password_is_not_guessed_at_where_it_is_changed(ana, settings):
    settings.RATE_LIMITS_ENABLED = True
    stolen = browser_of(ana)
    given = {"password": "Another-2-then", "current_password": "Guess-1"}
    seen = [stolen.send("PATCH", PROFILE, given).status_code for _ in range(12)]
    assert seen[0] == 422
    assert seen[-1] == 429
    right = given | {"current_password": PASSWORD}
    assert stolen.send("PATCH", PROFILE, right).status_code == 429, "nor is the right one told apart"
    assert ana.check_password(PASSWORD)
    assert events("user.sign_in_failed_often") == [{"user_id": ana.pk, "step": "password"}]


def doors_that_let_in():
    """Every route that answers with a session of a browser."""
    for path, methods in SCHEMA.items():
        for method, operation in methods.items():
            if method == "post" and "BootShape" in str(operation["responses"]):
                yield path


def test_another_sites_form_signs_nobody_in_to_a_strangers_account(ana):
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    asked = ("account_name", "user_full_name", "mfa_token", "credential[id]")
    given = {**SIGN_IN, **dict.fromkeys(asked, "x"), "token": token, "password": "Another-2-then"}
    doors = list(doors_that_let_in())
    assert {"/api/desk/password", "/api/desk/confirmation", "/api/desk/session"} <= set(doors)
    for path in doors:
        browser = Client()
        assert browser.post(path, given).status_code == 400, path
        assert "sessionid" not in browser.cookies, path
