"""Single sign-on: coming in by a real provider, and everything a provider or a stranger may try."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.conf import settings
from django.test import Client, override_settings

from ventanilla.accounts.commands.agents import add_agent, remove_agent
from ventanilla.accounts.commands.roles import create_role
from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.commands.users import add_member
from ventanilla.accounts.models import Account, Membership, Role, SystemMail, TeamMember, User
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.audit.models import AuditEntry
from ventanilla.events.models import Event
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Refusal
from ventanilla.notifications.commands import MAX_DEVICES, subscribe_to_push
from ventanilla.notifications.models import PushSubscription
from ventanilla.signin.commands import providers as commands
from ventanilla.signin.commands.providers import change_provider
from ventanilla.signin.models import Identity, SignInProvider
from ventanilla.signin.selectors import may_tell
from ventanilla.signin.single_sign_on import discovery
from ventanilla.signin.tests.lying_provider import CLIENT_ID, CLIENT_SECRET, LyingProvider, made_key
from ventanilla.testing.cast import PASSWORD, in_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-15")]


@pytest.fixture(autouse=True)
def _near_providers(settings) -> Iterator[None]:
    """They run on this machine."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    discovery.forget()
    yield
    discovery.forget()


@pytest.fixture
def liar() -> Iterator[LyingProvider]:
    provider = LyingProvider()
    yield provider
    provider.close()


def set_up(account, issuer, **more) -> SignInProvider:
    fields = {
        "name": "Acme ID",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "domains": ["acme.example"],
        "makes_members": True,
    }
    return commands.add_provider(account, by=None, **{**fields, **more})


class Visitor(Browser):
    """A browser that goes to the provider and comes back."""

    def go(self, provider, **query) -> str:
        answer = self.client.get(f"/sso/{provider.slug}", query)
        assert answer.status_code == 302, answer.content
        return answer["Location"]

    def back(self, given) -> str:
        """Where it lands: the page, with the problem if there is one."""
        answer = self.client.get("/sso/back", given)
        assert answer.status_code == 302, answer.content
        assert answer["Referrer-Policy"] == "no-referrer"
        return answer["Location"]

    def come(self, provider, liar, **query) -> str:
        """The code of the problem; "" when they are in."""
        return problem_of(self.back(liar.authorize(self.go(provider, **query))))

    def boot(self):
        return self.send("GET", "/api/desk/boot").json()


def problem_of(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("problem", [""])[0]


def payloads(name: str) -> list[dict]:
    return [json.loads(row.payload) for row in Event.objects.filter(name=name).order_by("pk")]


# ── By a real provider ───────────────────────────────────────────────────────────────────────────────────────


def test_a_new_colleague_comes_in_by_a_real_provider(acme, admin):
    nadia = oidc_provider_mock.User(
        sub="nadia-1",
        claims={
            "email": "nadia@acme.example",
            "email_verified": True,
            "name": "Nadia Nueva",
            "groups": ["support"],
        },
    )
    team = create_team(acme, name="support", by=admin)
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=[nadia]) as server:
        provider = set_up(
            acme,
            f"http://localhost:{server.server_port}",
            claim="groups",
            rules=[{"value": "support", "role": "analyst", "team_id": team.pk}],
        )
        browser = Visitor()
        url = browser.go(provider, next="/app/accounts/1/reports")
        agreed = httpx.post(url, data={"sub": "nadia-1"})
        assert agreed.status_code == 302, agreed.text
        back = urlsplit(agreed.headers["location"])
        assert back.path == "/sso/back"
        assert browser.back(dict(parse_qs(back.query, keep_blank_values=True))) == "/app/accounts/1/reports"
    boot = browser.boot()
    assert (boot["signed_in"], boot["user"]["email"], boot["user"]["name"]) == (
        True,
        "nadia@acme.example",
        "Nadia Nueva",
    )
    assert [(row["id"], row["role"]) for row in boot["user"]["accounts"]] == [(acme.pk, "analyst")]
    user = User.objects.get(email="nadia@acme.example")
    assert TeamMember.objects.filter(team=team, user=user).exists()
    assert not user.has_usable_password() and user.email_proven_at is None
    assert payloads("user.signed_in")[-1] == {"user_id": user.pk, "how": "single_sign_on"}
    assert payloads("user.identity_linked") == [{"user_id": user.pk, "provider_id": provider.pk}]
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200


def test_a_member_comes_in_by_the_provider_and_stands_in_the_list_of_sessions(acme, ana, liar):
    provider = set_up(acme, liar.issuer, makes_members=False)
    liar.says |= {"email": "ANA@acme.example"}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    assert browser.boot()["user"]["id"] == ana.pk
    security = browser.send("GET", "/api/desk/security").json()
    assert security["is_vouched"] and [one["is_here"] for one in security["sessions"]] == [True]
    known = browser.send("GET", "/api/desk/companies/known").json()
    assert known == [{"name": "Acme ID", "path": f"/sso/{provider.slug}"}]
    assert Visitor().send("GET", "/api/desk/companies/known").json() == []


