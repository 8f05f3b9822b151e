"""Which passwords are taken, at every door where one is set; and what leaves the house to find out."""

from __future__ import annotations

import hashlib
import time
from argparse import Namespace

import pytest
from django.utils import translation

from ventanilla.accounts import leaks
from ventanilla.accounts.commands.accounts import sign_up
from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.platform import create_platform_app, create_user_for, update_user_for
from ventanilla.accounts.models import Account, User
from ventanilla.accounts.passwords import missing_rules
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.config.cli import createuser as createuser_command
from ventanilla.config.cli import password as password_command
from ventanilla.config.cli.output import Stop
from ventanilla.kit.errors import Invalid
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import PASSWORD
from ventanilla.testing.leak_service import leak_service

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
ENGLISH = {"Accept-Language": "en"}
LEAKED, GOOD = "Verano-2019!", "Marejada-7 fría"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def service(settings):
    with leak_service() as fake:
        fake.known = {LEAKED: 8214}
        settings.LEAKED_PASSWORDS, settings.LEAKED_PASSWORDS_URL = True, fake.url
        settings.ALLOW_PRIVATE_ADDRESSES = True
        leaks._silent_until.clear()
        yield fake
        leaks._silent_until.clear()


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("Ab1!", "6 characters"),
        ("Aa1!" * 33, "128"),
        ("secreto-1", "uppercase"),
        ("SECRETO-1", "lowercase"),
        ("Secreto-", "number"),
        ("Secreto1", "symbol"),
        ("Ana.agente-7", "your name"),
        ("Ágente!2026", "your name"),
        ("Acme#2026", "company"),
        ("Ana@acme.example1", "your email"),
        ("Ventanilla-1", "company"),
        ("P@ssw0rd1!", "first"),
        ("Contraseña.1", "first"),
        ("!Qwerty123", "first"),
        ("Adm1n!strador", "first"),
    ],
)
def test_each_rule_names_itself(password, word):
    (sentence,) = missing_rules(password, own=("ana@acme.example", "Ana Agente"))
    assert word in sentence


@pytest.mark.parametrize("password", [PASSWORD, GOOD, "Acmeista-1x", "Ana va a pie 3!", "ñandú-Verde-4"])
def test_what_only_contains_a_name_is_taken(password):
    assert missing_rules(password, own=("ana@acme.example", "Ana Agente")) == []


def test_the_operator_sets_the_length_and_never_below_the_contracts(settings):
    settings.PASSWORD_MIN_CHARS = 12
    assert "12 characters" in missing_rules("Marejada-7")[0]
    assert Browser().send("GET", "/api/desk/boot").json()["limits"]["password_chars"] == 12
    settings.PASSWORD_MIN_CHARS = 1
    assert "6 characters" in missing_rules("Ma-7")[0]


def test_five_characters_of_a_digest_go_out_and_nothing_else(service):
    assert leaks.is_leaked(LEAKED)
    assert not leaks.is_leaked(GOOD)
    (path, headers), _other = service.asked
    digest = hashlib.sha1(LEAKED.encode(), usedforsecurity=False).hexdigest().upper()
    assert path == f"/range/{digest[:5]}"
    assert headers["Add-Padding"] == "true"
    assert headers["User-Agent"].startswith("Ventanilla/"), "the service asks who calls"
    assert not {"Cookie", "Authorization"} & set(headers)
    assert digest[5:] not in str(service.asked)
    service.known = {LEAKED: 0}
    assert not leaks.is_leaked(LEAKED), "padding counts nothing"


@pytest.mark.parametrize("fault", ["slow", "trickle", "endless", "500", "429", "cut", "html"])
def test_a_service_that_misbehaves_refuses_nobody_and_keeps_nobody_waiting(service, fault):
    service.fault = fault
    began = time.monotonic()
    assert not leaks.is_leaked(LEAKED)
    assert time.monotonic() - began < 3.5
    asked = len(service.asked)
    assert not leaks.is_leaked(LEAKED)
    assert len(service.asked) == asked + (fault == "html"), "after a failure it is left alone for a while"


