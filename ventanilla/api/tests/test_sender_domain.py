"""The sender domain of a mailbox at its doors; what DNS says is in the channel's own tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.channels.email.settings import dkim_key, sender_domain_state
from ventanilla.inboxes.commands.inboxes import create_inbox, note_channel_state
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient

Api = Callable[..., ApiClient]


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)


def choose(api: ApiClient, inbox: Inbox, domain: str) -> tuple[int, str]:
    path = f"/api/v1/accounts/{inbox.account_id}/inboxes/{inbox.pk}"
    answer = api.patch(path, {"channel": {"sender_domain": domain}})
    inbox.refresh_from_db()
    return answer.status_code, answer.content.decode()


@pytest.mark.feature("V-CFG-05")
@pytest.mark.parametrize("domain", ["gmail.com", "other.example", "nothing"])
def test_a_domain_that_cannot_be_ours_is_refused(inbox: Inbox, admin: User, api: Api, domain: str) -> None:
    status, text = choose(api(admin), inbox, domain)
    assert status == 422
    assert "sender_domain" in text
    assert not inbox.channel_settings.get("sender_domain")


@pytest.mark.feature("V-CFG-04")
def test_a_domain_signs_only_once_it_is_proven_and_a_new_one_starts_again(
    inbox: Inbox, admin: User, api: Api
) -> None:
    status, text = choose(api(admin), inbox, "ACME.example")
    assert (status, inbox.channel_settings["sender_domain"]) == (200, "acme.example")
    assert "PRIVATE KEY" not in text
    assert dkim_key(inbox.channel_settings, inbox.secrets) is None
    assert not inbox.channel_settings["sender_domain_verified"]
    choose(api(admin), inbox, "acme.example")
    note_channel_state(inbox, changes=sender_domain_state(inbox.channel_settings, proven=True), by=None)
    inbox.refresh_from_db()
    signing = dkim_key(inbox.channel_settings, inbox.secrets)
    assert signing is not None
    assert signing.domain == "acme.example"
    choose(api(admin), inbox, "")
    assert dkim_key(inbox.channel_settings, inbox.secrets) is None
    assert not inbox.channel_settings["sender_domain_verified"]


@pytest.mark.feature("V-CFG-04")
def test_proof_is_not_taken_from_a_request(inbox: Inbox, admin: User, api: Api) -> None:
    given = {"channel": {"sender_domain": "acme.example", "sender_domain_verified": True}}
    api(admin).patch(f"/api/v1/accounts/{inbox.account_id}/inboxes/{inbox.pk}", given)
    inbox.refresh_from_db()
    assert not inbox.channel_settings["sender_domain_verified"]


@pytest.mark.feature("V-CFG-03")
def test_the_check_is_for_administrators_and_names_the_generic_domain(
    inbox: Inbox, admin: User, ana: User, gus: User, api: Api
) -> None:
    path = f"/api/desk/accounts/{inbox.account_id}/channels/email/tools/check_sender_domain"
    about = {"inbox_id": inbox.pk}
    shown = api(admin).post(path, about).json()
    assert shown["generic"]
    assert (shown["domain"], shown["verified"], shown["records"]) == ("", False, [])
    assert api(ana).post(path, about).status_code == 403
    assert api(gus).post(path, about).status_code == 401
    assert api(admin).post(path, {"inbox_id": 999999}).status_code == 404
    assert api(admin).post(path).status_code == 404
