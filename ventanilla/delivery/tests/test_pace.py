"""The sending limit of an inbox: what is beyond it waits in sight, in order, and leaves when the hour has room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from threading import Barrier, Thread
from time import sleep

import pytest
from aiosmtpd.controller import Controller
from django.db import connections
from django.db.models import F

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.out_tray import Parcel
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.mailbox import free_port

Drain = Callable[[], int]
pytestmark = pytest.mark.feature("Z-25")


class Postbox:
    """Takes mail, slowly when told to."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.pause_seconds = 0.0

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        sleep(self.pause_seconds)
        self.ids.append(str(message_from_bytes(envelope.content)["Message-ID"]).strip())  # type: ignore[attr-defined]
        return "250 2.0.0 Taken"


@pytest.fixture
def postbox(loopback: None) -> Iterator[Postbox]:
    box = Postbox()
    port = free_port()
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    box.port = port  # type: ignore[attr-defined]
    yield box
    running.stop()


@pytest.fixture
def limited(mail_inbox: Inbox, postbox: Postbox) -> Inbox:
    """The inbox sends two in an hour."""
    return set_limit(mail_inbox, 2, port=postbox.port)  # type: ignore[attr-defined]


def set_limit(inbox: Inbox, limit: int, *, port: int) -> Inbox:
    return update_inbox(
        inbox,
        channel={
            "smtp_enabled": True,
            "smtp_address": "127.0.0.1",
            "smtp_port": port,
            "smtp_enable_starttls_auto": False,
            "smtp_login": "",
            "sending_limit_per_hour": limit,
        },
        by=None,
    )


@pytest.fixture
def conversation(limited: Inbox, acme: Account, ana: User) -> Conversation:
    carla = create_contact(acme, name="Carla", email="carla@example.com", by=None)
    return conversations.start_conversation(ensure_contact_inbox(carla, inbox=limited), by=ana, assignee=ana)


@pytest.fixture
def write(conversation: Conversation, ana: User, drain_log: Drain) -> Callable[[int], list[Message]]:
    def post(count: int) -> list[Message]:
        written = [
            conversations.post_message(conversation, conversations.NewMessage(f"Aviso {n}"), by=ana)
            for n in range(count)
        ]
        drain_log()
        return written

    return post


def send_all() -> None:
    while out_tray.send_due():
        pass


def an_hour_passes() -> None:
    """For what left so far."""
    Outgoing.objects.filter(finished_at__isnull=False).update(
        finished_at=F("finished_at") - timedelta(hours=1, seconds=1)
    )


def states(messages: list[Message]) -> list[tuple[str, object]]:
    fresh = Message.objects.in_bulk([message.pk for message in messages])
    return [
        (
            MessageStatus(fresh[m.pk].status).label,
            fresh[m.pk].content_attributes.get("waits_for"),
        )
        for m in messages
    ]


def ids_of(messages: list[Message], conversation: Conversation) -> list[str]:
    return [f"<conversation/{conversation.uuid}/messages/{m.pk}@acme.example>" for m in messages]


def test_what_is_beyond_the_limit_waits_in_sight_and_leaves_in_order(
    postbox: Postbox, conversation: Conversation, write: Callable[[int], list[Message]]
) -> None:
    written = write(5)
    send_all()
    assert postbox.ids == ids_of(written[:2], conversation)
    assert states(written) == [("sent", None)] * 2 + [("progress", "sending_limit")] * 3
    assert not Outgoing.objects.filter(state=Outgoing.State.FAILED).exists()
    # What comes later does not overtake, and being told twice that it waits is no news.
    later = write(1)
    before = Message.objects.get(pk=written[2].pk).version
    send_all()
    assert Message.objects.get(pk=written[2].pk).version == before
    for shown in (4, 6):
        an_hour_passes()
        send_all()
        assert postbox.ids == ids_of(written + later, conversation)[:shown]
    assert states(written + later) == [("sent", None)] * 6


def test_a_limit_that_is_lifted_lets_them_go_at_once(
    postbox: Postbox, limited: Inbox, write: Callable[[int], list[Message]]
) -> None:
    written = write(4)
    send_all()
    assert len(postbox.ids) == 2
    set_limit(limited, 3, port=postbox.port)  # type: ignore[attr-defined]
    send_all()
    assert len(postbox.ids) == 3
    set_limit(limited, 0, port=postbox.port)  # type: ignore[attr-defined]
    send_all()
    assert states(written) == [("sent", None)] * 4


def test_a_full_inbox_does_not_keep_others_waiting(
    postbox: Postbox, acme: Account, write: Callable[[int], list[Message]]
) -> None:
    write(30)
    out_tray.put([Parcel(kind="mail", key="mail:other", account_id=acme.pk, payload={"event": "none"})])
    send_all()
    assert len(postbox.ids) == 2
    assert Outgoing.objects.get(key="mail:other").attempts == 1


def test_sending_again_a_waiting_message_sends_it_once(
    postbox: Postbox, ana: User, drain_log: Drain, write: Callable[[int], list[Message]]
) -> None:
    written = write(3)
    send_all()
    conversations.retry_message(written[2], by=ana)
    drain_log()
    assert states(written)[2] == ("progress", "sending_limit")
    an_hour_passes()
    send_all()
    assert len(postbox.ids) == 3


@pytest.mark.django_db(transaction=True)
def test_several_workers_keep_one_limit(postbox: Postbox, write: Callable[[int], list[Message]]) -> None:
    written = write(12)
    postbox.pause_seconds = 0.05
    barrier = Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            for _time in range(10):
                out_tray.send_due(limit=3)
        finally:
            connections.close_all()

    workers = [Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(postbox.ids) == 2
    assert [state for state, _reason in states(written)].count("sent") == 2
