"""What leaves by email: received by a real SMTP server, read again by our own reader, and threading when it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import Message as Parsed
from email.parser import BytesParser
from email.policy import default
from io import BytesIO

import pytest
from aiosmtpd.controller import Controller

from ventanilla.accounts.models import Account, User
from ventanilla.channels.email.reading import read_mail
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Upload
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.models import Attempt, Outgoing
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.mailbox import free_port

Drain = Callable[[], int]
Mail = Callable[..., bytes]


class Postbox:
    """Keeps what it is sent; answers as it is told to."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []
        self.answers: list[str] = []

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, _o: object
    ) -> str:
        if address.startswith("nadie@"):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((list(envelope.rcpt_tos), bytes(envelope.content)))  # type: ignore[attr-defined]
        return "250 2.0.0 Taken"


@pytest.fixture
def postbox(mail_inbox: Inbox, loopback: None) -> Iterator[Postbox]:
    """The inbox's own SMTP server."""
    box = Postbox()
    port = free_port()
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    update_inbox(
        mail_inbox,
        channel={
            "smtp_enabled": True,
            "smtp_address": "127.0.0.1",
            "smtp_port": port,
            "smtp_enable_starttls_auto": False,
            "smtp_login": "",
        },
        by=None,
    )
    yield box
    running.stop()


@pytest.fixture
def conversation(mail_inbox: Inbox, mail: Mail) -> Conversation:
    """Carla wrote."""
    in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    in_tray.read_due()
    return Conversation.objects.get()


@pytest.fixture
def reply(conversation: Conversation, ana: User, drain_log: Drain) -> Callable[..., Message]:
    """`reply("text", **more)` as ana, handed to the server."""

    def write(content: str, **more: object) -> Message:
        message = conversations.post_message(conversation, conversations.NewMessage(content, **more), by=ana)  # type: ignore[arg-type]
        drain_log()
        out_tray.send_due()
        message.refresh_from_db()
        return message

    return write


def parsed(raw: bytes) -> Parsed:
    return BytesParser(policy=default).parsebytes(raw)


@pytest.mark.feature("I-04", "R-05", "Z-25")
def test_an_answer_leaves_with_both_parts_and_keeps_the_thread(
    postbox: Postbox, conversation: Conversation, reply: Callable[..., Message]
) -> None:
    message = reply("Sale **hoy**, ¿te parece?")
    [(recipients, raw)] = postbox.mails
    assert recipients == ["carla@example.com"]
    sent = parsed(raw)
    assert sent["Subject"] == "Re: Pedido 10356"
    assert sent["In-Reply-To"] == "<uno@example.com>"
    assert "<uno@example.com>" in sent["References"]
    assert (
        sent["Message-ID"].strip() == f"<conversation/{conversation.uuid}/messages/{message.pk}@acme.example>"
    )
    assert "Ana" in sent["From"]
    assert "soporte@acme.example" in sent["From"]
    assert "Sale hoy" in sent.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert "<strong>hoy</strong>" in sent.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    assert message.status == MessageStatus.SENT
    assert message.source_id == sent["Message-ID"].strip("<> ")
    read = read_mail(BytesIO(raw))
    assert "¿te parece?" in read.text
    assert not read.defects


@pytest.mark.feature("N-02")
def test_a_note_never_leaves(postbox: Postbox, reply: Callable[..., Message]) -> None:
    reply("Ojo con este cliente", private=True)
    assert postbox.mails == []
    assert not Outgoing.objects.exists()


@pytest.mark.feature("Z-25")
def test_copies_go_out_and_blind_ones_stay_blind(postbox: Postbox, reply: Callable[..., Message]) -> None:
    reply("Hola", content_attributes={"cc_emails": ["jefa@x.cl"], "bcc_emails": ["archivo@x.cl"]})
    [(recipients, raw)] = postbox.mails
    assert sorted(recipients) == ["archivo@x.cl", "carla@example.com", "jefa@x.cl"]
    assert b"jefa@x.cl" in raw
    assert b"archivo@x.cl" not in raw