def test_a_known_identity_needs_no_address_again(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    assert Visitor().come(provider, liar) == ""
    liar.says = {"sub": "1"}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    assert browser.boot()["user"]["id"] == ana.pk


def test_what_the_id_token_leaves_out_is_asked_at_userinfo_of_the_same_person(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says = {"sub": "1"}
    liar.userinfo = {"sub": "2", "email": "ana@acme.example", "email_verified": True}
    assert Visitor().come(provider, liar) == "email_not_verified"
    liar.userinfo["sub"] = "1"
    assert Visitor().come(provider, liar) == ""


def test_what_was_verified_in_one_place_is_not_the_address_of_the_other(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.userinfo = {"sub": "1", "email": "mallory@acme.example", "email_verified": True}
    liar.says = {"sub": "1", "email": "ana@acme.example"}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    assert browser.boot()["user"]["email"] == "mallory@acme.example"
    liar.userinfo = {"sub": "2", "email": "ana@acme.example"}
    liar.says = {"sub": "2", "email_verified": True}
    assert Visitor().come(provider, liar) == "email_not_verified"
    assert not Identity.objects.filter(user=ana).exists()


# ── What a provider may try ──────────────────────────────────────────────────────────────────────────────────


def _without(name):
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def _with(**values):
    return lambda claims: {**claims, **values}


BAD = {
    "another nonce": _with(nonce="of-another-way"),
    "no nonce": _without("nonce"),
    "another audience": _with(aud="another-client"),
    "ours among others, for another": _with(aud=[CLIENT_ID, "other"], azp="other"),
    "ours among others, for no one": _with(aud=[CLIENT_ID, "other"]),
    "another issuer": _with(iss="https://accounts.example"),
    "expired": _with(exp=1_000_000_000),
    "no end": _without("exp"),
    "of long ago": _with(iat=1_000_000_000),
    "of tomorrow": _with(iat=int(time.time()) + 86_400),
    "an hour that is none": _with(iat=float("inf")),
    "no subject": _without("sub"),
    "an empty subject": _with(sub=""),
    "a subject with a secret sign": _with(sub="1\u0000"),
    "a subject that is a number": _with(sub=1),
}


@pytest.mark.parametrize("twist", BAD.values(), ids=BAD)
def test_an_id_token_that_is_not_for_us_here_and_now_lets_no_one_in(acme, ana, liar, twist):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    liar.twist = twist
    browser = Visitor()
    assert browser.come(provider, liar) == "provider_bad_token"
    assert browser.boot()["signed_in"] is False
    assert payloads("sign_in_provider.refused")[0]["reason"] == "provider_bad_token"


def test_a_token_without_a_signature_or_signed_with_what_is_published_lets_no_one_in(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    liar.algorithm, liar.sign_with = "none", ""
    assert Visitor().come(provider, liar) == "provider_bad_token"
    # The classic confusion: the public key, taken for a secret one.
    liar.algorithm, liar.sign_with = "HS256", CLIENT_SECRET.ljust(32, "x")
    liar.published = [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}, liar.public_key()]
    assert Visitor().come(provider, liar) == "provider_bad_token"
    liar.algorithm, liar.sign_with = "RS256", made_key(2)
    assert Visitor().come(provider, liar) == "provider_bad_token"


def test_keys_that_are_rotated_are_found_and_strange_ones_do_not_make_us_ask_for_ever(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    assert Visitor().come(provider, liar) == ""
    liar.rotate()
    assert Visitor().come(provider, liar) == ""
    assert liar.asked.count("/keys") == 2
    liar.published = [liar.public_key()]
    for number in range(10):
        liar.kid = f"strange-{number}"
        assert Visitor().come(provider, liar) == "provider_bad_token"
    assert liar.asked.count("/keys") <= 2 + 5
    assert liar.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_did_not_verify_is_no_ones(acme, ana, liar, verified):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example", "email_verified": verified}
    assert Visitor().come(provider, liar) == "email_not_verified"
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "email",
    [
        "ana@evil.example",
        "ana@sub.acme.example",
        "ana@acme.example.evil.example",
        "ana@evil.example@x.example",
    ],
)
def test_an_address_of_a_domain_that_is_not_listed_comes_in_nowhere(acme, ana, liar, email):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": email}
    assert Visitor().come(provider, liar) in ("foreign_domain", "email_not_verified")


def test_a_letter_that_only_looks_like_another_is_not_taken_for_it(acme, ana, liar):
    make_user(acme, "kim@acme.example", name="Kim")
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "\u212aim@acme.example"}  # the Kelvin sign
    assert Visitor().come(provider, liar) == "email_not_verified"


def test_a_second_user_of_the_provider_with_a_members_address_is_refused_until_unlinked(
    acme, ana, admin, liar
):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    assert Visitor().come(provider, liar) == ""
    liar.says |= {"sub": "2"}
    assert Visitor().come(provider, liar) == "linked_already"
    commands.unlink(provider, user_id=ana.pk, by=admin)
    assert Visitor().come(provider, liar) == ""


def test_a_slow_or_huge_provider_and_one_that_leads_elsewhere_are_given_up(acme, ana, liar, monkeypatch):
    monkeypatch.setattr(discovery, "_SECONDS", 0.3)
    provider = set_up(acme, liar.issuer)
    liar.answers_slowly = 1.0
    began = time.monotonic()
    assert problem_of(Visitor().go(provider)) == "provider_silent"
    assert time.monotonic() - began < 0.9
    liar.answers_slowly, liar.answers_hugely = 0.0, True
    assert problem_of(Visitor().go(provider)) == "provider_silent"
    liar.answers_hugely = False
    liar._said = lambda *_args: (307, {})  # type: ignore[method-assign]
    assert problem_of(Visitor().go(provider)) == "provider_no_discovery"


# ── What a stranger may try ──────────────────────────────────────────────────────────────────────────────────


def test_an_answer_counts_once(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    url = browser.go(provider)
    cookies = {name: morsel.value for name, morsel in browser.client.cookies.items()}
    given = liar.authorize(url)
    assert problem_of(browser.back(given)) == ""
    again = Visitor()
    again.client.cookies.load(cookies)  # a copy of the very browser, before
    assert problem_of(again.back({**given, "code": liar.authorize(url)["code"]})) == "way_lost"
    assert again.boot()["signed_in"] is False


def test_an_answer_is_of_no_use_in_another_browser(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    given = liar.authorize(Visitor().go(provider))
    victim = Visitor()
    victim.go(provider)  # they have begun a way of their own
    assert problem_of(victim.back(given)) == "way_lost"
    assert problem_of(victim.back({"state": "", "code": ""})) == "way_lost"


def test_an_answer_that_comes_too_late_is_refused(acme, ana, liar, travel):
    provider = set_up(acme, liar.issuer)
    browser = Visitor()
    given = liar.authorize(browser.go(provider))
    travel(minutes=16)
    assert problem_of(browser.back(given)) == "way_lost"


def test_two_windows_go_their_ways_side_by_side(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    first, second = browser.go(provider), browser.go(provider)
    assert problem_of(browser.back(liar.authorize(first))) == ""
    assert problem_of(browser.back(liar.authorize(second))) == ""


def test_an_answer_of_another_provider_is_refused(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    browser = Visitor()
    given = liar.authorize(browser.go(provider))
    assert problem_of(browser.back({**given, "iss": "https://another.example"})) == "provider_bad_token"
    liar.discovers = {"authorization_response_iss_parameter_supported": True}
    discovery.forget()
    assert browser.come(provider, liar) == "provider_bad_token"


def test_a_cancelled_sign_in_says_so(acme, liar):
    provider = set_up(acme, liar.issuer)
    browser = Visitor()
    state = liar.authorize(browser.go(provider))["state"]
    landed = browser.back({"state": state, "error": "access_denied"})
    assert problem_of(landed) == "cancelled"
    said = browser.send("GET", f"/api/desk/companies/problems/{problem_of(landed)}").json()
    assert said["message"] == "El proveedor no te permitió iniciar sesión."


def test_who_is_signed_in_is_not_made_somebody_else_by_a_link(acme, ana, globex, gus, liar):
    provider = set_up(globex, liar.issuer, domains=["globex.example"])
    liar.says |= {"email": "gus@globex.example"}
    browser = Visitor()
    browser.boot()
    assert (
        browser.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD}).status_code
        == 200
    )
    assert browser.come(provider, liar) == "somebody_else_here"
    assert browser.boot()["user"]["id"] == ana.pk
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/app\\evil", "/api/v1/profile"]
)
def test_one_continues_at_the_desk_only(acme, ana, liar, elsewhere):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    landed = browser.back(liar.authorize(browser.go(provider, next=elsewhere)))
    assert landed == f"/app/accounts/{acme.pk}/conversations"


def test_an_unknown_link_says_what_every_wrong_link_says(acme):
    assert problem_of(Visitor().client.get("/sso/nobody")["Location"]) == "unknown_provider"


# ── A provider that lies about e-mails ───────────────────────────────────────────────────────────────────────


def test_a_provider_that_lies_does_not_reach_the_other_account_of_a_member(acme, ana, globex, liar):
    """Ana works at both; globex's administrator runs a provider that says whatever they want."""
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": "ana@acme.example"}
    thief = Visitor()
    assert thief.come(provider, liar) == ""
    user = thief.boot()["user"]
    assert [row["id"] for row in user["accounts"]] == [globex.pk]
    assert (user["access_token"], user["pubsub_token"], user["phone_number"]) == ("", "", None)
    assert thief.send("GET", in_account(globex, "labels")).status_code == 200
    assert thief.send("GET", in_account(acme, "labels")).status_code == 401
    assert thief.send("GET", f"/api/desk/accounts/{acme.pk}/roles").status_code == 401
    validated = thief.send("GET", "/auth/validate_token").json()["payload"]["data"]
    assert validated["access_token"] == "" and [row["id"] for row in validated["accounts"]] == [globex.pk]
    assert (
        thief.send("PATCH", "/api/v1/profile/set_active_account", {"account_id": acme.pk}).status_code == 404
    )
    for method, path, body in (
        ("PATCH", "/api/v1/profile", {"email": "thief@evil.example"}),
        ("PATCH", "/api/v1/profile", {"name": "Thief"}),
        ("PATCH", "/api/v1/profile", {"password": "Another-1", "current_password": PASSWORD}),
        ("POST", "/api/v1/profile/reset_access_token", {}),
        ("POST", "/api/v1/profile/mfa", {}),
        ("POST", "/api/desk/security/passkeys/ask", {}),
        ("POST", "/api/desk/invitations/1/accept", {}),
    ):
        answer = thief.send(method, path, body)
        assert (answer.status_code, answer.json().get("code")) == (403, "proof_needed"), path
    assert thief.send("GET", "/api/desk/invitations").json() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"access-token": "x"},
        {"api_access_token": ""},
        {"access-token": "x", "client": "y"},
        {"access-token": "", "client": "", "uid": ""},
    ],
)
def test_half_a_key_in_the_headers_widens_no_session(acme, ana, globex, liar, headers):
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    liar.says |= {"email": "ana@acme.example"}
    thief = Visitor()
    assert thief.come(set_up(globex, liar.issuer, domains=["acme.example"]), liar) == ""
    assert thief.client.get(in_account(acme, "labels"), headers=headers).status_code == 401
    assert thief.client.get("/api/v1/profile/mfa", headers=headers).status_code == 403
    accounts = thief.client.get("/api/v1/profile", headers=headers).json()["accounts"]
    assert [row["id"] for row in accounts] == [globex.pk]


