"""An inbox whose channel is not installed any more is still read; nothing comes in or leaves."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Conversation, MessageStatus
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.channel import registry
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient, in_account

Drain = Callable[[], object]


def begin(carla: Contact, inbox: Inbox, ana: User) -> Conversation:
    return start_conversation(create_contact_inbox(carla, inbox=inbox), by=ana)


@pytest.fixture
def inbox(web_inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.delitem(registry(), web_inbox.kind)
    return web_inbox


def test_lists_show_its_inbox_and_conversations(
    acme: Account, ana: User, admin: User, carla: Contact, inbox: Inbox, api: Callable[..., ApiClient]
) -> None:
    conversation = begin(carla, inbox, ana)
    [shown] = api(admin).get(in_account(acme, "conversations")).json()["data"]["payload"]
    assert (shown["id"], shown["can_reply"]) == (conversation.display_id, False)
    listed = api(admin).get(in_account(acme, "inboxes")).json()["payload"]
    assert [one["channel_type"] for one in listed] == ["Channel::Webchat"]
    assert update_inbox(inbox, name="Otro", channel={"email": "x@y.example"}, by=admin).name == "Otro"


def test_what_is_written_in_it_is_shown_as_failed(
    ana: User, carla: Contact, inbox: Inbox, drain_log: Drain
) -> None:
    message = post_message(begin(carla, inbox, ana), NewMessage("Hola"), by=ana)
    drain_log()
    out_tray.send_due()
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED


def test_what_still_comes_waits_in_the_quarantine(inbox: Inbox) -> None:
    row = in_tray.keep(BytesIO(b"From: x"), channel=inbox.kind, inbox=inbox)
    in_tray.read(row)
    row.refresh_from_db()
    assert (row.state, row.reason) == (Incoming.State.QUARANTINED, f"channel_absent: {inbox.kind}")
