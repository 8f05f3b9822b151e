"""Passkeys: alone, as the second step, as a proof; and what a stranger's device gets."""

from __future__ import annotations

import pytest

from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.signin.models import Passkey, RecoveryCode
from ventanilla.signin.tests.authenticator import PRESENT, Device
from ventanilla.signin.tests.test_second_step import SIGN_IN, events
from ventanilla.testing.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
MINE = "/api/desk/security/passkeys"
DOOR = "/api/desk/passkeys"


def came_in(user):
    browser = Browser()
    browser.send("GET", "/api/desk/boot")
    given = {"email": user.email, "password": PASSWORD}
    assert browser.send("POST", "/api/desk/session", given).status_code == 200
    return browser


def add(browser, device, name="Laptop"):
    asked = browser.send("POST", f"{MINE}/ask").json()
    return browser.send("POST", MINE, {**device.make(asked), "name": name})


def enter(device, *, browser=None):
    browser = browser or Browser()
    return browser.send("POST", f"{DOOR}/session", device.use(browser.send("POST", f"{DOOR}/ask", {}).json()))


@pytest.fixture
def desk(ana):
    return came_in(ana)


@pytest.fixture
def device(desk):
    made = Device()
    answer = add(desk, made)
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["backup_codes"]) == 10
    return made


def test_a_passkey_alone_signs_in(ana, device):
    answer = enter(device)
    assert answer.status_code == 200, answer.content
    assert answer.json()["user"]["email"] == ana.email
    assert events("user.signed_in")[-1]["how"] == "passkey"
    assert events("user.factor_added") == [{"user_id": ana.pk, "kind": "passkey"}]
    assert Passkey.objects.get().last_used_at is not None


def test_a_second_passkey_gives_no_new_recovery_codes(device, desk):
    assert add(desk, Device(), "Phone").json()["backup_codes"] == []
    assert RecoveryCode.objects.count() == 10
    shown = desk.send("GET", "/api/desk/security").json()["passkeys"]
    assert [one["name"] for one in shown] == ["Laptop", "Phone"]


def test_with_a_passkey_the_password_alone_is_no_longer_enough(device, bruno):
    browser = Browser()
    asked = browser.send("POST", "/api/desk/session", SIGN_IN)
    assert (asked.status_code, asked.json()["ways"]) == (206, ["passkey", "recovery_code"])
    token = asked.json()["mfa_token"]
    stranger = Device()
    add(came_in(bruno), stranger)
    for one, status in ((stranger, 422), (device, 200)):
        question = browser.send("POST", f"{DOOR}/ask", {"mfa_token": token}).json()
        given = {"mfa_token": token, "passkey": one.use(question)}
        assert browser.send("POST", "/api/desk/session/second-step", given).status_code == status


def test_an_answer_is_taken_once(device):
    browser = Browser()
    answer = device.use(browser.send("POST", f"{DOOR}/ask", {}).json())
    assert browser.send("POST", f"{DOOR}/session", answer).status_code == 200
    replayed = Browser().send("POST", f"{DOOR}/session", answer)
    assert (replayed.status_code, replayed.json()["code"]) == (422, "replayed")


def test_an_answer_for_another_page_or_without_the_person_is_refused(device):
    device.origin = "https://testserver.evil.example"
    assert enter(device).status_code == 422
    device.origin, device.flags = "http://testserver", PRESENT
    assert enter(device).status_code == 422, "a key that lies about is not the person"


def test_an_answer_comes_in_time_and_to_its_own_question(device, travel):
    browser = Browser()
    first, second = (browser.send("POST", f"{DOOR}/ask", {}).json() for _ in range(2))
    crossed = {**device.use(first), "token": second["token"]}
    assert browser.send("POST", f"{DOOR}/session", crossed).status_code == 422
    travel(minutes=6)
    assert browser.send("POST", f"{DOOR}/session", device.use(first)).status_code == 422


def test_a_counter_that_goes_back_is_a_copy_of_the_key(device):
    device.count = 5
    assert enter(device).status_code == 200
    assert enter(device).status_code == 422, "the same count again"
    device.count = 4
    assert enter(device).status_code == 422
    device.count = 6
    assert enter(device).status_code == 200


def test_nobody_adds_a_passkey_for_somebody_else(ana, bruno, desk):
    asked = desk.send("POST", f"{MINE}/ask").json()
    other = came_in(bruno)
    assert other.send("POST", MINE, Device().make(asked)).status_code == 422
    assert not Passkey.objects.exists()


def test_a_stolen_cookie_adds_no_passkey_and_takes_none_away(device, desk, travel):
    travel(minutes=16)
    one = Passkey.objects.get()
    assert desk.send("POST", f"{MINE}/ask").json()["code"] == "proof_needed"
    assert desk.send("DELETE", f"{MINE}/{one.pk}").json()["code"] == "proof_needed"
    question = desk.send("POST", "/api/desk/security/proof/passkey").json()
    given = {"passkey": device.use(question)}
    assert desk.send("POST", "/api/desk/security/proof", given).status_code == 200
    assert desk.send("DELETE", f"{MINE}/{one.pk}").status_code == 200
    assert enter(device).status_code == 422
    assert not RecoveryCode.objects.exists()


def test_anothers_passkey_cannot_be_named_or_removed(device, bruno):
    other, one = came_in(bruno), Passkey.objects.get()
    assert other.send("PATCH", f"{MINE}/{one.pk}", {"name": "x"}).status_code == 404
    assert other.send("DELETE", f"{MINE}/{one.pk}").status_code == 404


def test_what_is_no_answer_is_refused(device):
    browser = Browser()
    token = browser.send("POST", f"{DOOR}/ask", {}).json()["token"]
    for nonsense in ({}, {"id": 5}, {"id": "x", "response": []}, {"id": "x", "response": {"userHandle": 3}}):
        given = {"token": token, "credential": nonsense}
        assert browser.send("POST", f"{DOOR}/session", given).status_code == 422