def test_every_door_of_a_user_is_closed_to_a_session_on_a_providers_word_unless_it_says_otherwise():
    from ventanilla.api.auth import vouched_auth
    from ventanilla.config.urls import api as whole

    open_to_them = {
        operation.operation_id
        for _prefix, router in whole._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if vouched_auth in (getattr(operation, "auth_callbacks", None) or [])
    }
    assert open_to_them == {
        "show_profile", "update_profile", "delete_profile_avatar", "set_availability", "set_auto_offline",
        "set_active_account", "show_security", "show_proof_ways", "give_proof", "ask_for_passkey_as_proof",
        "revoke_session", "revoke_other_sessions", "list_own_invitations",
        "notification_subscriptions_create", "notification_subscriptions_delete",
    }  # fmt: skip


def test_the_sessions_elsewhere_are_neither_shown_nor_ended(acme, ana, globex, liar):
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    mine = Visitor()
    mine.boot()
    assert (
        mine.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD}).status_code == 200
    )
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": "ana@acme.example"}
    thief = Visitor()
    assert thief.come(provider, liar) == ""
    thief.boot()
    assert len(thief.send("GET", "/api/desk/security").json()["sessions"]) == 1
    assert len(mine.send("GET", "/api/desk/security").json()["sessions"]) == 2
    other = next(one for one in mine.send("GET", "/api/desk/security").json()["sessions"] if one["is_here"])
    assert thief.send("DELETE", f"/api/desk/security/sessions/{other['id']}").status_code == 404
    assert thief.send("DELETE", "/api/desk/security/sessions").status_code == 200
    assert mine.boot()["signed_in"] is True


