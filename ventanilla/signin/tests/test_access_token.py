"""A member's API token outlives their session: a cookie that was stolen must not lead to it."""

from __future__ import annotations

import pytest

from ventanilla.accounts.models import AccessToken
from ventanilla.signin.tests.test_second_step import SIGN_IN, events, headers_of
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import PASSWORD, in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]
SHOW, RESET = "/api/desk/security/access-token", "/api/v1/profile/reset_access_token"


def keys_of(user):
    user.refresh_from_db()
    return {AccessToken.objects.get(user=user).sealed, user.pubsub_token}


def test_no_answer_to_a_cookie_holds_a_key(ana, acme):
    here = browser_of(ana)
    asked = [
        ("GET", "/api/desk/boot", None),
        ("GET", "/api/v1/profile", None),
        ("GET", "/auth/validate_token", None),
        ("PUT", "/api/v1/profile", {"profile": {"display_name": "Anita"}}),
        (
            "POST",
            "/api/v1/profile/availability",
            {"profile": {"account_id": acme.pk, "availability": "busy"}},
        ),
        ("POST", "/api/v1/profile/auto_offline", {"profile": {"account_id": acme.pk, "auto_offline": False}}),
    ]
    # Headers that are no key do not turn a cookie into one.
    disguises = [
        {},
        {"HTTP_API_ACCESS_TOKEN": ""},
        {"HTTP_ACCESS_TOKEN": "x"},
        {"HTTP_CLIENT": "x", "HTTP_UID": ana.email},
    ]
    for method, path, body in asked:
        for disguise in disguises:
            here.client.defaults |= disguise
            answer = here.send(method, path, body)
            for name in disguise:
                del here.client.defaults[name]
            assert answer.status_code == 200, (path, disguise, answer.content)
            assert not any(key in answer.content.decode() for key in keys_of(ana)), (path, disguise)


def test_the_contracts_clients_read_their_token_as_before(ana, api):
    token = AccessToken.objects.get(user=ana).sealed
    signed_in = api().post("/auth/sign_in", SIGN_IN)
    phone = api(headers=headers_of(signed_in))
    assert signed_in.json()["data"]["access_token"] == token
    for caller in (phone, api(ana)):
        profile = caller.get("/api/v1/profile").json()
        assert (profile["access_token"], profile["pubsub_token"]) == (token, ana.pubsub_token)
        valid = caller.get("/auth/validate_token").json()["payload"]["data"]
        assert valid["access_token"] == token


def test_the_desk_shows_it_after_a_fresh_proof_and_that_is_recorded(ana, travel):
    here = browser_of(ana)
    travel(minutes=16)
    refused = here.send("POST", SHOW)
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
    assert events("user.access_token_shown") == []
    here.send("POST", "/api/desk/security/proof", {"password": PASSWORD})
    shown = here.send("POST", SHOW)
    assert shown.json() == {"access_token": AccessToken.objects.get(user=ana).sealed}
    assert shown["Cache-Control"] == "no-store"
    assert events("user.access_token_shown") == [{"user_id": ana.pk}]


def test_who_has_none_gets_one(ana):
    AccessToken.objects.all().delete()
    token = browser_of(ana).send("POST", SHOW).json()["access_token"]
    assert token == AccessToken.objects.get(user=ana).sealed


def test_the_desk_changes_it_after_a_fresh_proof(ana, travel):
    here, before = browser_of(ana), AccessToken.objects.get(user=ana).sealed
    travel(minutes=16)
    assert here.send("POST", RESET).json()["code"] == "proof_needed"
    assert AccessToken.objects.get(user=ana).sealed == before
    here.send("POST", "/api/desk/security/proof", {"password": PASSWORD})
    answer = here.send("POST", RESET).json()
    assert answer["access_token"] == AccessToken.objects.get(user=ana).sealed != before
    assert answer["pubsub_token"] == ""


def test_a_program_still_changes_its_own(ana, api, travel):
    phone = api(headers=headers_of(api().post("/auth/sign_in", SIGN_IN)))
    travel(minutes=16)
    for caller in (lambda: phone, lambda: api(ana)):
        assert caller().post(RESET).json()["access_token"] == AccessToken.objects.get(user=ana).sealed


def test_no_token_shows_the_token(ana, acme, api):
    assert api(ana).post(SHOW).status_code == 401
    assert api().get(in_account(acme, "labels")).status_code == 401
