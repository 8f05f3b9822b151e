"""The operators' door: what an app made it may touch, and nothing else."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.commands.platform import create_platform_app
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.models import Account, Membership, PlatformApp, User
from ventanilla.conversations.jobs import delete_closed_accounts

pytestmark = pytest.mark.django_db

BASE = "/platform/api/v1"


class Operator:
    """A platform app with its token."""

    def __init__(self, name: str) -> None:
        self.app, self.token = create_platform_app(name)
        self._client = Client()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        return self._client.generic(
            method,
            BASE + path,
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            HTTP_API_ACCESS_TOKEN=self.token,
        )


@pytest.fixture
def operator() -> Operator:
    return Operator("partner")


@pytest.fixture
def stranger() -> Operator:
    return Operator("other")


def open_account(operator: Operator, **fields: Any) -> dict[str, Any]:
    response = operator("POST", "/accounts", {"name": "Acme", "locale": "es", **fields})
    assert response.status_code == 200, response.content
    return response.json()


def make_user(operator: Operator, email: str = "ana@acme.test", **fields: Any) -> dict[str, Any]:
    response = operator("POST", "/users", {"email": email, "name": "Ana", "password": "Segura-123", **fields})
    assert response.status_code == 200, response.content
    return response.json()


def test_an_operator_opens_changes_and_lists_accounts(operator: Operator) -> None:
    account = open_account(
        operator,
        features={"disable_branding": True, "captain_integration": True},
        limits={"agents": 3},
        custom_attributes={"plan": "pro"},
    )
    assert account["features"]["disable_branding"] is True
    assert "captain_integration" not in account["features"]  # kept for the day that there is such a thing
    assert Account.objects.get(pk=account["id"]).features["captain_integration"] is True
    assert account["limits"] == {"agents": 3}
    changed = operator(
        "PATCH", f"/accounts/{account['id']}", {"status": "suspended", "features": {"labels": False}}
    ).json()
    assert changed["status"] == "suspended"
    assert "labels" not in changed["features"]
    assert "disable_branding" in changed["features"]
    assert operator("GET", f"/accounts/{account['id']}").json() == changed
    assert [row["id"] for row in operator("GET", "/accounts").json()] == [account["id"]]


def test_put_is_patch(operator: Operator) -> None:
    account = open_account(operator)
    assert operator("PUT", f"/accounts/{account['id']}", {"name": "Acme 2"}).json()["name"] == "Acme 2"


def test_an_account_needs_a_name_and_a_known_status(operator: Operator) -> None:
    response = operator("POST", "/accounts", {"locale": "es"})
    assert response.status_code == 422
    assert response.json()["attributes"] == ["name"]
    account = open_account(operator)
    assert operator("PATCH", f"/accounts/{account['id']}", {"status": "closed"}).status_code == 422


def test_a_user_is_confirmed_and_can_sign_in_by_the_link_once(operator: Operator) -> None:
    user = make_user(operator)
    assert user["confirmed"] is True
    url = operator("GET", f"/users/{user['id']}/login").json()["url"]
    query = parse_qs(urlsplit(url).query)
    assert query["email"] == ["ana@acme.test"]
    assert len(query["sso_auth_token"][0]) == 64
    other = operator("GET", f"/users/{user['id']}/login").json()["url"]
    assert other != url
    assert operator("POST", f"/users/{user['id']}/token").json()["access_token"] == user["access_token"]


def test_a_user_it_made_is_found_and_not_made_twice(operator: Operator) -> None:
    first = make_user(operator)
    again = make_user(operator, email="ANA@acme.test", name="Otra")
    assert (again["id"], again["confirmed"], again["name"]) == (first["id"], True, "Ana")
    assert User.objects.count() == 1


@pytest.mark.feature("A-10")
def test_a_user_of_others_is_neither_handed_over_nor_shown(operator: Operator, stranger: Operator) -> None:
    create_user("bea@acme.test", name="Bea Bravo", by=None)
    make_user(stranger, email="ana@acme.test")
    for email in ("bea@acme.test", "ana@acme.test"):
        answer = operator("POST", "/users", {"email": email, "name": "X", "password": "Segura-123"})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, ["email"])
        assert "access_token" not in answer.content.decode()
        assert "Bea" not in answer.content.decode()
    assert not User.objects.get(email="bea@acme.test").confirmed_at


@pytest.mark.feature("A-10")
def test_a_user_who_joined_an_account_of_others_is_no_longer_the_apps(operator: Operator) -> None:
    account, user = open_account(operator), make_user(operator)
    operator("POST", f"/accounts/{account['id']}/account_users", {"user_id": user["id"]})
    elsewhere = create_account("Globex", by=None)
    add_member(elsewhere, user=User.objects.get(pk=user["id"]), role="administrator", by=None)
    path = f"/users/{user['id']}"
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"name": "X", "password": "Otra-1234", "email": "x@evil.test"}),
        ("DELETE", path, None),
        ("GET", f"{path}/login", None),
        ("POST", f"{path}/token", None),
        (
            "POST",
            f"/accounts/{account['id']}/account_users",
            {"user_id": user["id"], "role": "administrator"},
        ),
    ):
        assert operator(method, where, body).status_code == 401, (method, where)
    again = operator("POST", "/users", {"email": "ana@acme.test", "name": "Ana"})
    assert (again.status_code, "access_token" in again.json()) == (422, False)
    kept = User.objects.get(pk=user["id"])
    assert (kept.name, kept.email, kept.is_active) == ("Ana", "ana@acme.test", True)
    # It may still show them out of its own account.
    left = operator("DELETE", f"/accounts/{account['id']}/account_users", {"user_id": user["id"]})
    assert left.status_code == 200
    assert [row.account_id for row in Membership.objects.filter(user=kept)] == [elsewhere.pk]


def test_a_user_needs_a_true_address_and_a_strong_password(operator: Operator) -> None:
    assert operator("POST", "/users", {"name": "Ana"}).status_code == 422
    assert operator("POST", "/users", {"email": "no", "name": "Ana"}).status_code == 422
    assert (
        operator("POST", "/users", {"email": "a@acme.test", "name": "Ana", "password": "weak"}).status_code
        == 422
    )


def test_an_operator_changes_a_user_and_vouches_for_the_address(operator: Operator) -> None:
    user = make_user(operator, custom_attributes={"a": 1})
    changed = operator(
        "PATCH",
        f"/users/{user['id']}",
        {"email": "ana2@acme.test", "name": "Ana Dos", "custom_attributes": {"b": 2}},
    )
    body = changed.json()
    assert (body["email"], body["name"], body["confirmed"]) == ("ana2@acme.test", "Ana Dos", True)
    assert body["custom_attributes"] == {"a": 1, "b": 2}


def test_members_are_added_changed_and_removed(operator: Operator) -> None:
    account, user = open_account(operator), make_user(operator)
    path = f"/accounts/{account['id']}/account_users"
    added = operator("POST", path, {"user_id": user["id"], "role": "administrator"}).json()
    assert (added["account_id"], added["user_id"], added["role"]) == (
        account["id"],
        user["id"],
        "administrator",
    )
    other = make_user(operator, email="bruno@acme.test")
    operator("POST", path, {"user_id": other["id"], "role": "administrator"})
    assert operator("POST", path, {"user_id": user["id"], "role": "agent"}).json()["role"] == "agent"
    assert {row["role"] for row in operator("GET", path).json()} == {"agent", "administrator"}
    assert operator("DELETE", path, {"user_id": other["id"]}).status_code == 200
    assert [row["user_id"] for row in operator("GET", path).json()] == [user["id"]]


def test_a_deleted_user_is_out_of_every_account_at_once(operator: Operator) -> None:
    account, user = open_account(operator), make_user(operator)
    operator(
        "POST", f"/accounts/{account['id']}/account_users", {"user_id": user["id"], "role": "administrator"}
    )
    assert operator("DELETE", f"/users/{user['id']}").status_code == 200
    assert not Membership.objects.exists()
    assert not User.objects.get(pk=user["id"]).is_active
    assert operator("GET", f"/users/{user['id']}").status_code == 401


def test_a_deleted_account_is_closed_at_once_and_gone_later(operator: Operator) -> None:
    account = open_account(operator)
    assert operator("DELETE", f"/accounts/{account['id']}").status_code == 200
    assert not Account.objects.get(pk=account["id"]).is_active
    assert operator("GET", f"/accounts/{account['id']}").status_code == 401
    assert delete_closed_accounts() == 1
    assert delete_closed_accounts() == 0
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/accounts/{account}"),
        ("PATCH", "/accounts/{account}"),
        ("DELETE", "/accounts/{account}"),
        ("GET", "/accounts/{account}/account_users"),
        ("POST", "/accounts/{account}/account_users"),
        ("DELETE", "/accounts/{account}/account_users"),
        ("GET", "/users/{user}"),
        ("PATCH", "/users/{user}"),
        ("DELETE", "/users/{user}"),
        ("GET", "/users/{user}/login"),
        ("POST", "/users/{user}/token"),
    ],
)
def test_what_an_app_did_not_make_it_may_not_touch(
    operator: Operator, stranger: Operator, method: str, path: str
) -> None:
    account, user = open_account(operator), make_user(operator)
    response = stranger(
        method, path.format(account=account["id"], user=user["id"]), {"user_id": user["id"], "name": "x"}
    )
    assert response.status_code == 401
    assert response.json()["error"]
    missing = stranger(method, path.format(account=999, user=999), {"user_id": user["id"], "name": "x"})
    assert (missing.status_code, missing.content) == (response.status_code, response.content)
    assert Account.objects.get().is_active
    assert User.objects.get().is_active


def test_a_stranger_cannot_be_put_into_an_account(operator: Operator, stranger: Operator) -> None:
    account, user = open_account(operator), make_user(stranger)
    response = operator("POST", f"/accounts/{account['id']}/account_users", {"user_id": user["id"]})
    assert response.status_code == 401
    assert not Membership.objects.exists()


def test_only_a_platform_token_opens_this_door(operator: Operator) -> None:
    user = make_user(operator)
    client = Client()
    assert client.get(f"{BASE}/accounts").status_code == 401
    assert client.get(f"{BASE}/accounts", HTTP_API_ACCESS_TOKEN="made-up").status_code == 401
    assert client.get(f"{BASE}/accounts", HTTP_API_ACCESS_TOKEN=user["access_token"]).status_code == 401


def test_a_platform_token_opens_no_other_door(operator: Operator) -> None:
    account = create_account("Globex", by=None)
    response = Client().get(f"/api/v1/accounts/{account.pk}/labels", HTTP_API_ACCESS_TOKEN=operator.token)
    assert response.status_code in {401, 404}
    assert PlatformApp.objects.count() == 1


def test_numbers_that_no_column_holds_are_refused_and_not_an_error_of_ours(operator: Operator) -> None:
    account = open_account(operator)
    assert operator("GET", f"/accounts/{10**30}").status_code == 404
    assert operator("POST", f"/accounts/{account['id']}/account_users", {"user_id": 10**30}).status_code in {
        401,
        422,
    }
    assert operator("PATCH", f"/accounts/{account['id']}", {"name": "a\x00b"}).status_code in {200, 422}
