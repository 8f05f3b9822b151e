"""An account asks every member for a second step: who has none reaches nothing of it, by no door, until they do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.formats import date_format

from ventanilla.accounts.commands.users import add_member
from ventanilla.accounts.models import AccessToken, Account, SystemMail
from ventanilla.api.tests.test_strangers import ROUTES, address
from ventanilla.kit.clock import now
from ventanilla.realtime.permissions import load_permission
from ventanilla.signin.commands.factors import remove_authenticator
from ventanilla.signin.commands.rule import ask_for_second_step, put_in_force
from ventanilla.signin.errors import SecondStepAsked
from ventanilla.signin.jobs import second_steps
from ventanilla.signin.tests.test_access_token import keys_of
from ventanilla.signin.tests.test_second_step import SIGN_IN, events, headers_of
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import PASSWORD, in_account
from ventanilla.testing.standing import *  # noqa: F403

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]


def rule(account):
    return f"/api/desk/accounts/{account.pk}/second_step"


def today():
    return now().date()


@pytest.fixture
def asked(acme, admin, app):
    """Acme asks for it, and its administrator has one."""
    app(admin)
    return ask_for_second_step(acme, since=today(), by=admin)


def test_the_administrator_sees_the_count_first_and_must_have_one(acme, admin, ana, bruno, app, travel):
    here = browser_of(admin)
    before = here.send("GET", rule(acme)).json()
    assert (before["since"], before["in_force"], before["mine"]) == (None, False, False)
    assert before["members"] == len(before["without"])
    assert {admin.pk, ana.pk, bruno.pk} <= set(before["without"])
    refused = here.send("PUT", rule(acme), {"since": today().isoformat()})
    assert (refused.status_code, refused.json()["code"]) == (422, "second_step_first")
    app(admin)
    assert admin.pk not in here.send("GET", rule(acme)).json()["without"]
    on = here.send("PUT", rule(acme), {"since": today().isoformat()}).json()
    assert (on["in_force"], on["mine"]) == (True, True)
    (change,) = events("account.updated")
    assert change["changes"]["second_step_in_force"] == [False, True]
    travel(minutes=16)
    assert here.send("PUT", rule(acme), {"since": None}).json()["code"] == "proof_needed"


@pytest.mark.parametrize("since", ["soon", "2020-01-01", "2999-01-01", "2026-02-30"])
def test_a_day_that_makes_no_sense_is_named(acme, admin, app, since):
    here = browser_of(admin)
    app(admin)
    refused = here.send("PUT", rule(acme), {"since": since})
    assert refused.status_code == 422
    assert list(refused.json()["fields"]) == ["since"]


def test_agents_and_programs_do_not_change_it(acme, ana, admin, api):
    assert browser_of(ana).send("GET", rule(acme)).status_code == 403
    assert api(admin).put(rule(acme), {"since": None}).status_code == 401


def test_with_a_time_of_grace_all_goes_on_until_the_day(acme, admin, ana, app, travel):
    app(admin)
    here = browser_of(ana)
    ask_for_second_step(acme, since=today() + timedelta(days=7), by=admin)
    (told,) = here.send("GET", "/api/desk/boot").json()["second_steps"]
    assert (told["account_id"], told["owed"]) == (acme.pk, False)
    assert here.send("GET", in_account(acme, "labels")).status_code == 200
    put_in_force()
    assert not Account.objects.get(pk=acme.pk).second_step_in_force
    travel(days=8)
    second_steps()
    assert here.send("GET", in_account(acme, "labels")).json()["code"] == "second_step_owed"
    assert here.send("GET", "/api/desk/boot").json()["second_steps"][0]["owed"] is True
    second_steps()
    assert len(events("account.updated")) == 2, "told once"


def test_no_route_of_the_account_answers_who_has_none(asked, ana, api, things):
    """Every route there is, by cookie and by a phone's headers."""
    here = browser_of(ana)
    phone = api(headers=headers_of(api().post("/auth/sign_in", SIGN_IN)))
    open_to_all = []
    for method, path, operation in ROUTES:
        where = address(path, things)
        for answer in (here.send(method, where), phone.call(method, where, None if method == "GET" else {})):
            if answer.status_code != 403 or answer.json().get("code") != "second_step_owed":
                open_to_all.append((operation, answer.status_code))
    assert open_to_all == []