def test_with_something_of_ones_own_the_session_is_wholly_ones_own(acme, ana, globex, liar):
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    browser.boot()
    assert browser.send("POST", "/api/desk/security/proof", {"password": "wrong"}).status_code == 422
    assert browser.send("GET", in_account(acme, "labels")).status_code == 401
    assert browser.send("POST", "/api/desk/security/proof", {"password": PASSWORD}).status_code == 200
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200
    assert len(browser.boot()["user"]["accounts"]) == 2


def test_who_is_known_elsewhere_is_invited_and_joins_by_their_own_yes(acme, ana, globex, liar, settings):
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": "ana@acme.example"}
    thief = Visitor()
    assert thief.come(provider, liar) == "invitation_mailed"
    assert thief.come(provider, liar) == "invitation_mailed"
    assert thief.boot()["signed_in"] is False
    waiting = Membership.objects.get(account=globex)
    assert waiting.is_pending and waiting.invited_email == "ana@acme.example"
    assert not Membership.objects.filter(account=globex, user=ana).exists()


def test_a_user_that_a_provider_made_is_only_claimed_to_everyone_else(acme, globex, liar):
    """Globex says who nadia is; at acme she is invited by mail and chooses a password, and nothing of globex comes along."""
    provider = set_up(globex, liar.issuer)
    thief = Visitor()
    assert thief.come(provider, liar) == ""
    user = User.objects.get(email="nadia@acme.example")
    add_member(acme, user=user, role=Role.ADMINISTRATOR, by=None)
    thief.boot()
    assert thief.send("GET", in_account(acme, "labels")).status_code == 401
    assert [row["id"] for row in thief.boot()["user"]["accounts"]] == [globex.pk]
    assert thief.send("PATCH", "/api/v1/profile", {"message_signature": "pay here"}).status_code == 403
    assert thief.send("PATCH", "/api/v1/profile", {"ui_settings": {"theme": "dark"}}).status_code == 200


def test_who_belongs_to_that_account_alone_changes_their_profile(globex, liar):
    browser = Visitor()
    assert browser.come(set_up(globex, liar.issuer), liar) == ""
    browser.boot()
    assert browser.send("PATCH", "/api/v1/profile", {"display_name": "Nadi"}).status_code == 200
    assert (
        browser.send(
            "POST", "/api/v1/profile/availability", {"account_id": globex.pk, "availability": "busy"}
        ).status_code
        == 200
    )


