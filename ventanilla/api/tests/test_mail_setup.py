"""The doors of a mailbox's set-up; what they find and try is in the channel's own tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.channels.email import trying
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient
from ventanilla.testing.mailbox import PASSWORD, USER, Dovecot
from ventanilla.testing.names import Zone

Api = Callable[..., ApiClient]


def imap(port: int, **more: object) -> dict[str, object]:
    return {
        "email": "s@acme.example",
        "imap_enabled": True,
        "imap_address": "127.0.0.1",
        "imap_port": port,
        "imap_login": USER,
        "imap_enable_ssl": False,
        **more,
    }


@pytest.mark.feature("I-03")
def test_an_address_is_enough_to_fill_the_servers(acme: Account, admin: User, zone: Zone, api: Api) -> None:
    zone["acme.example", "MX"] = ["1 aspmx.l.google.com."]
    path = f"/api/desk/accounts/{acme.pk}/channels/email/tools/discover"
    found = api(admin).post(path, {"input": {"email": "s@acme.example"}}).json()
    assert (found["source"], found["oauth"], found["imap"]["host"]) == ("mx", "google", "imap.gmail.com")
    assert api(admin).post(path, {"input": {"email": "nobody"}}).status_code == 422
    listed = api(admin).post(f"/api/desk/accounts/{acme.pk}/channels/email/tools/providers").json()
    assert {"google", "microsoft", "ovh"} <= {one["key"] for one in listed["providers"]}


@pytest.mark.feature("I-03")
def test_a_test_keeps_nothing_and_uses_the_kept_password(
    acme: Account, admin: User, dovecot: Dovecot, api: Api
) -> None:
    inbox = create_inbox(
        acme,
        name="Soporte",
        channel={"type": "email", **imap(dovecot.port, imap_password=PASSWORD)},
        by=None,
    )
    before = Inbox.objects.filter(pk=inbox.pk).values("channel_settings", "version").get()
    path = f"/api/desk/accounts/{acme.pk}/channels/email/tools/find_test"
    steps = api(admin).post(path, {"inbox_id": inbox.pk, "channel": imap(dovecot.port)}).json()["steps"]
    assert [step["state"] for step in steps] == ["ok", "ok"]
    steps = api(admin).post(path, {"channel": imap(dovecot.port)}).json()["steps"]
    assert steps[-1]["name"] == "imap_sign_in"
    assert steps[-1]["state"] == "failed"
    assert Inbox.objects.filter(pk=inbox.pk).values("channel_settings", "version").get() == before


def test_a_test_is_for_administrators_of_the_account(
    acme: Account, globex: Account, admin: User, ana: User, gus: User, api: Api
) -> None:
    foreign = create_inbox(
        globex, name="Suya", channel={"type": "email", "email": "g@globex.example"}, by=None
    )
    path = f"/api/desk/accounts/{acme.pk}/channels/email/tools/send_test"
    assert api(ana).post(path, {"channel": {"email": "s@acme.example"}}).status_code == 403
    assert api(gus).post(path, {"channel": {"email": "s@acme.example"}}).status_code == 401
    assert api(admin).post(path, {"inbox_id": foreign.pk, "channel": {}}).status_code == 404
    nothing = api(admin).post(path, {"channel": {"email": "s@acme.example"}}).json()
    assert nothing == {"mark": "", "steps": []}


def test_wrong_fields_and_foreign_marks_are_refused(acme: Account, admin: User, api: Api) -> None:
    base = f"/api/desk/accounts/{acme.pk}/channels/email/tools"
    wrong = api(admin).post(f"{base}/send_test", {"channel": {"email": "x", "smtp_enabled": True}})
    assert {"email", "smtp_address"} <= set(wrong.json()["fields"])
    given = {"channel": imap(1), "input": {"mark": "made up:by me"}}
    assert api(admin).post(f"{base}/find_test", given).status_code == 422
    given["input"] = {"mark": trying.new_mark()}
    away = api(admin).post(f"{base}/find_test", given).json()["steps"]
    assert [(step["name"], step["state"]) for step in away] == [("imap_connect", "failed")]