@pytest.mark.feature("R-09")
def test_files_leave_with_the_mail(postbox: Postbox, reply: Callable[..., Message]) -> None:
    reply("Va la factura", attachments=[Upload(BytesIO(b"%PDF-1.4 x"), "factura nº1.pdf")])
    [(_recipients, raw)] = postbox.mails
    [file] = read_mail(BytesIO(raw)).attachments
    assert (file.filename, file.content) == ("factura nº1.pdf", b"%PDF-1.4 x")


@pytest.mark.feature("Z-02", "Z-22")
def test_a_passing_failure_is_tried_again_under_the_same_id(
    postbox: Postbox, reply: Callable[..., Message]
) -> None:
    postbox.answers = ["451 4.3.0 Try later"]
    message = reply("Hola")
    row = Outgoing.objects.get()
    assert (row.state, row.attempts) == (Outgoing.State.QUEUED, 1)
    assert message.status != MessageStatus.FAILED
    Outgoing.objects.update(next_attempt_at=now())
    out_tray.send_due()
    assert len(postbox.mails) == 1
    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert list(Attempt.objects.order_by("pk").values_list("succeeded", flat=True)) == [False, True]
    out_tray.send_due()
    assert len(postbox.mails) == 1


@pytest.mark.feature("Z-22")
def test_a_permanent_failure_stops_and_says_why_and_can_be_sent_again(
    postbox: Postbox, reply: Callable[..., Message], ana: User, drain_log: Drain
) -> None:
    postbox.answers = ["554 5.7.1 Not here"]
    message = reply("Hola")
    assert message.status == MessageStatus.FAILED
    assert "Not here" in message.content_attributes["external_error"]
    conversations.retry_message(message, by=ana)
    drain_log()
    out_tray.send_due()
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert len(postbox.mails) == 1


def test_one_refused_copy_does_not_send_the_others_twice(
    postbox: Postbox, reply: Callable[..., Message]
) -> None:
    message = reply("Hola", content_attributes={"cc_emails": ["nadie@x.cl"]})
    out_tray.send_due()
    assert len(postbox.mails) == 1
    assert message.status == MessageStatus.SENT


ANSWERS = {
    "Gmail": {"In_Reply_To": "{id}", "References": "<uno@example.com> {id}", "Subject": "Re: Pedido 10356"},
    "Outlook": {
        "In_Reply_To": "{id}",
        "References": "<uno@example.com>\r\n {id}",
        "Subject": "RE: Pedido 10356",
    },
    "Apple Mail": {"In_Reply_To": "{id}", "References": "{id}", "Subject": "Re: Pedido 10356"},
    "a rewritten id": {
        "In_Reply_To": "<0100@email.example-ses.com>",
        "References": "<uno@example.com>",
        "Subject": "Re: x",
    },
    "no ids at all": {"Subject": "RE: Pedido 10356"},
}


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize("program", sorted(ANSWERS))
def test_the_thread_holds_when_it_is_answered(
    program: str, postbox: Postbox, mail_inbox: Inbox, mail: Mail, reply: Callable[..., Message]
) -> None:
    reply("Sale hoy")
    ours = parsed(postbox.mails[0][1])["Message-ID"]
    headers = {name: value.format(id=ours) for name, value in ANSWERS[program].items()}
    in_tray.keep(
        mail("Gracias", Message_ID=f"<{program.replace(' ', '')}@x>", **headers),
        channel="email",
        inbox=mail_inbox,
    )
    in_tray.read_due()
    assert Conversation.objects.count() == 1
    assert Message.objects.filter(content_type="incoming_email").count() == 2


def test_a_chain_of_answers_names_the_whole_thread(
    postbox: Postbox, mail_inbox: Inbox, mail: Mail, reply: Callable[..., Message]
) -> None:
    reply("uno")
    reply("dos")
    first, second = (parsed(raw) for _to, raw in postbox.mails)
    assert second["References"].split()[-1] == "<uno@example.com>"
    assert first["Message-ID"] in second["References"]


def test_without_a_server_of_its_own_mail_leaves_from_the_installation(
    acme: Account, conversation: Conversation, reply: Callable[..., Message], mailoutbox: list[object]
) -> None:
    reply("Hola")
    [sent] = mailoutbox
    assert b"Re: Pedido 10356" in sent.as_bytes()  # type: ignore[attr-defined]
