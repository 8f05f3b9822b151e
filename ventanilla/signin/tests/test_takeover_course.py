"""What somebody tries who wants another person's account, each to its end: refused, and in the audit log.

Guessing passwords and codes from many addresses stands in test_second_step.py, an address changed by a thief in
test_email_changes.py, copied passkeys in test_passkeys.py, a provider that lies in the tests of single sign-on.
"""

from __future__ import annotations

import time

import pytest
from websockets.exceptions import ConnectionClosed

from ventanilla.accounts.commands.agents import remove_agent
from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token
from ventanilla.accounts.commands.users import change_email
from ventanilla.accounts.models import Membership
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.audit.consumers import AuditLog
from ventanilla.audit.models import AuditEntry
from ventanilla.events.consumer import drain_log as drain
from ventanilla.kit.clock import now
from ventanilla.realtime.tests.conftest import port  # noqa: F401
from ventanilla.realtime.tests.wire import CableWire, LiveWire
from ventanilla.signin.commands.rule import ask_for_second_step
from ventanilla.signin.tests.test_second_step import SIGN_IN, events, headers_of
from ventanilla.signin.tests.test_second_step_rule import browser_of_with_code
from ventanilla.signin.tests.test_sessions import LIST, browser_of
from ventanilla.testing.cast import PASSWORD, in_account

pytestmark = [pytest.mark.feature("Z-15")]
COOKIE = "ventanilla_session"
DANGEROUS = [
    ("POST", "/api/v1/profile/mfa", None),
    ("DELETE", "/api/desk/security/authenticator", None),
    ("POST", "/api/desk/security/recovery-codes", None),
    ("POST", "/api/desk/security/passkeys/ask", None),
    ("POST", "/api/desk/security/passkeys", {"token": "x", "credential": {}}),
    ("DELETE", "/api/desk/security/passkeys/1", None),
    ("POST", "/api/desk/security/access-token", None),
    ("POST", "/api/v1/profile/reset_access_token", None),
    ("PUT", "/api/v1/profile", {"profile": {"email": "thief@evil.example"}}),
    ("PATCH", "/api/desk/accounts/{account}/second_step", {"since": None}),
]


def audited(name):
    drain([AuditLog()])
    return AuditEntry.objects.filter(event=name)


def cookie_of(browser):
    return browser.client.cookies[COOKIE].value


def thief_with(cookie):
    thief = Browser()
    thief.client.cookies[COOKIE] = cookie
    thief.client.defaults["REMOTE_ADDR"] = "203.0.113.66"
    thief.send("GET", "/api/desk/boot")
    return thief


def is_shown_out(wire):
    """Told to go, or cut off; and not asked to come again."""
    try:
        frame = wire.hear(lambda frame: frame.get("type") == "disconnect")
    except ConnectionClosed:
        return True
    return frame["reconnect"] is False


@pytest.mark.django_db
def test_a_stolen_cookie_changes_nothing_of_how_its_owner_signs_in(admin, acme, app, travel):
    home = browser_of_with_code(admin, app(admin))
    travel(minutes=16)
    thief = thief_with(cookie_of(home))
    assert thief.send("GET", in_account(acme, "labels")).status_code == 200, "it is a session"
    for method, path, body in DANGEROUS:
        answer = thief.send(method, path.replace("{account}", str(acme.pk)), body)
        assert (answer.status_code, answer.json()["code"]) == (403, "proof_needed"), path
    change = {"profile": {"current_password": "Guess-1", "password": "Marejada-7"}}
    assert thief.send("PUT", "/api/v1/profile", change).status_code == 422
    assert thief.send("POST", "/api/desk/security/proof", {"password": PASSWORD}).status_code == 422, (
        "has a factor"
    )
    assert thief.send("POST", "/api/desk/security/proof", {"otp_code": "000000"}).status_code == 422
    assert audited("user.step_up_failed").count() == 2


@pytest.mark.django_db
def test_a_stolen_recovery_code_opens_nothing_alone_and_is_good_once(ana, app, api):
    mine = app(ana)
    stolen = mine.recovery_codes[0]
    for body in (
        {"email": ana.email, "backup_code": stolen},
        {"email": ana.email, "password": stolen},
        {"mfa_token": "x", "backup_code": stolen},
    ):
        assert api().post("/auth/sign_in", body).status_code == 401, body
    token = lambda: api().post("/auth/sign_in", SIGN_IN).json()["mfa_token"]  # noqa: E731
    came = api().post("/auth/sign_in", {"mfa_token": token(), "backup_code": stolen})
    assert came.status_code == 200
    assert api().post("/auth/sign_in", {"mfa_token": token(), "backup_code": stolen}).status_code == 400
    assert [one["left"] for one in events("user.recovery_code_used")] == [9]
    assert audited("user.recovery_code_used").count() == 1