def test_the_installation_is_not_reached_from_another_account(acme, admin, globex, liar):
    from ventanilla.accounts import installation
    from ventanilla.accounts.commands.installation import adopt_first_account

    adopt_first_account(acme, by=admin)
    installation.forget()
    add_member(globex, user=admin, role=Role.ADMINISTRATOR, by=None)
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": admin.email}
    thief = Visitor()
    assert thief.come(provider, liar) == ""
    assert thief.boot()["base_url"] is None
    assert thief.send("GET", f"/api/desk/accounts/{acme.pk}/installation").status_code == 401


def test_a_providers_word_holds_for_a_working_day(acme, ana, liar, travel):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    travel(hours=19)
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200
    travel(hours=2)
    assert browser.send("GET", in_account(acme, "labels")).status_code == 401
    assert browser.boot()["signed_in"] is False


# ── Members ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_no_members_are_made_an_invitation_is_needed_and_enough(acme, admin, liar):
    provider = set_up(acme, liar.issuer, makes_members=False)
    assert Visitor().come(provider, liar) == "not_invited"
    waiting = add_agent(acme, email="nadia@acme.example", by=admin, role=Role.ANALYST)
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    membership = Membership.objects.get(account=acme, user__email="nadia@acme.example")
    assert (membership.pk, membership.is_pending, membership.role) == (waiting.pk, False, Role.ANALYST)
    assert SystemMail.objects.filter(state=SystemMail.State.WAITING).count() == 0


def test_who_was_removed_does_not_come_in_again(acme, liar):
    provider = set_up(acme, liar.issuer)
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    membership = Membership.objects.get(user__email="nadia@acme.example")
    remove_agent(membership, by=None)
    assert browser.send("GET", in_account(acme, "labels")).status_code == 401
    assert Visitor().come(provider, liar) == "removed_member"
    User.objects.filter(email="nadia@acme.example").delete()  # as the job does, later
    assert Visitor().come(provider, liar) == "removed_member"
    add_agent(acme, email="nadia@acme.example", by=None)
    assert Visitor().come(provider, liar) == ""


def test_the_limit_of_agents_holds_here_too(acme, admin, liar):
    acme.limits = {"agents": 1}
    acme.save()
    assert Visitor().come(set_up(acme, liar.issuer), liar) == "agent_limit"
    assert not User.objects.filter(email="nadia@acme.example").exists()


def test_roles_and_teams_follow_the_provider_at_each_sign_in(acme, admin, liar):
    sales, support = (create_team(acme, name=name, by=admin) for name in ("sales", "support"))
    other = create_team(acme, name="by hand", by=admin)
    own = create_role(acme, name="Refunds", by=admin, sight="own")
    provider = set_up(
        acme,
        liar.issuer,
        claim="realm.groups",
        rules=[
            {"value": "bosses", "role": "administrator"},
            {"value": "refunds", "custom_role_id": own.pk, "team_id": support.pk},
            {"value": "sales", "team_id": sales.pk},
        ],
    )

    def after(**says) -> tuple[str, int | None, set[str]]:
        liar.says = {**{k: v for k, v in liar.says.items() if k != "realm"}, **says}
        assert Visitor().come(provider, liar) == ""
        row = Membership.objects.get(user__email="nadia@acme.example")
        teams = TeamMember.objects.filter(user=row.user).values_list("team__name", flat=True)
        return row.role, row.custom_role_id, set(teams)

    assert after() == ("agent", None, set())
    assert after(realm={"groups": ["refunds", "sales"]}) == ("agent", own.pk, {"support", "sales"})
    TeamMember.objects.create(team=other, user=User.objects.get(email="nadia@acme.example"))
    assert after(realm={"groups": "bosses"}) == ("administrator", None, {"by hand"})
    assert after() == ("administrator", None, {"by hand"})  # nothing is said, nothing changes
    assert after(realm={"groups": ["refunds", "bosses"]})[:2] == (
        "administrator",
        None,
    )  # the first row that fits


def test_the_last_administrator_stays_whatever_the_provider_says(acme, admin, liar):
    provider = set_up(acme, liar.issuer, claim="groups", rules=[{"value": "all", "role": "agent"}])
    liar.says |= {"email": admin.email, "groups": ["all"]}
    assert Visitor().come(provider, liar) == ""
    assert Membership.objects.get(user=admin).role == Role.ADMINISTRATOR


# ── Only by single sign-on ───────────────────────────────────────────────────────────────────────────────────


def test_an_account_that_opens_by_its_provider_alone_refuses_passwords_and_keeps_programs(
    acme, ana, globex, liar, api
):
    provider = set_up(acme, liar.issuer)
    commands.set_only(acme, only=True, by=None)
    liar.says |= {"email": "ana@acme.example"}
    browser = Visitor()
    browser.boot()
    given = {"email": ana.email, "password": PASSWORD}
    refused = browser.send("POST", "/api/desk/session", given)
    assert (refused.status_code, refused.json()["code"]) == (403, "single_sign_on_only")
    assert browser.boot()["signed_in"] is False
    assert api().post("/auth/sign_in", given).status_code == 403
    assert browser.come(provider, liar) == ""
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200
    assert api(ana).get(in_account(acme, "labels")).status_code == 200


