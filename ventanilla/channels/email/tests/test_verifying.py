"""Wrong servers are told at once, beside the field to look at; our own network is not to be looked into."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.channels.email.settings import clean
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot

Api = Callable[..., ApiClient]


def servers(port: int, password: str = PASSWORD, **more: object) -> dict[str, object]:
    return {
        "imap_enabled": True,
        "imap_address": "127.0.0.1",
        "imap_port": port,
        "imap_login": USER,
        "imap_password": password,
        "imap_enable_ssl": False,
        **more,
    }


@pytest.mark.feature("I-03", "I-04")
def test_servers_are_tried_before_they_are_kept(
    acme: Account, admin: User, dovecot: Dovecot, api: Api
) -> None:
    inbox = create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)
    path = in_account(acme, f"inboxes/{inbox.pk}")
    wrong = api(admin).patch(path, {"channel": servers(dovecot.port, "otra")})
    assert wrong.status_code == 422
    assert "imap_password" in wrong.json()["fields"]
    away = api(admin).patch(path, {"channel": servers(1)})
    assert "imap_address" in away.json()["fields"]
    gone = api(admin).patch(path, {"channel": servers(dovecot.port, imap_folders=["Falta"])})
    assert "imap_folders" in gone.json()["fields"]
    right = api(admin).patch(path, {"channel": servers(dovecot.port)})
    assert right.status_code == 200
    assert right.json()["imap_enabled"] is True
    assert PASSWORD not in right.content.decode()


def test_a_private_address_is_refused_unless_the_operator_allows_it(
    acme: Account, admin: User, api: Api
) -> None:
    inbox = create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)
    answer = api(admin).patch(in_account(acme, f"inboxes/{inbox.pk}"), {"channel": servers(6379)})
    assert answer.status_code == 422
    assert "imap_address" in answer.json()["fields"]


@pytest.mark.feature("I-03", "I-04")
def test_a_kept_password_is_not_told_to_another_server(
    acme: Account, admin: User, dovecot: Dovecot, api: Api
) -> None:
    channel = {"type": "email", "email": "s@acme.example", **servers(dovecot.port)}
    inbox = create_inbox(acme, name="Soporte", channel=channel, by=None)
    moved = servers(dovecot.port, imap_address="localhost")
    del moved["imap_password"]
    path = in_account(acme, f"inboxes/{inbox.pk}")
    refused = api(admin).patch(path, {"channel": moved})
    assert refused.status_code == 422
    assert list(refused.json()["fields"]) == ["imap_password"]
    test = f"/api/desk/accounts/{acme.pk}/channels/email/tools/find_test"
    assert api(admin).post(test, {"inbox_id": inbox.pk, "channel": moved}).status_code == 422
    assert api(admin).patch(path, {"channel": {**moved, "imap_password": PASSWORD}}).status_code == 200


@pytest.mark.feature("I-03")
def test_tokens_stay_with_the_provider_that_gave_them() -> None:
    current, secrets, _address = clean(
        {
            "email": "s@acme.example",
            "provider": "google",
            "imap_address": "imap.gmail.com",
            "oauth_access_token": "a",
            "oauth_refresh_token": "r",
        },
        {},
        {},
    )
    same, kept, _address = clean({"imap_enabled": True}, current, secrets)
    assert (same["provider"], kept["oauth_refresh_token"]) == ("google", "r")
    moved, kept, _address = clean({"imap_address": "imap.other.example"}, current, secrets)
    assert (moved["provider"], kept) == (None, {})