@pytest.mark.django_db
def test_a_session_that_was_planted_before_is_not_the_one_that_is_opened(ana, acme, app):
    mine = app(ana)
    planted = Browser()
    planted.send("GET", "/api/desk/boot")
    planted.client.session.save()  # anonymous, with a key that the thief knows
    session = planted.client.session
    session["mark"] = 1
    session.save()
    known = session.session_key
    victim = Browser()
    victim.client.cookies[COOKIE] = known
    victim.send("GET", "/api/desk/boot")
    asked = victim.send("POST", "/api/desk/session", SIGN_IN).json()
    assert thief_with(known).send("GET", "/api/desk/boot").json()["signed_in"] is False, (
        "after the first step"
    )
    given = {"mfa_token": asked["mfa_token"], "otp_code": mine.code()}
    assert victim.send("POST", "/api/desk/session/second-step", given).status_code == 200
    assert cookie_of(victim) != known
    assert thief_with(known).send("GET", in_account(acme, "labels")).status_code == 401
    assert victim.send("GET", in_account(acme, "labels")).status_code == 200


@pytest.mark.django_db
def test_a_mailed_link_works_once(ana, acme, admin, api):
    change_email(ana, email="ana.nueva@acme.example")
    invited = api(admin).post(
        in_account(acme, "agents"), {"email": "pia@acme.example", "name": "Pía", "role": "agent"}
    )
    stand_in = Membership.objects.get(user_id=invited.json()["id"]).user
    links = [
        # First: a new password drops a change of email that was asked for before it.
        ("/api/desk/confirmation", {"token": issue_one_time_token(ana, purpose=Purpose.CONFIRMATION)}),
        ("/api/desk/password", {"token": issue_one_time_token(ana, purpose=Purpose.PASSWORD)}),
        ("/api/desk/password", {"token": issue_one_time_token(stand_in, purpose=Purpose.INVITATION)}),
    ]
    for path, body in links:
        first, second = (Browser().send("POST", path, body | {"password": "Marejada-7"}) for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 422), path
    ana.refresh_from_db()
    way_in = {"email": ana.email, "sso_auth_token": issue_one_time_token(ana, purpose=Purpose.SSO)}
    assert [Browser().send("POST", "/api/desk/session", way_in).status_code for _ in range(2)] == [200, 401]


def test_a_removed_member_hears_nothing_more_at_once(port, admin, ana, acme):  # noqa: F811
    """Two real sockets, the desk's and the contract's: both end with the membership."""
    browser = browser_of(ana)
    with LiveWire(port, cookie_of(browser)) as desk, CableWire(port) as phone:
        desk.hello(acme)
        phone.subscribe_user(ana, acme)
        remove_agent(Membership.objects.get(account=acme, user=ana), by=admin)
        assert is_shown_out(desk)
        assert is_shown_out(phone)
    assert browser.send("GET", in_account(acme, "labels")).status_code == 401
    with LiveWire(port, cookie_of(browser)) as again:
        again.say({"type": "hello", "account_id": acme.pk, "after": None})
        assert is_shown_out(again)
    assert audited("agent.removed").count() == 1


def test_signing_out_everywhere_ends_browsers_phones_and_sockets(port, ana, acme, api):  # noqa: F811
    here, stolen = browser_of(ana), browser_of(ana, address="203.0.113.5")
    phone = api(headers=headers_of(api().post("/auth/sign_in", SIGN_IN)))
    with (
        LiveWire(port, cookie_of(here)) as mine,
        LiveWire(port, cookie_of(stolen)) as theirs,
        CableWire(port) as cable,
    ):
        mine.hello(acme)
        theirs.hello(acme)
        cable.subscribe_user(ana, acme)
        assert here.send("DELETE", f"{LIST}/sessions").status_code == 200
        assert is_shown_out(theirs)
        assert is_shown_out(cable)
        mine.say({"type": "ping"})
        mine.hear(lambda frame: frame["type"] == "pong")
    assert stolen.send("GET", in_account(acme, "labels")).status_code == 401
    assert phone.get("/api/v1/profile").status_code == 401
    assert audited("user.session_revoked").count() == 1


def test_a_second_step_asked_of_all_closes_open_sockets_of_who_has_none(port, admin, ana, acme, app):  # noqa: F811
    app(admin)
    with LiveWire(port, cookie_of(browser_of(ana))) as desk:
        desk.hello(acme)
        ask_for_second_step(acme, since=now().date(), by=admin)
        assert is_shown_out(desk)


def test_a_socket_ends_with_the_providers_word(port, ana, acme, monkeypatch):  # noqa: F811
    """Twenty hours after the provider answered for them, and by the clock alone: nothing else happens that would tell."""
    from ventanilla.realtime import live
    from ventanilla.signin import reach

    monkeypatch.setattr(live, "_WORD_IS_OVER_SECONDS", 0.05)
    browser = browser_of(ana)
    session = browser.client.session
    session["single_sign_on"] = {
        "own": False, "accounts": {str(acme.pk): int(time.time() - reach.VOUCHED_FOR.total_seconds()) + 3},
    }  # fmt: skip
    session.save()
    with LiveWire(port, cookie_of(browser)) as desk:
        desk.hello(acme)
        desk.say({"type": "ping"})
        desk.hear(lambda frame: frame["type"] == "pong")
        assert is_shown_out(desk)
    assert browser.send("GET", in_account(acme, "labels")).status_code == 401
