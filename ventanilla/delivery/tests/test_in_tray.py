"""Kept before it is answered, read once, quarantined when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Status
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.events import claims
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.models import Inbox

Mail = Callable[..., bytes]


def receive(inbox: Inbox, raw: bytes) -> Incoming:
    row = in_tray.keep(raw, channel="email", inbox=inbox)
    in_tray.read_due()
    row.refresh_from_db()
    return row


@pytest.mark.feature("Z-09", "I-02")
def test_a_mail_becomes_a_conversation_with_its_sender(mail_inbox: Inbox, mail: Mail) -> None:
    row = receive(mail_inbox, mail())
    assert row.state == Incoming.State.PROCESSED
    message = Message.objects.get(content_type="incoming_email")
    assert row.message_id == message.pk
    assert message.content == "Hola, ¿dónde está mi pedido?"
    assert message.source_id == "uno@example.com"
    assert message.conversation.contact.email == "carla@example.com"
    assert message.conversation.additional_attributes["mail_subject"] == "Pedido 10356"


@pytest.mark.feature("Z-09")
def test_the_same_payload_is_kept_and_read_once(mail_inbox: Inbox, mail: Mail) -> None:
    first = in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    again = in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    assert first.pk == again.pk
    assert in_tray.read_due() == 1
    assert in_tray.read_due() == 0
    assert Message.objects.filter(content_type="incoming_email").count() == 1


@pytest.mark.feature("Z-09", "Z-25")
def test_what_is_read_at_once_no_worker_reads_too(mail_inbox: Inbox, mail: Mail) -> None:
    claim = claims.new()
    with claims.holding(claim, lambda: None):
        row = in_tray.keep(mail(), channel="email", inbox=mail_inbox, claim=claim)
        assert in_tray.read_due() == 0
    again = in_tray.keep_and_read(mail(), channel="email", inbox=mail_inbox)
    assert (again.pk, again.state) == (row.pk, Incoming.State.RECEIVED)  # of a reader that is gone
    assert in_tray.read_due() == 1  # the next worker has it

    read = in_tray.keep_and_read(mail(Message_ID="<dos@example.com>"), channel="email", inbox=mail_inbox)
    assert in_tray.read_due() == 0
    kept = in_tray.keep_and_read(mail(Message_ID="<dos@example.com>"), channel="email", inbox=mail_inbox)
    assert read.message_id == kept.message_id == Message.objects.get(source_id="dos@example.com").pk

    waiting = in_tray.keep(mail(Message_ID="<tres@example.com>"), channel="email", inbox=mail_inbox)
    in_tray.keep_and_read(mail(Message_ID="<tres@example.com>"), channel="email", inbox=mail_inbox)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.claim) == (Incoming.State.PROCESSED, "")


def test_the_same_mail_by_another_way_is_one_message(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail())
    other = receive(mail_inbox, mail(Received="from a by b; Mon, 3 Nov 2025 10:13:00 +0100"))
    assert other.state == Incoming.State.PROCESSED
    assert Message.objects.filter(content_type="incoming_email").count() == 1


@pytest.mark.feature("Z-09")
def test_what_cannot_be_read_is_quarantined_with_its_bytes_and_can_be_run_again(mail_inbox: Inbox) -> None:
    row = receive(mail_inbox, b"\x00\x01 no mail at all")
    assert row.state == Incoming.State.QUARANTINED
    assert row.reason
    assert row.raw.read() == b"\x00\x01 no mail at all"
    assert in_tray.run_again(row).state == Incoming.State.QUARANTINED


@pytest.mark.feature("Z-09")
def test_what_is_a_message_already_stays_as_it_is_when_it_is_run_again(mail_inbox: Inbox, mail: Mail) -> None:
    row = receive(mail_inbox, mail())
    assert in_tray.run_again(row).message_id == row.message_id
    assert Message.objects.filter(content_type="incoming_email").count() == 1


@pytest.mark.feature("Z-09")
def test_every_payload_ends_in_exactly_one_state(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail())
    receive(mail_inbox, mail(Message_ID="<auto@x>", Auto_Submitted="auto-replied"))
    receive(mail_inbox, b"garbage")
    states = sorted(Incoming.objects.values_list("state", flat=True))
    assert states == ["ignored", "processed", "quarantined"]


def test_an_automatic_answer_and_our_own_mail_are_no_messages(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail(Auto_Submitted="auto-replied"))
    receive(mail_inbox, mail(From="soporte@acme.example", Message_ID="<own@acme.example>"))
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("headers", "greetings"),
    [({}, 1), ({"List_Id": "<news.example.com>"}, 0), ({"From": "no-reply@example.com"}, 0)],
)
def test_only_a_person_is_greeted(
    mail_inbox: Inbox, mail: Mail, headers: dict[str, str], greetings: int
) -> None:
    update_inbox(mail_inbox, by=None, greeting_enabled=True, greeting_message="Hola")
    receive(mail_inbox, mail(**headers))
    assert Message.objects.filter(content_type="incoming_email").count() == 1
    assert Message.objects.filter(content="Hola").count() == greetings


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_an_answer_continues_the_conversation_it_refers_to(
    mail_inbox: Inbox, mail: Mail, header: str
) -> None:
    receive(mail_inbox, mail())
    receive(
        mail_inbox, mail(Message_ID="<dos@example.com>", Subject="otra cosa", **{header: "<uno@example.com>"})
    )
    assert Conversation.objects.count() == 1


def test_an_answer_to_our_plus_address_continues_the_conversation(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail())
    uuid = Conversation.objects.get().uuid
    receive(mail_inbox, mail(Message_ID="<dos@x>", Subject="nuevo", To=f"reply+{uuid}@in.acme.example"))
    assert Conversation.objects.count() == 1


@pytest.mark.feature("V-LST-04")
def test_an_answer_without_ids_is_found_by_subject_and_writer(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail())
    receive(mail_inbox, mail(Message_ID="<dos@x>", Subject="RE: Pedido 10356"))
    receive(mail_inbox, mail(Message_ID="<tres@x>", Subject="RE: Pedido 10356", From="otro@example.com"))
    receive(mail_inbox, mail(Message_ID="<cuatro@x>", Subject="Pedido 10356"))
    assert Conversation.objects.count() == 3


def test_a_thread_of_another_account_is_never_continued(
    mail_inbox: Inbox, globex: object, mail: Mail
) -> None:
    other = create_inbox(
        globex, name="Otro", channel={"type": "email", "email": "hola@globex.example"}, by=None
    )
    receive(mail_inbox, mail())
    conversation = Conversation.objects.get()
    receive(
        other, mail(Message_ID="<dos@x>", In_Reply_To="<uno@example.com>", To=f"reply+{conversation.uuid}@in")
    )
    assert conversation.messages.filter(content_type="incoming_email").count() == 1
    assert Conversation.objects.exclude(pk=conversation.pk).get().account_id == globex.pk


def test_a_stranger_in_a_thread_is_shown_as_themselves_and_flagged(mail_inbox: Inbox, mail: Mail) -> None:
    receive(mail_inbox, mail())
    receive(
        mail_inbox, mail(Message_ID="<dos@x>", In_Reply_To="<uno@example.com>", From="Eva <eva@example.org>")
    )
    message = Message.objects.get(source_id="dos@x")
    assert message.content_attributes["stranger"] is True
    assert message.sender_id != message.conversation.contact_id


@pytest.mark.feature("Z-22")
def test_a_bounce_is_shown_on_the_message_it_is_about(mail_inbox: Inbox, ana: object, mail: Mail) -> None:
    receive(mail_inbox, mail())
    ours = conversations.post_message(
        Conversation.objects.get(), conversations.NewMessage("Sale hoy."), by=ana
    )
    conversations.set_message_status(
        ours, status=MessageStatus.SENT, source_id="conversation/x/messages/1@acme"
    )
    report = (
        "--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; carla@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "Message-ID: <conversation/x/messages/1@acme>\r\n\r\n--b--\r\n"
    )
    receive(
        mail_inbox,
        mail(
            report,
            From="MAILER-DAEMON@mx.example",
            Message_ID="<bounce@mx>",
            Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
        ),
    )
    ours.refresh_from_db()
    assert ours.status == MessageStatus.FAILED
    assert "no such user" in ours.content_attributes["external_error"]


def test_an_answer_opens_a_resolved_conversation(mail_inbox: Inbox, admin: object, mail: Mail) -> None:
    receive(mail_inbox, mail())
    conversations.change_status(Conversation.objects.get(), status=Status.RESOLVED, by=admin)
    receive(mail_inbox, mail(Message_ID="<dos@x>", In_Reply_To="<uno@example.com>"))
    assert Conversation.objects.get().status == Status.OPEN
