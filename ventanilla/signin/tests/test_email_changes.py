"""Another address to sign in with: who may ask for it, who confirms it, and who takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.users import confirm_email
from ventanilla.accounts.models import AccessToken, SystemMail, User
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.kit.clock import now
from ventanilla.signin.commands.email_changes import ask_to_change_email
from ventanilla.signin.commands.providers import add_provider
from ventanilla.signin.jobs import sweep
from ventanilla.signin.models import EmailChange, Identity
from ventanilla.signin.tests.test_second_step import SIGN_IN, events
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import PASSWORD, in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
THIEF = "thief@evil.example"
UNDO = "/api/desk/email-undo"


@pytest.fixture(autouse=True)
def mail(settings):
    settings.MAIL_SERVER = "smtp://mail.example.com"


def mailed(to):
    """Tokens of the links in mails to that address, newest last."""
    rows = SystemMail.objects.filter(to=to).order_by("pk")
    return [
        row.content["button_path"].split("token=")[1]
        for row in rows
        if "token=" in row.content["button_path"]
    ]


def change(browser, email):
    return browser.send("PUT", "/api/v1/profile", {"profile": {"email": email, "name": "Otra"}})


def test_it_takes_a_fresh_proof_and_nothing_is_changed_without(ana, travel):
    here = browser_of(ana)
    travel(minutes=16)
    refused = change(here, THIEF)
    assert refused.json()["code"] == "proof_needed"
    ana.refresh_from_db()
    assert (ana.unconfirmed_email, ana.name) == ("", "Ana Agente")
    assert change(here, "ANA@acme.example ").status_code == 200, "her own is no change"
    here.send("POST", "/api/desk/security/proof", {"password": PASSWORD})
    assert change(here, "ana.nueva@acme.example").json()["unconfirmed_email"] == "ana.nueva@acme.example"
    assert events("user.email_change_asked") == [{"user_id": ana.pk}]


def test_no_token_of_a_program_changes_it(ana, api):
    refused = api(ana).put("/api/v1/profile", {"email": THIEF})
    assert refused.status_code == 401
    assert not SystemMail.objects.exists()
    assert api(ana).put("/api/v1/profile", {"email": ana.email, "display_name": "Anita"}).status_code == 200


def test_the_old_address_is_told_before_anything_happens(ana):
    change(browser_of(ana), "ana.nueva@acme.example")
    assert len(mailed("ana.nueva@acme.example")) == len(mailed("ana@acme.example")) == 1
    told = SystemMail.objects.get(to="ana@acme.example").content
    assert "ana.nueva@acme.example" in told["paragraphs"][0]
    assert Browser().send("POST", "/auth/sign_in", SIGN_IN).status_code == 200


def test_it_was_not_me_before_it_was_confirmed(ana):
    change(browser_of(ana), THIEF)
    (undo,), (confirm,) = mailed("ana@acme.example"), mailed(THIEF)
    assert Browser().send("POST", UNDO, {"token": undo}).status_code == 200
    ana.refresh_from_db()
    assert (ana.email, ana.unconfirmed_email) == ("ana@acme.example", "")
    assert Browser().send("POST", "/api/desk/confirmation", {"token": confirm}).status_code == 422


def test_it_was_not_me_afterwards_gives_back_everything(ana, acme, app, api):
    """The thief had cookie and password, changed the address, came in by it, added a factor and asked for more."""
    stolen = browser_of(ana)
    change(stolen, THIEF)
    confirm_email(token=mailed(THIEF)[0])
    thief = Browser()
    thief.send("GET", "/api/desk/boot")
    assert thief.send("POST", "/api/desk/session", {"email": THIEF, "password": PASSWORD}).status_code == 200
    key = thief.send("POST", "/api/desk/security/access-token").json()["access_token"]
    ana.refresh_from_db()
    ask_to_change_email(ana, email="other@evil.example")
    theirs = mailed(THIEF)[-1]
    reset = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    app(User.objects.get(pk=ana.pk))

    assert Browser().send("POST", UNDO, {"token": mailed("ana@acme.example")[0]}).status_code == 200

    for one in (stolen, thief):
        assert one.send("GET", in_account(acme, "labels")).status_code == 401
    assert api(headers={"api_access_token": key}).get("/api/v1/profile").status_code == 401
    assert Browser().send("POST", "/auth/sign_in", {"email": THIEF, "password": PASSWORD}).status_code == 401
    assert Browser().send("POST", "/auth/sign_in", SIGN_IN).status_code == 401, "the password they knew"
    for token, path in (
        (theirs, UNDO),
        (reset, "/api/desk/password"),
        (mailed(THIEF)[0], "/api/desk/confirmation"),
    ):
        answer = Browser().send("POST", path, {"token": token, "password": "Marejada-7"})
        assert answer.status_code == 422, path
    came = Browser().send(
        "POST", "/api/desk/password", {"token": mailed("ana@acme.example")[-1], "password": "Marejada-7"}
    )
    assert came.status_code == 200, "no factor of theirs stands in the way"
    assert came.json()["user"]["email"] == "ana@acme.example"
    assert events("user.email_change_undone") == [{"user_id": ana.pk}]
    assert AccessToken.objects.get(user=ana).sealed != key


def test_a_single_sign_on_linked_since_opens_nothing_more(ana, acme, admin):
    provider = add_provider(acme, by=admin, name="Acme ID", issuer="https://id.acme.example", client_id="us")
    before = Identity.objects.create(
        provider=provider, subject="hers", user=ana, created_at=now() - timedelta(days=30)
    )
    ask_to_change_email(ana, email=THIEF)
    other = add_provider(acme, by=admin, name="Otro", issuer="https://other.acme.example", client_id="us")
    since = Identity.objects.create(provider=other, subject="theirs", user=ana)
    Browser().send("POST", UNDO, {"token": mailed("ana@acme.example")[0]})
    before.refresh_from_db()
    since.refresh_from_db()
    assert (before.user_id, since.user_id) == (ana.pk, None)


def test_factors_of_before_stay(ana, app):
    mine = app(ana)
    ask_to_change_email(ana, email=THIEF)
    Browser().send("POST", UNDO, {"token": mailed("ana@acme.example")[0]})
    came = Browser().send(
        "POST", "/api/desk/password", {"token": mailed("ana@acme.example")[-1], "password": "Marejada-7"}
    )
    assert came.status_code == 206
    given = {"mfa_token": came.json()["mfa_token"], "otp_code": mine.code()}
    assert Browser().send("POST", "/api/desk/session/second-step", given).status_code == 200


def test_the_link_works_once_and_for_a_week(ana, travel):
    ask_to_change_email(ana, email="a@acme.example")
    ask_to_change_email(ana, email="b@acme.example")
    first, second = mailed("ana@acme.example")
    assert Browser().send("POST", UNDO, {"token": second}).status_code == 200
    assert Browser().send("POST", UNDO, {"token": second}).status_code == 422
    travel(days=8)
    assert Browser().send("POST", UNDO, {"token": first}).status_code == 422
    sweep()
    assert not EmailChange.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "é" * 70, "0" * 64])
def test_no_other_link_works(ana, token):
    ask_to_change_email(ana, email="a@acme.example")
    assert Browser().send("POST", UNDO, {"token": token}).status_code == 422
    ana.refresh_from_db()
    assert ana.unconfirmed_email == "a@acme.example"


def test_an_address_of_somebody_else_is_refused(ana, bruno):
    refused = change(browser_of(ana), bruno.email)
    assert refused.status_code == 422
    assert not EmailChange.objects.exists()
