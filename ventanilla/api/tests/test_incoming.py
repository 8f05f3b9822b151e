"""The source of a mail, the quarantine and mail as a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient

Api = Callable[..., ApiClient]
MAIL = b"From: Carla <carla@example.com>\r\nTo: s@acme.example\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n\r\nHola\r\n"


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)


def at(account: Account, path: str) -> str:
    return f"/api/desk/accounts/{account.pk}/{path}"


@pytest.mark.feature("Z-25")
def test_the_source_of_a_mail_is_a_download_for_who_may_see_it(
    acme: Account, inbox: Inbox, admin: User, ana: User, gus: User, api: Api
) -> None:
    in_tray.keep(MAIL, channel="email", inbox=inbox)
    in_tray.read_due()
    message, number = (
        Message.objects.get(content_type="incoming_email"),
        Conversation.objects.get().display_id,
    )
    path = at(acme, f"conversations/{number}/messages/{message.pk}/source")
    answer = api(admin).get(path)
    assert b"".join(answer.streaming_content) == MAIL
    assert answer["Content-Disposition"].startswith("attachment")
    assert api(ana).get(path).status_code == 404
    assert api(gus).get(path).status_code == 401


@pytest.mark.feature("Z-09")
def test_the_quarantine_is_visible_and_can_be_run_again(
    acme: Account, inbox: Inbox, admin: User, ana: User, gus: User, api: Api
) -> None:
    in_tray.keep(MAIL, channel="email", inbox=inbox)
    in_tray.keep(b"no mail", channel="email", inbox=inbox)
    in_tray.read_due()
    shown = api(admin).get(at(acme, "incoming")).json()
    [row] = shown["payload"]
    assert shown["meter"] == {"received": 2, "processed": 1, "ignored": 0, "quarantined": 1, "waiting": 0}
    assert row["reason"]
    again = api(admin).post(at(acme, f"incoming/{row['id']}/run_again"))
    assert again.json()["state"] == "quarantined"
    assert api(ana).get(at(acme, "incoming")).status_code == 403
    assert api(gus).post(at(acme, f"incoming/{row['id']}/run_again")).status_code == 401
    assert (
        api(gus)
        .post(f"/api/desk/accounts/{gus.memberships.get().account_id}/incoming/{row['id']}/run_again")
        .status_code
        == 404
    )


def test_a_mail_file_becomes_a_conversation(
    acme: Account, inbox: Inbox, admin: User, web_inbox: Inbox, api: Api
) -> None:
    path = at(acme, f"inboxes/{inbox.pk}/mail")
    answer = api(admin).post(path, form={"file": SimpleUploadedFile("hola.eml", MAIL)})
    assert answer.json()["state"] == "processed"
    assert (
        api(admin).post(path, form={"file": SimpleUploadedFile("hola.eml", MAIL)}).json()["id"]
        == answer.json()["id"]
    )
    assert api(admin).post(path, {}).status_code == 422
    assert api(admin).post(at(acme, f"inboxes/{web_inbox.pk}/mail"), {}).status_code == 404
    assert Message.objects.filter(content_type="incoming_email").count() == 1
    assert Incoming.objects.count() == 1


@pytest.mark.feature("Z-25")
def test_an_agent_is_told_all_addresses_of_the_account_and_no_others(
    acme: Account, globex: Account, ana: User, api: Api
) -> None:
    create_inbox(acme, name="Ventas", channel={"type": "email", "email": "Ventas@acme.example"}, by=None)
    create_inbox(globex, name="Otra", channel={"type": "email", "email": "x@globex.example"}, by=None)

    told = api(ana).get(f"/api/desk/accounts/{acme.pk}/own_addresses").json()["addresses"]

    assert "ventas@acme.example" in told
    assert not [address for address in told if "globex" in address]