def test_it_does_not_lock_a_member_out_of_their_other_account(acme, ana, globex, liar):
    set_up(acme, liar.issuer)
    commands.set_only(acme, only=True, by=None)
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    browser = Visitor()
    browser.boot()
    assert (
        browser.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD}).status_code
        == 200
    )
    assert [row["id"] for row in browser.boot()["user"]["accounts"]] == [globex.pk]
    assert browser.send("GET", in_account(globex, "labels")).status_code == 200
    refused = browser.send("GET", in_account(acme, "labels"))
    assert (refused.status_code, refused.json()["code"]) == (403, "single_sign_on_only")


def test_who_closes_the_other_doors_shows_that_this_one_opens(acme, admin, ana, liar):
    provider = set_up(acme, liar.issuer)
    path = f"/api/desk/accounts/{acme.pk}/single_sign_on"
    browser = Visitor()
    browser.boot()
    assert (
        browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD}).status_code
        == 200
    )
    refused = browser.send("PATCH", path, {"only": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "come_by_it_first")
    liar.says |= {"email": admin.email}
    assert browser.come(provider, liar) == ""
    browser.boot()
    assert browser.send("PATCH", path, {"only": True}).json()["only"] is True
    assert (
        browser.send("DELETE", f"/api/desk/accounts/{acme.pk}/single_sign_on/providers/{provider.pk}").json()[
            "code"
        ]
        == "last_provider"
    )
    assert browser.send("PATCH", path, {"only": False}).json()["only"] is False


def _administrator_by_provider(acme, admin, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": admin.email}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    browser.boot()
    return provider, browser, f"/api/desk/accounts/{acme.pk}/single_sign_on"


def test_a_dangerous_act_is_proved_by_the_provider_asking_again(acme, admin, liar, travel):
    provider, browser, path = _administrator_by_provider(acme, admin, liar)
    refused = browser.send("PATCH", path, {"only": True})
    assert refused.json()["code"] == "proof_needed", "that the browser is known to the provider is no proof"
    [offered] = browser.send("GET", "/api/desk/security/proof").json()["providers"]
    assert offered == {"name": "Acme ID", "path": f"/sso/{provider.slug}?fresh=1"}
    url = browser.go(provider, fresh="1", next="/app/accounts/1/settings/sso")
    query = parse_qs(urlsplit(url).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    assert browser.back(liar.authorize(url)) == "/app/accounts/1/settings/sso"
    assert browser.send("PATCH", path, {"only": True}).status_code == 200
    travel(minutes=16)
    assert browser.send("PATCH", path, {"only": False}).json()["code"] == "proof_needed"


@pytest.mark.parametrize("auth_time", [None, 0, -5, True, "soon", float("inf"), 1_700_000_000, 9_999_999_999])
def test_a_provider_that_did_not_ask_again_proves_nothing(acme, admin, liar, auth_time):
    provider, browser, path = _administrator_by_provider(acme, admin, liar)
    liar.says |= {"auth_time": auth_time}
    assert browser.come(provider, liar, fresh="1") in ("provider_did_not_ask", "provider_bad_token")
    assert browser.send("PATCH", path, {"only": True}).json()["code"] == "proof_needed"
    assert payloads("sign_in_provider.refused")[-1]["provider_id"] == provider.pk


def test_a_provider_that_cannot_tell_lets_in_and_proves_nothing(acme, admin, liar):
    liar.discovers = {"claims_supported": ["sub", "email"]}
    provider, browser, path = _administrator_by_provider(acme, admin, liar)
    liar.twist = lambda claims: claims.pop("auth_time", None) and None
    assert browser.come(provider, liar, fresh="1") == ""
    assert browser.send("PATCH", path, {"only": True}).json()["code"] == "proof_needed"


PUSH = {
    "notification_subscription": {
        "subscription_type": "browser_push",
        "subscription_attributes": {"endpoint": "https://push.example/1"},
    }
}


def test_a_browser_on_a_providers_word_is_told_of_that_account_alone(acme, ana, globex, liar, travel):
    add_member(globex, user=ana, role=Role.AGENT, by=None)
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": ana.email}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    browser.boot()
    subscribe_to_push(ana, kind="browser_push", attributes={"endpoint": "https://push.example/own"})
    assert browser.send("POST", "/api/v1/notification_subscriptions", PUSH).status_code == 200
    key = PushSubscription.objects.get(key="https://push.example/1").session
    assert (may_tell(ana, key, globex), may_tell(ana, key, acme)) == (True, False)
    Account.objects.filter(pk=globex.pk).update(second_step_from=now(), second_step_in_force=True)
    globex.refresh_from_db()
    assert may_tell(ana, key, globex), "the provider takes second steps itself"
    travel(hours=21)
    assert not may_tell(ana, key, globex)


def test_it_takes_no_place_of_another_device_and_removes_none(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    liar.says |= {"email": ana.email}
    browser = Visitor()
    assert browser.come(provider, liar) == ""
    browser.boot()
    for number in range(MAX_DEVICES):
        attributes = {"endpoint": f"https://push.example/own-{number}"}
        subscribe_to_push(ana, kind="browser_push", attributes=attributes, session="client:mine")
    answer = browser.send("POST", "/api/v1/notification_subscriptions", PUSH)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["subscription_attributes"])
    gone = {"push_token": "https://push.example/own-1"}
    assert browser.send("DELETE", "/api/v1/notification_subscriptions", gone).status_code == 200
    assert PushSubscription.objects.filter(user=ana).count() == MAX_DEVICES


# ── A provider that says nothing of verified addresses ────────────────────────────────────────────────────────


def test_an_unverified_address_is_believed_of_the_domains_that_are_named_for_it(acme, ana, liar):
    provider = set_up(
        acme, liar.issuer, domains=["acme.example", "acme.org"], unverified_domains=["acme.example"]
    )
    del liar.says["email_verified"]
    liar.says |= {"email": "ana@acme.org"}
    assert Visitor().come(provider, liar) == "email_not_verified"
    liar.says |= {"email": ana.email, "email_verified": False}
    assert Visitor().come(provider, liar) == "email_not_verified", "it says no, which is not silence"
    del liar.says["email_verified"]
    assert Visitor().come(provider, liar) == ""
    assert Identity.objects.get().user == ana


def test_they_are_among_its_domains_and_go_with_them(acme, liar):
    with pytest.raises(Refusal) as refused:
        set_up(acme, liar.issuer, unverified_domains=["globex.example"])
    assert list(refused.value.fields) == ["unverified_domains"]
    provider = set_up(acme, liar.issuer, unverified_domains=["acme.example"])
    change_provider(provider, by=None, domains=["acme.org"])
    assert provider.unverified_domains == []
    change_provider(provider, by=None, unverified_domains=["acme.org"])
    assert payloads("sign_in_provider.updated")[-1]["changes"] == {"unverified_domains": [[], ["acme.org"]]}


def test_the_operator_lets_an_administrator_in_by_password_again(acme, admin, liar):
    from ventanilla.signin.commands.unlocking import unlock

    set_up(acme, liar.issuer)
    commands.set_only(acme, only=True, by=None)
    unlock(admin)
    browser = Visitor()
    browser.boot()
    assert (
        browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD}).status_code
        == 200
    )


def test_whom_the_provider_vouches_for_owes_the_account_no_second_step(acme, ana, liar):
    from ventanilla.realtime.live import opens
    from ventanilla.realtime.permissions import listens_by_token, load_permission

    provider = set_up(acme, liar.issuer)
    Account.objects.filter(pk=acme.pk).update(second_step_from=now(), second_step_in_force=True)
    liar.says |= {"email": ana.email}
    browser, other = Visitor(), Visitor()
    assert browser.come(provider, liar) == ""
    assert browser.send("GET", in_account(acme, "labels")).status_code == 200
    assert browser.boot()["second_steps"] == []
    other.boot()
    assert (
        other.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD}).status_code == 200
    )
    assert other.send("GET", in_account(acme, "labels")).json()["code"] == "second_step_owed"
    assert load_permission(acme.pk, ana.pk) is not None
    keys = [one.client.cookies[settings.SESSION_COOKIE_NAME].value for one in (browser, other)]
    assert [opens(key, acme.pk) for key in keys] == [True, False]
    assert not listens_by_token(ana.pubsub_token, user_id=ana.pk, account_id=acme.pk)


