"""The list of sessions: who is where, ended from there, and a mail about what is new."""

from __future__ import annotations

import pytest

from ventanilla.accounts.models import SystemMail
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.signin.models import SignIn
from ventanilla.signin.tests.test_second_step import SIGN_IN, events, headers_of
from ventanilla.testing.cast import PASSWORD, in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
LIST = "/api/desk/security"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def browser_of(user, *, agent=FIREFOX, address="198.51.100.7"):
    browser = Browser()
    browser.client.defaults |= {
        "HTTP_USER_AGENT": agent, "REMOTE_ADDR": address, "HTTP_ACCEPT_LANGUAGE": "en",
    }  # fmt: skip
    browser.send("GET", "/api/desk/boot")
    given = {"email": user.email, "password": PASSWORD}
    assert browser.send("POST", "/api/desk/session", given).status_code == 200
    return browser


def test_the_list_says_device_place_and_which_one_is_here(ana, bruno, api):
    here = browser_of(ana)
    api(headers={"User-Agent": PHONE}).post("/auth/sign_in", SIGN_IN)
    browser_of(bruno)
    desk, phone = here.send("GET", LIST).json()["sessions"]
    assert (phone["device"], phone["is_phone"], phone["is_here"]) == ("Chrome on Android", True, False)
    assert (desk["device"], desk["is_phone"], desk["is_here"]) == ("Firefox on Linux", False, True)
    assert (desk["place"], phone["place"]) == ("198.51.100.7", "this server")


def test_the_list_takes_the_same_queries_for_many(ana, count_queries):
    here = browser_of(ana)
    here.send("GET", LIST)
    one = count_queries(lambda: here.send("GET", LIST))
    for _ in range(4):
        browser_of(ana)
    assert count_queries(lambda: here.send("GET", LIST)) == one


def test_headers_beside_a_cookie_hide_no_session(ana):
    thief = Browser()
    thief.client.defaults |= {"HTTP_ACCESS_TOKEN": "x", "HTTP_USER_AGENT": PHONE}
    thief.send("GET", "/api/desk/boot")
    assert thief.send("POST", "/api/desk/session", SIGN_IN).status_code == 200
    row = SignIn.objects.get()
    assert (row.key.partition(":")[0], row.how) == ("browser", "password")


def test_a_session_ended_from_the_list_is_over_at_once(ana, acme, api):
    here, stolen = browser_of(ana), browser_of(ana, address="203.0.113.5")
    phone = api(headers=headers_of(api().post("/auth/sign_in", SIGN_IN)))
    before = ana.pubsub_token
    assert phone.get("/api/v1/profile").status_code == 200
    sessions = here.send("GET", LIST).json()["sessions"]
    for one in sessions:
        if not one["is_here"]:
            assert here.send("DELETE", f"{LIST}/sessions/{one['id']}").status_code == 200
    assert stolen.send("GET", in_account(acme, "labels")).status_code == 401
    assert phone.get("/api/v1/profile").status_code == 401
    assert here.send("GET", in_account(acme, "labels")).status_code == 200
    assert events("user.session_revoked") == [{"user_id": ana.pk, "sessions": 1}] * 2
    ana.refresh_from_db()
    assert ana.pubsub_token != before, "what the phone listened with"


def test_all_others_end_together(ana, acme):
    here, *others = (browser_of(ana) for _ in range(3))
    left = here.send("DELETE", f"{LIST}/sessions").json()["sessions"]
    assert [one["is_here"] for one in left] == [True]
    assert [one.send("GET", in_account(acme, "labels")).status_code for one in others] == [401, 401]


def test_nobody_ends_somebody_elses(ana, bruno):
    browser_of(ana)
    other = browser_of(bruno)
    row = SignIn.objects.get(user=ana)
    assert other.send("DELETE", f"{LIST}/sessions/{row.pk}").status_code == 404


def test_signing_out_and_a_new_password_take_sessions_off_the_list(ana):
    here, gone, other = (browser_of(ana) for _ in range(3))
    gone.send("DELETE", "/api/desk/session")
    assert len(here.send("GET", LIST).json()["sessions"]) == 2
    change = {"profile": {"current_password": PASSWORD, "password": "Another-2"}}
    assert here.send("PUT", "/api/v1/profile", change).status_code == 200
    assert [one["is_here"] for one in here.send("GET", LIST).json()["sessions"]] == [True]
    assert other.send("GET", LIST).status_code == 401


def test_a_session_of_before_the_upgrade_enters_the_list_when_it_is_used(ana):
    here = browser_of(ana)
    SignIn.objects.all().delete()
    from ventanilla.signin.commands import sessions

    sessions._seen_at.clear()
    here.send("GET", "/api/desk/boot")
    assert [one["is_here"] for one in here.send("GET", LIST).json()["sessions"]] == [True]


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(ana, settings):
    settings.MAIL_SERVER = "smtp://mail.example.com"
    mails = lambda: [mail.content["subject"] for mail in SystemMail.objects.order_by("pk")]  # noqa: E731
    first = browser_of(ana)
    browser_of(ana)
    assert mails() == [], "the first ever, and the same kind from the same network"
    given = {"email": ana.email, "password": PASSWORD}
    first.client.defaults["REMOTE_ADDR"] = "203.0.113.80"
    first.send("POST", "/api/desk/session", given)
    assert mails() == [], "the browser that came in before, elsewhere"
    browser_of(ana, agent=PHONE, address="192.0.2.9")
    assert mails() == ["New sign-in to Ventanilla"]
    assert events("user.new_device") == [{"user_id": ana.pk}]
    mail = SystemMail.objects.get()
    assert "Chrome on Android, from 192.0.2.9" in mail.content["paragraphs"][0]
    assert mail.to == ana.email