def test_without_internet_or_switched_off_nobody_is_asked(service, settings):
    settings.LEAKED_PASSWORDS_URL = "http://127.0.0.1:9"
    assert not leaks.is_leaked(LEAKED)
    settings.LEAKED_PASSWORDS, settings.LEAKED_PASSWORDS_URL = False, service.url
    assert not leaks.is_leaked(LEAKED)
    assert service.asked == []


def refused_at_desk(answer):
    assert answer.status_code == 422, answer.content
    assert "leaked" in answer.json()["fields"]["password"][0]


def test_the_first_run(db, service):
    browser = Browser()
    browser.send("GET", "/api/desk/boot")
    given = {"account_name": "Acme", "user_full_name": "Ana", "email": "ana@acme.example", "password": LEAKED}
    browser.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    refused_at_desk(browser.send("POST", "/api/desk/first-run", given))
    assert not Account.objects.exists()
    assert browser.send("POST", "/api/desk/first-run", given | {"password": GOOD}).status_code == 200
    asked = len(service.asked)
    assert browser.send("POST", "/api/desk/first-run", given).status_code == 403
    assert len(service.asked) == asked, "nobody is asked for who may not set a password"


def test_the_profile(ana, service):
    here = browser_of(ana)
    change = lambda word, now=PASSWORD: here.send(  # noqa: E731
        "PUT", "/api/v1/profile", {"profile": {"current_password": now, "password": word}}
    )
    assert change(LEAKED, now="Nope-1").json()["code"] == "wrong_password"
    assert service.asked == [], "the current one first"
    refused_at_desk(change(LEAKED))
    assert change(GOOD).status_code == 200


def test_a_mailed_link_works_on_after_a_refusal(ana, api, service):
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    assert api().post("/api/desk/password", {"token": "none", "password": LEAKED}).status_code == 422
    assert service.asked == []
    refused_at_desk(api(headers=ENGLISH).post("/api/desk/password", {"token": token, "password": LEAKED}))
    given = {"reset_password_token": token, "password": LEAKED}
    refused_at_desk(api(headers=ENGLISH).patch("/auth/password", given))
    assert api().patch("/auth/password", given | {"password": GOOD}).status_code == 200


def test_an_invitation(acme, admin, api, service):
    answer = api(admin).post(
        f"/api/v1/accounts/{acme.pk}/agents",
        {"email": "nuria@acme.example", "name": "Nuria", "role": "agent"},
    )
    stand_in = User.objects.get(pk=answer.json()["id"])
    token = issue_one_time_token(stand_in, purpose=Purpose.INVITATION)
    refused_at_desk(api(headers=ENGLISH).post("/api/desk/password", {"token": token, "password": LEAKED}))
    named = api(headers=ENGLISH).post("/api/desk/password", {"token": token, "password": "Nuria.2026"})
    assert "your email" in named.json()["fields"]["password"][0], "the invited address is hers"
    assert api().post("/api/desk/password", {"token": token, "password": GOOD}).status_code == 200


def test_sign_up_and_the_platform(acme, service):
    with pytest.raises(Invalid, match="leaked"):
        sign_up(account_name="Otra", user_full_name="Otto", email="otto@otra.example", password=LEAKED)
    app, _token = create_platform_app("Operator")
    with pytest.raises(Invalid, match="leaked"):
        create_user_for(app, email="pia@otra.example", name="Pía", password=LEAKED)
    user = create_user_for(app, email="pia@otra.example", name="Pía", password=GOOD)
    with pytest.raises(Invalid, match="leaked"):
        update_user_for(user, password=LEAKED)
    update_user_for(user, password=GOOD + "2")


def test_the_command_line(acme, ana, service, monkeypatch):
    with pytest.raises(Stop):
        password_command.run(Namespace(email=ana.email, password=LEAKED, json=True))
    asked = {
        "account": "Acme",
        "account_id": None,
        "name": "Pía",
        "email": "pia@acme.example",
        "role": "agent",
    }
    monkeypatch.setattr(createuser_command, "migrate", lambda: None)
    with pytest.raises(Stop):
        createuser_command.run(Namespace(**asked, password=LEAKED, existing=False, json=True))
    assert not User.objects.filter(email="pia@acme.example").exists()
    assert createuser_command.run(Namespace(**asked, password=GOOD, existing=False, json=True)) == 0