def test_nothing_that_outlives_the_session_is_handed_out(asked, ana, api, acme):
    here = browser_of(ana)
    signed_in = api().post("/auth/sign_in", SIGN_IN)
    phone = api(headers=headers_of(signed_in))
    push = {
        "notification_subscription": {
            "subscription_type": "browser_push",
            "subscription_attributes": {"endpoint": "https://push.example/1"},
        }
    }
    answers = [
        signed_in,
        phone.get("/api/v1/profile"),
        phone.post("/api/v1/profile/reset_access_token"),
        here.send("POST", "/api/desk/security/access-token"),
        here.send("POST", "/api/v1/profile/reset_access_token"),
        phone.post("/api/v1/notification_subscriptions", push),
        phone.post(
            "/api/v1/profile/availability", {"profile": {"account_id": acme.pk, "availability": "busy"}}
        ),
    ]
    assert [one.status_code for one in answers] == [200, 200, 403, 403, 403, 403, 403]
    assert not any(key in one.content.decode() for one in answers for key in keys_of(ana))
    assert load_permission(acme.pk, ana.pk) is None, "sockets"


def test_the_rule_is_announced_by_mail_with_its_day_to_who_has_none(acme, admin, ana, bruno, app):
    app(admin)
    ana.ui_settings = {"locale": "es"}
    ana.save()
    day = today() + timedelta(days=7)
    ask_for_second_step(acme, since=day, by=admin)
    mails = {row.to: row for row in SystemMail.objects.filter(purpose="second_step_rule")}
    assert {ana.email, bruno.email} <= set(mails) and admin.email not in mails
    assert mails[ana.email].locale == "es"
    with translation.override("es"):
        assert date_format(day, "DATE_FORMAT") in mails[ana.email].content["paragraphs"][0]
    ask_for_second_step(acme, since=day, by=admin)
    assert SystemMail.objects.filter(purpose="second_step_rule").count() == len(mails), "no news"
    ask_for_second_step(acme, since=today(), by=admin)
    assert SystemMail.objects.filter(purpose="second_step_rule").count() == 2 * len(mails)


def test_setting_one_up_opens_the_account(asked, acme, ana, app):
    here = browser_of(ana)
    assert here.send("GET", "/api/desk/security").status_code == 200
    app(ana)
    assert here.send("GET", in_account(acme, "labels")).status_code == 200
    assert here.send("GET", "/api/desk/boot").json()["second_steps"] == []
    assert load_permission(acme.pk, ana.pk) is not None


def test_other_accounts_and_programs_go_on(asked, globex, ana, acme, api):
    add_member(globex, user=ana, role="agent", by=None)
    assert browser_of(ana).send("GET", in_account(globex, "labels")).status_code == 200
    assert AccessToken.objects.filter(user=ana).exists()
    assert api(ana).get(in_account(acme, "labels")).status_code == 200


def test_the_last_factor_stays_while_it_is_asked_for(asked, admin, ana, app, acme):
    mine = app(ana)
    with pytest.raises(SecondStepAsked):
        remove_authenticator(ana)
    here = browser_of_with_code(ana, mine)
    refused = here.send("DELETE", "/api/desk/security/authenticator")
    assert (refused.status_code, refused.json()["code"]) == (422, "second_step_asked")
    assert "Acme" in refused.json()["message"]
    ask_for_second_step(acme, since=None, by=admin)
    assert here.send("DELETE", "/api/desk/security/authenticator").status_code == 200


def browser_of_with_code(user, app):
    from ventanilla.api.tests.test_desk_session import Browser

    here = Browser()
    here.send("GET", "/api/desk/boot")
    asked = here.send("POST", "/api/desk/session", {"email": user.email, "password": PASSWORD}).json()
    given = {"mfa_token": asked["mfa_token"], "otp_code": app.code()}
    assert here.send("POST", "/api/desk/session/second-step", given).status_code == 200
    return here


def test_an_administrator_without_one_does_not_look_as_somebody(acme, admin, ana, app):
    here = browser_of(admin)
    assert here.send("POST", f"/api/desk/accounts/{acme.pk}/view_as/{ana.pk}").status_code == 200
    Account.objects.filter(pk=acme.pk).update(second_step_from=now(), second_step_in_force=True)
    app(ana)
    assert here.send("GET", in_account(acme, "labels")).json()["code"] == "second_step_owed"