def test_sockets_ask_the_same_question_as_routes(acme, ana, globex, liar):
    from ventanilla.realtime.live import opens
    from ventanilla.realtime.permissions import listens_by_token

    add_member(globex, user=ana, role=Role.AGENT, by=None)
    provider = set_up(globex, liar.issuer, domains=["acme.example"])
    liar.says |= {"email": ana.email}
    thief, mine = Visitor(), Visitor()
    assert thief.come(provider, liar) == ""
    mine.boot()
    assert (
        mine.send("POST", "/api/desk/session", {"email": ana.email, "password": PASSWORD}).status_code == 200
    )
    theirs, own = (one.client.cookies[settings.SESSION_COOKIE_NAME].value for one in (thief, mine))
    assert (opens(theirs, globex.pk), opens(theirs, acme.pk)) == (True, False)
    assert (opens(own, globex.pk), opens(own, acme.pk)) == (True, True)
    commands.set_only(globex, only=True, by=None)
    assert (opens(own, globex.pk), opens(own, acme.pk)) == (False, True)
    assert not listens_by_token(ana.pubsub_token, user_id=ana.pk, account_id=globex.pk)
    assert listens_by_token(ana.pubsub_token, user_id=ana.pk, account_id=acme.pk)


# ── Setting it up ────────────────────────────────────────────────────────────────────────────────────────────


def wrong(issuer: str) -> str:
    try:
        commands.try_provider(issuer)
    except Refusal as problem:
        return problem.code if problem.message else "without a sentence"
    return ""


def test_the_check_says_in_words_what_is_wrong(liar):
    assert wrong(liar.issuer) == wrong(f"{liar.issuer}/") == ""
    liar.discovers = {"issuer": "https://accounts.example"}
    assert wrong(liar.issuer) == "provider_other_issuer"
    liar.discovers = {"token_endpoint": None}
    assert wrong(liar.issuer) == "provider_incomplete"
    liar.discovers = {"response_types_supported": ["id_token"]}
    assert wrong(liar.issuer) == "provider_no_code_flow"
    liar.discovers, liar.published = {}, [{"kty": "oct", "k": "c2VjcmV0"}]
    assert wrong(liar.issuer) == "provider_no_keys"
    assert wrong(f"{liar.issuer}/elsewhere") == "provider_no_discovery"
    liar.close()
    assert wrong(liar.issuer) == "provider_silent"


