"""The contract's session endpoints (A.2) and the profile (B.9)."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.commands.one_time import Purpose, issue_one_time_token, sso_url
from ventanilla.accounts.commands.users import add_member
from ventanilla.accounts.jobs import send_system_mail
from ventanilla.accounts.models import ClientSession, User
from ventanilla.testing.cast import PASSWORD, in_account

SIGN_IN = {"email": "ana@acme.example", "password": PASSWORD}


def signed_in_headers(api):
    response = api().post("/auth/sign_in", SIGN_IN)
    return {name: response[name] for name in ("access-token", "client", "uid")}


def test_sign_in_answers_with_the_session_in_headers_and_the_user_in_the_body(ana, api):
    response = api().post("/auth/sign_in", SIGN_IN)
    assert response.status_code == 200
    assert response["token-type"] == "Bearer"
    assert response["uid"] == "ana@acme.example"
    assert int(response["expiry"]) > 0
    user = response.json()["data"]
    assert user["accounts"][0]["role"] == "agent"
    assert user["account_id"] == user["accounts"][0]["id"]
    assert user["pubsub_token"] == ana.pubsub_token


def test_three_headers_are_enough_and_are_not_rotated(ana, acme, api):
    caller = api(headers=signed_in_headers(api))
    for _again in range(3):
        response = caller.get(in_account(acme, "agents"))
        assert response.status_code == 200
        assert "access-token" not in response


def test_bad_credentials_are_a_401_in_the_sessions_envelope(ana, api):
    response = api().post("/auth/sign_in", {**SIGN_IN, "password": "Nope-1"})
    assert response.status_code == 401
    assert response.json()["success"] is False
    assert response.json()["errors"]


def test_a_sign_in_may_be_a_form(ana, api):
    assert api().post("/auth/sign_in", form=SIGN_IN).status_code == 200


def test_validate_token_answers_with_the_user(ana, api):
    response = api(headers=signed_in_headers(api)).get("/auth/validate_token")
    assert response.json()["payload"]["data"]["email"] == "ana@acme.example"
    assert api().get("/auth/validate_token").status_code == 401


def test_sign_out_ends_the_session_and_a_second_one_finds_nothing(ana, acme, api):
    caller = api(headers=signed_in_headers(api))
    assert caller.delete("/auth/sign_out").json() == {"success": True}
    assert caller.get(in_account(acme, "agents")).status_code == 401
    assert caller.delete("/auth/sign_out").status_code == 404


def test_a_reset_link_sets_the_password_and_comes_in(ana, api):
    token = issue_one_time_token(ana, purpose=Purpose.PASSWORD)
    body = {"reset_password_token": token, "password": "Another-2", "password_confirmation": "Another-2"}
    response = api().put("/auth/password", body)
    assert response.status_code == 200
    assert response["access-token"]
    used = api().put("/auth/password", body)
    assert used.status_code == 422
    assert set(used.json()) >= {"message", "redirect_url"}


def test_a_reset_link_never_leads_where_a_stranger_says(admin, ana, api, mailoutbox, settings):
    settings.EXTRA_HOSTS = ("*",)  # even where every host is let in
    stranger = api(headers={"Host": "evil.example"})
    assert stranger.post("/auth/password", {"email": ana.email}).status_code == 200
    send_system_mail()
    assert "http://testserver/app/set-password?token=" in mailoutbox[0].body
    assert "evil.example" not in mailoutbox[0].body


def test_whether_an_address_is_known_can_be_hidden(ana, api, settings):
    assert api().post("/auth/password", {"email": "nobody@acme.example"}).status_code == 404
    settings.HIDE_UNKNOWN_EMAILS = True
    assert api().post("/auth/password", {"email": "nobody@acme.example"}).status_code == 200


def test_a_single_sign_on_link_signs_in_once(ana, api):
    token = sso_url(ana).split("sso_auth_token=")[1]
    body = {"email": ana.email, "sso_auth_token": token}
    assert api().post("/auth/sign_in", body).status_code == 200
    assert api().post("/auth/sign_in", body).status_code == 401


def test_the_sixth_sign_in_within_five_minutes_is_throttled(ana, api, settings):
    settings.RATE_LIMITS_ENABLED = True
    codes = [
        api().post("/auth/sign_in", {**SIGN_IN, "email": "sixth@acme.example"}).status_code for _ in range(6)
    ]
    assert codes == [401] * 5 + [429]


def test_signing_up_is_closed_unless_the_installation_opens_it(db, api, settings):
    body = {"account_name": "New", "email": "new@new.example", "password": "Secreto-1"}
    assert api().post("/api/v1/accounts", body).status_code == 404
    settings.SIGN_UP = True
    response = api().post("/api/v1/accounts", body)
    assert response.status_code == 200
    assert response.json()["data"]["role"] == "administrator"
    assert response["access-token"]
    assert api().post("/api/v1/accounts", body).status_code == 403


# ── profile ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_profile_is_changed_flat_or_wrapped_and_by_put(ana, api):
    caller = api(ana)
    assert (
        caller.put("/api/v1/profile", {"profile": {"display_name": "Anita"}}).json()["available_name"]
        == "Anita"
    )
    assert caller.patch("/api/v1/profile", {"ui_settings": {"a": 1}}).json()["ui_settings"] == {"a": 1}
    assert (
        caller.patch("/api/v1/profile/", {"message_signature": "Saludos"}).json()["message_signature"]
        == "Saludos"
    )
    assert User.objects.get(pk=ana.pk).name == "Ana Agente"


def test_a_password_needs_the_current_one(ana, api):
    body = {"password": "Another-2", "password_confirmation": "Another-2"}
    assert api(ana).put("/api/v1/profile", body).status_code == 422
    assert api(ana).put("/api/v1/profile", {**body, "current_password": "Wrong-1"}).status_code == 422
    signed_in_headers(api)
    assert api(ana).put("/api/v1/profile", {**body, "current_password": PASSWORD}).status_code == 200
    assert not ClientSession.objects.filter(user=ana).exists()


def test_a_picture_becomes_a_small_square(ana, api):
    picture = io.BytesIO()
    Image.new("RGB", (900, 300), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "me.png"
    # A multipart PUT, as the mobile app sends it.
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    caller = api(ana)
    response = caller._client.generic(
        "PUT",
        "/api/v1/profile",
        encode_multipart(BOUNDARY, {"profile[avatar]": picture}),
        content_type=MULTIPART_CONTENT,
        headers=caller._headers,
    )
    assert response.status_code == 200, response.content
    user = User.objects.get(pk=ana.pk)
    assert response.json()["avatar_url"].startswith("http://testserver/rails/active_storage/")
    with user.avatar.open() as stored:
        assert Image.open(stored).size == (250, 250)
    assert caller.delete("/api/v1/profile/avatar").status_code == 200
    assert caller.get("/api/v1/profile").json()["avatar_url"] == ""


def test_a_new_address_takes_over_when_it_is_confirmed_and_not_before(ana, api, mailoutbox):
    assert api(ana).patch("/api/v1/profile", {"email": "Ana2@acme.example"}).status_code == 401, (
        "a program's token"
    )
    signed_in = api().post("/auth/sign_in", SIGN_IN)
    phone = api(headers={name: signed_in[name] for name in ("access-token", "client", "uid")})
    user = phone.patch("/api/v1/profile", {"email": "Ana2@acme.example"}).json()
    assert (user["email"], user["unconfirmed_email"]) == ("ana@acme.example", "ana2@acme.example")
    assert api().post("/auth/sign_in", SIGN_IN).status_code == 200
    send_system_mail()
    mailed = {mail.to[0]: mail for mail in mailoutbox}
    assert set(mailed) == {"ana2@acme.example", "ana@acme.example"}, "and the old one is told"
    token = mailed["ana2@acme.example"].body.split("/app/confirm?token=")[1].split()[0]
    assert (
        api().post("/auth/confirmation", {"confirmation_token": token}).json()["data"]["email"]
        == "ana2@acme.example"
    )
    assert api().post("/auth/confirmation", {"confirmation_token": token}).status_code == 422
    assert api().post("/auth/sign_in", SIGN_IN).status_code == 401


@pytest.mark.feature("A-09")
def test_availability_is_set_for_one_account(ana, acme, api):
    body = {"profile": {"account_id": acme.pk, "availability": "busy"}}
    answer = api(ana).post("/api/v1/profile/availability", body).json()
    assert answer["accounts"][0]["availability"] == "busy"
    answer = (
        api(ana).post("/api/v1/profile/auto_offline", {"account_id": acme.pk, "auto_offline": False}).json()
    )
    assert answer["accounts"][0]["availability_status"] == "busy"


def test_another_account_cannot_be_made_the_active_one(ana, globex, api):
    assert api(ana).put("/api/v1/profile/set_active_account", {"account_id": globex.pk}).status_code == 404


@pytest.mark.feature("X-01", "X-02")
def test_a_reset_token_works_and_the_old_one_does_not(ana, acme, api):
    caller = api(ana)
    new = caller.post("/api/v1/profile/reset_access_token").json()["access_token"]
    assert caller.get("/api/v1/profile").status_code == 401
    fresh = api(headers={"Api-Access-Token": new, "Authorization": "Bearer something-else"})
    assert fresh.get("/api/v1/profile").json()["access_token"] == new
    assert (
        fresh.post(in_account(acme, "labels"), {"title": "no"}).status_code == 401
    )  # an agent's rights, no more


def test_the_profile_costs_the_same_queries_for_one_account_and_for_ten(ana, api, count_queries):
    caller = api(ana)
    one = count_queries(lambda: caller.get("/api/v1/profile"))
    for number in range(9):
        add_member(create_account(f"Account {number}", by=None), user=ana, role="agent", by=None)
    assert count_queries(lambda: caller.get("/api/v1/profile")) == one