def test_the_check_does_not_enter_our_own_network(liar):
    with override_settings(ALLOW_PRIVATE_ADDRESSES=False):
        assert wrong(liar.issuer) == "provider_not_secure"
        assert wrong("https://127.0.0.1:1") == wrong("https://169.254.169.254") == "provider_address_closed"
    assert liar.asked == []


BAD_FIELDS = {
    "name": "", "issuer": "accounts.example", "client_id": "", "domains": ["not a domain!"], "role": "owner",
    "custom_role_id": 999, "rules": [{"value": "x"}],
}  # fmt: skip


@pytest.mark.parametrize("field", BAD_FIELDS)
def test_a_bad_field_is_refused_by_its_name(acme, liar, field):
    with pytest.raises(Refusal) as refused:
        change_provider(set_up(acme, liar.issuer), by=None, **{field: BAD_FIELDS[field]})
    assert list(refused.value.fields) == [field]


def test_roles_and_teams_of_another_account_cannot_be_given(acme, globex, gus, liar):
    team = create_team(globex, name="theirs", by=gus)
    role = create_role(globex, name="Theirs", by=gus, sight="own")
    for rule in ({"value": "x", "team_id": team.pk}, {"value": "x", "custom_role_id": role.pk}):
        with pytest.raises(Refusal) as refused:
            set_up(acme, liar.issuer, rules=[rule])
        assert list(refused.value.fields) == ["rules"]


def test_the_issuer_stays_once_people_come_by_it_and_a_secret_goes_to_no_other_host(acme, ana, liar):
    provider = set_up(acme, liar.issuer)
    change_provider(provider, by=None, issuer="https://another.example")
    provider.refresh_from_db()
    assert provider.client_secret == ""
    change_provider(provider, by=None, issuer=liar.issuer, client_secret=CLIENT_SECRET)
    assert Visitor().come(provider, liar) == ""
    with pytest.raises(Refusal) as refused:
        change_provider(provider, by=None, issuer="https://another.example")
    assert list(refused.value.fields) == ["issuer"]


def test_an_administrator_sets_it_up_and_the_audit_log_says_so_without_the_secret(
    acme, admin, ana, drain_log, liar
):
    browser = Visitor()
    browser.boot()
    assert (
        browser.send("POST", "/api/desk/session", {"email": admin.email, "password": PASSWORD}).status_code
        == 200
    )
    path = f"/api/desk/accounts/{acme.pk}/single_sign_on"
    body = {
        "name": "Acme ID",
        "issuer": liar.issuer,
        "client_id": "us",
        "client_secret": "keep-it-quiet",
        "domains": "acme.example, acme.org",
    }
    made = browser.send("POST", f"{path}/providers", body).json()
    [provider] = made["providers"]
    assert made["redirect_uri"] == "http://testserver/sso/back"
    assert provider["link"] == f"http://testserver/sso/{provider['slug']}" and provider["has_secret"]
    assert provider["domains"] == ["acme.example", "acme.org"]
    changed = browser.send(
        "PATCH", f"{path}/providers/{provider['id']}", {"client_secret": "another-one", "makes_members": True}
    )
    assert changed.status_code == 200
    liar.says |= {"email": ana.email}
    assert browser.send("POST", f"{path}/check", {"issuer": liar.issuer}).json()["problem"] == ""
    assert browser.send("DELETE", f"{path}/providers/{provider['id']}").json()["providers"] == []
    drain_log()
    entries = AuditEntry.objects.filter(account_id=acme.pk, event__startswith="sign_in_provider.").order_by(
        "pk"
    )
    assert [row.event.rpartition(".")[2] for row in entries] == ["created", "updated", "deleted"]
    kept = json.dumps([row.data for row in entries])
    assert "keep-it-quiet" not in kept and "another-one" not in kept and "client_secret" in kept
    assert "keep-it-quiet" not in json.dumps(made)


def test_only_administrators_in_a_session_of_theirs_set_it_up(acme, admin, ana, liar, api):
    path = f"/api/desk/accounts/{acme.pk}/single_sign_on"
    assert api(ana).get(path).status_code == 403
    body = {"name": "Acme ID", "issuer": liar.issuer, "client_id": "us"}
    assert api(admin).post(f"{path}/providers", body).status_code == 401
    assert not SignInProvider.objects.exists()


# ── By mail, without telling who is known ────────────────────────────────────────────────────────────────────


def test_the_way_is_mailed_to_members_and_the_answer_tells_nothing(acme, ana, globex, gus, liar):
    from ventanilla.signin.jobs import write_company_links

    provider = set_up(acme, liar.issuer)
    set_up(globex, liar.issuer, domains=["acme.example"], name="Lookalike")
    answers = {
        (answer.status_code, answer.content)
        for email in (ana.email, "nobody@acme.example", "x@nowhere.example")
        if (
            answer := Client().post(
                "/api/desk/companies/mail", {"email": email}, content_type="application/json"
            )
        )
    }
    assert answers == {(200, b"")}
    assert write_company_links() == 3
    [mail] = SystemMail.objects.all()
    assert (mail.to, mail.content["button_path"]) == (ana.email, f"/sso/{provider.slug}")
