"""Reply to all, forward, another subject: what leaves is parsed by a second parser, and threads when it is answered."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.utils import getaddresses
from io import BytesIO
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Upload
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.mails import transcript
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.mailbox import free_port

Api = Callable[..., ApiClient]
Drain = Callable[[], int]
Mail = Callable[..., bytes]
Send = Callable[..., Any]

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx"
    b"\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Postbox:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 2.0.0 Taken"

    def last(self) -> tuple[list[str], Parsed]:
        """Who the newest mail went to, and what the standard library's old parser reads in it."""
        recipients, raw = self.mails[-1]
        read = message_from_bytes(raw)
        assert not [part.defects for part in read.walk() if part.defects]
        return sorted(recipients), read


def text_of(mail: Parsed, kind: str) -> str:
    """The first part of that type, decoded."""
    part = next(part for part in mail.walk() if part.get_content_type() == kind)
    return bytes(part.get_payload(decode=True)).decode(part.get_content_charset() or "ascii")


def line(mail: Parsed, name: str) -> str:
    """A header without its encoding; it was one line."""
    text = str(make_header(decode_header(mail[name]))) if mail[name] else ""
    assert "\n" not in text.replace("\n ", " ")
    return text


def addresses(mail: Parsed, name: str) -> list[str]:
    return [address for _name, address in getaddresses(mail.get_all(name, []))]


@pytest.fixture
def postbox(mail_inbox: Inbox, loopback: None) -> Iterator[Postbox]:
    """The inbox's own SMTP server."""
    box = Postbox()
    port = free_port()
    running = Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    server = {"smtp_enabled": True, "smtp_address": "127.0.0.1", "smtp_port": port, "smtp_login": ""}
    update_inbox(mail_inbox, channel=server | {"smtp_enable_starttls_auto": False}, by=None)
    yield box
    running.stop()


@pytest.fixture
def receive(mail_inbox: Inbox, mail: Mail) -> Callable[..., Message]:
    """`receive(body, **headers)`: a mail comes; the message it became."""

    def come(body: str = "¿Dónde está mi pedido?", **headers: str) -> Message:
        row = in_tray.keep(mail(body, **headers), channel="email", inbox=mail_inbox)
        in_tray.read_due()
        row.refresh_from_db()
        assert row.message_id is not None, row.reason
        return Message.objects.get(pk=row.message_id)

    return come


@pytest.fixture
def send(acme: Account, ana: User, api: Api, drain_log: Drain) -> Send:
    """`send(conversation, {...})` posts as ana, and what must leave has left; the answer."""

    def write(conversation: Conversation, body: dict[str, Any]) -> Any:
        path = in_account(acme, f"conversations/{conversation.display_id}/messages")
        answer = api(ana).post(path, body)
        drain_log()
        out_tray.send_due()
        return answer

    return write


# ── reply to all ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("Z-25", "I-04")
def test_an_answer_goes_to_whom_the_agent_chose_and_answers_that_mail(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    first = receive(Cc="jefa@cliente.cl")
    second = receive(
        "Escribo desde el móvil", Message_ID="<dos@example.com>", In_Reply_To="<uno@example.com>"
    )
    assert second.conversation_id == first.conversation_id
    answer = send(
        first.conversation,
        {
            "content": "A todos",
            "to_emails": "carla@example.com",
            "cc_emails": ["jefa@cliente.cl"],
            "content_attributes": {"in_reply_to": first.pk},
        },
    )
    assert answer.json()["content_attributes"]["cc_emails"] == ["jefa@cliente.cl"]
    recipients, sent = postbox.last()
    assert recipients == ["carla@example.com", "jefa@cliente.cl"]
    assert (addresses(sent, "To"), addresses(sent, "Cc")) == (["carla@example.com"], ["jefa@cliente.cl"])
    assert sent["In-Reply-To"] == "<uno@example.com>"
    assert sent["References"].split()[-1] == "<uno@example.com>"
    assert "dónde está mi pedido" in text_of(sent, "text/plain").lower()
    assert "móvil" not in text_of(sent, "text/plain")


@pytest.mark.feature("Z-25")
def test_a_mail_says_who_is_to_be_answered(receive: Callable[..., Message]) -> None:
    message = receive(Reply_To="Pedidos <pedidos@example.com>, Otra <otra@example.com>")
    assert message.content_attributes["email"]["reply_to"] == ["pedidos@example.com", "otra@example.com"]
    assert message.conversation.contact_inbox.source_id == "carla@example.com"


@pytest.mark.feature("Z-25")
def test_an_answer_goes_where_the_customers_newest_mail_asks_for(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive(Reply_To="Pedidos <pedidos@example.com>, soporte@acme.example")
    answer = send(message.conversation, {"content": "Va"}).json()
    assert (postbox.last()[0], answer["content_attributes"]["to_emails"]) == (["pedidos@example.com"],) * 2
    conversation = message.conversation
    conversation.refresh_from_db()
    # It reached the customer, who waits no more.
    assert conversation.waiting_since is None
    receive(Message_ID="<dos@example.com>", In_Reply_To="<uno@example.com>")
    answer = send(conversation, {"content": "Otra"}).json()
    assert postbox.last()[0] == ["carla@example.com"]
    assert "to_emails" not in answer["content_attributes"]


@pytest.mark.feature("Z-25")
def test_the_html_of_the_mail_is_quoted_cleaned(
    postbox: Postbox, receive: Callable[..., Message], send: Send, settings: Any
) -> None:
    html = '<p onclick="x()">Mi <b>pedido</b></p><script>alert(1)</script><img src="cid:logo" alt="Logo"><p>"&lt;b&gt;"</p>'
    message = receive(html, Content_Type="text/html; charset=utf-8")
    send(message.conversation, {"content": "Va"})
    _to, sent = postbox.last()
    quoted = text_of(sent, "text/html")
    assert "<b>pedido</b>" in quoted
    assert 'alt="Logo"' in quoted
    assert not any(bad in quoted for bad in ("onclick", "script", "cid:"))
    settings.MAX_QUOTED_HTML_CHARS = 20
    send(message.conversation, {"content": "Otra vez"})
    _to, sent = postbox.last()
    assert "<b>pedido</b>" not in text_of(sent, "text/html")
    assert "pedido" in text_of(sent, "text/html")


@pytest.mark.feature("Z-25")
def test_what_somebody_else_wrote_is_not_quoted_to_the_customer(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    mine = receive()
    other = receive(
        "Entre nosotros: no le digas nada",
        From="taller@proveedor.cl",
        Message_ID="<tres@proveedor.cl>",
        In_Reply_To="<uno@example.com>",
    )
    assert other.content_attributes["stranger"] is True
    send(mine.conversation, {"content": "Seguimos en ello"})
    recipients, sent = postbox.last()
    assert recipients == ["carla@example.com"]
    assert "Entre nosotros" not in text_of(sent, "text/plain") + text_of(sent, "text/html")
    assert sent["In-Reply-To"] == "<uno@example.com>"
    Conversation.objects.update(waiting_since=mine.created_at)
    # Chosen, it is answered to its writer.
    send(
        mine.conversation,
        {
            "content": "Gracias",
            "to_emails": ["taller@proveedor.cl"],
            "content_attributes": {"in_reply_to": other.pk},
        },
    )
    recipients, sent = postbox.last()
    assert recipients == ["taller@proveedor.cl"]
    assert sent["In-Reply-To"] == "<tres@proveedor.cl>"
    assert "Entre nosotros" in text_of(sent, "text/plain")
    assert Conversation.objects.get().waiting_since == mine.created_at  # the customer was told nothing
    send(mine.conversation, {"content": "Ya está", "to_emails": ["CARLA@example.com"]})
    assert Conversation.objects.get().waiting_since is None


LONG = "<AM0PR05MB48514F0A7B0C6D8E9F1A2B3C4D5E6F7A8B9C0D1E2F@AM0PR05MB4851.eurprd05.prod.outlook.com>"


@pytest.mark.feature("Z-25", "I-04")
def test_long_ids_leave_as_they_are(
    acme: Account, postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    Account.objects.filter(pk=acme.pk).update(domain="correo.un-equipo-con-nombre-muy-largo.example.com")
    message = receive(Message_ID=LONG)
    send(message.conversation, {"content": "uno"})
    send(message.conversation, {"content": "dos"})
    first, second = (raw for _to, raw in postbox.mails)
    ours = message_from_bytes(first)["Message-ID"].strip()
    assert "un-equipo-con-nombre-muy-largo" in ours
    sent = message_from_bytes(second)
    assert sent["In-Reply-To"] == LONG
    assert sent["References"].split() == [ours, LONG]
    assert b"=?" not in second.partition(b"Subject")[0] + second.partition(b"In-Reply-To")[2][:500]
    assert max(len(line) for line in second.splitlines()) < 200


@pytest.mark.feature("Z-25")
def test_our_own_mail_can_be_answered_too(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive()
    ours = send(message.conversation, {"content": "Sale **hoy**"}).json()["id"]
    own_id = postbox.last()[1]["Message-ID"]
    send(message.conversation, {"content": "Y llega mañana", "content_attributes": {"in_reply_to": ours}})
    _to, sent = postbox.last()
    assert sent["In-Reply-To"].strip() == own_id.strip()
    assert "> Sale hoy" in text_of(sent, "text/plain")
    assert "soporte@acme.example" in text_of(sent, "text/plain")


@pytest.mark.feature("Z-25")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"to_emails": "carla@example.com,nadie"}, "to_emails"),
        ({"cc_emails": ["a b@c.cl"]}, "cc_emails"),
        ({"content_attributes": {"bcc_emails": ["x@y.cl\nBcc: z@y.cl"]}}, "bcc_emails"),
        ({"content_attributes": {"bcc_emails": [{"a": 1}]}}, "bcc_emails"),
        ({"to_emails": [f"a{n}@x.cl" for n in range(51)]}, "to_emails"),
        ({"content_attributes": {"subject": "Hola\r\nBcc: z@y.cl"}}, "subject"),
        ({"content_attributes": {"subject": "x" * 501}}, "subject"),
        ({"content_attributes": {"subject": ["x"]}}, "subject"),
        ({"content_attributes": {"forwarded_message_id": 1}}, "to_emails"),
        (
            {
                "to_emails": "a@b.cl",
                "content_attributes": {"forwarded_message_id": 1, "forwarded_attachment_ids": "x"},
            },
            "forwarded_attachment_ids",
        ),
        (
            {
                "to_emails": "a@b.cl",
                "content_attributes": {"forwarded_message_id": 1, "forwarded_attachment_ids": [99]},
            },
            "forwarded_attachment_ids",
        ),
    ],
)
def test_what_cannot_be_a_mail_is_refused_with_its_field(
    body: dict[str, Any], field: str, postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive()
    attributes = body.get("content_attributes", {})
    if "forwarded_message_id" in attributes:
        attributes["forwarded_message_id"] = message.pk
    answer = send(message.conversation, {"content": "Hola", **body})
    assert answer.status_code == 422
    assert field in str(answer.json())
    assert postbox.mails == []


def test_what_nobody_sees_in_a_pasted_address_is_left_out(
    receive: Callable[..., Message], send: Send
) -> None:
    answer = send(
        receive().conversation, {"content": "Hola", "cc_emails": "\u200bc@d.cl\ufeff, e@f.cl\u2069"}
    )
    assert answer.status_code == 200
    assert answer.json()["content_attributes"]["cc_emails"] == ["c@d.cl", "e@f.cl"]


@pytest.mark.parametrize(
    "wrong", ["nadie", "a@b", "ana@tienda.example>", "ana@x.cl\r\nBcc: b@y.cl", "x" * 300 + "@y.cl"]
)
def test_the_address_that_is_none_is_named(wrong: str, receive: Callable[..., Message], send: Send) -> None:
    answer = send(
        receive().conversation, {"content": "Hola", "to_emails": "a@b.cl", "cc_emails": ["c@d.cl", wrong]}
    )
    assert (answer.status_code, answer.json()["attributes"]) == (422, ["cc_emails"])
    assert f"“{wrong[:100]}” isn't a valid email address" in answer.json()["error"]


# ── the subject ───────────────────────────────────────────────────────────────────────────────────

ANSWERS = {
    "Gmail": {"In_Reply_To": "{id}", "References": "<uno@example.com> {id}", "Subject": "Re: {subject}"},
    "Outlook": {
        "In_Reply_To": "{id}",
        "References": "<uno@example.com>\r\n\t{id}",
        "Subject": "RE: {subject}",
        "Thread_Topic": "{subject}",
        "Thread_Index": "AQHa4V1uHx0yq1l3uk6sQ7d4sA==",
    },
    "Apple Mail": {"In_Reply_To": "{id}", "References": "{id}", "Subject": "Re: {subject}"},
    "a program without headers": {"Subject": "RE: {subject}"},
}


@pytest.mark.feature("Z-25", "V-LST-04")
@pytest.mark.parametrize("program", sorted(ANSWERS))
def test_another_subject_keeps_the_thread(
    program: str, postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive()
    send(
        message.conversation,
        {"content": "Te propongo otra cosa", "content_attributes": {"subject": "Tu cita ☕ del lunes"}},
    )
    _to, sent = postbox.last()
    assert line(sent, "Subject") == "Tu cita ☕ del lunes"
    assert sent["In-Reply-To"] == "<uno@example.com>"
    assert "<uno@example.com>" in sent["References"]
    conversation = Conversation.objects.get()
    assert conversation.additional_attributes["mail_subject"] == "Tu cita ☕ del lunes"
    send(conversation, {"content": "¿Te va bien?"})
    assert line(postbox.last()[1], "Subject") == "Re: Tu cita ☕ del lunes"
    headers = {
        name: value.format(id=sent["Message-ID"].strip(), subject="Tu cita =?utf-8?q?=E2=98=95?= del lunes")
        for name, value in ANSWERS[program].items()
    }
    back = receive("Sí, gracias", Message_ID="<cita@example.com>", **headers)
    assert back.conversation_id == conversation.pk


@pytest.mark.feature("V-LST-04")
def test_the_customers_new_subject_without_headers_opens_another_conversation(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive()
    send(message.conversation, {"content": "Hola"})
    ours = postbox.last()[1]["Message-ID"].strip()
    other = receive("Otra cosa", Message_ID="<otra@example.com>", Subject="Mi factura")
    assert other.conversation_id != message.conversation_id
    same = receive(
        "Y esto",
        Message_ID="<esto@example.com>",
        Subject="Cambio el asunto",
        In_Reply_To=ours,
        References=ours,
    )
    assert same.conversation_id == message.conversation_id


@pytest.mark.feature("D-NEW-03")
def test_a_conversation_we_begin_is_found_again_by_its_subject(
    acme: Account,
    mail_inbox: Inbox,
    ana: User,
    carla: Contact,
    api: Api,
    postbox: Postbox,
    receive: Callable[..., Message],
    send: Send,
) -> None:
    made = api(ana).post(
        in_account(acme, "conversations"),
        {
            "contact_id": carla.pk,
            "inbox_id": mail_inbox.pk,
            "additional_attributes": {"source": "email", "mail_subject": "Tu visita"},
        },
    )
    conversation = Conversation.objects.get(display_id=made.json()["id"])
    assert postbox.mails == []
    send(conversation, {"content": "Hola, Carla", "content_attributes": {"subject": "Tu visita del martes"}})
    assert line(postbox.last()[1], "Subject") == "Tu visita del martes"
    back = receive("Vale", Message_ID="<vale@example.com>", Subject="RE: Tu visita del martes")
    assert back.conversation_id == conversation.pk


# ── forward ───────────────────────────────────────────────────────────────────────────────────────

WITH_FILES = "\r\n".join(
    [
        "--m", 'Content-Type: multipart/related; boundary="r"', "",
        "--r", "Content-Type: text/html; charset=utf-8", "",
        '<p>Mira la <b>foto</b>: <img src="cid:foto1@x" alt="foto"></p><script>x()</script>',
        "--r", "Content-Type: image/png", "Content-ID: <foto1@x>", 'Content-Disposition: inline; filename="foto.png"',
        "Content-Transfer-Encoding: base64", "",
        b64encode(PICTURE).decode(), "--r--",
        "--m", 'Content-Type: application/pdf; name="factura.pdf"',
        'Content-Disposition: attachment; filename="factura.pdf"',
        "", "%PDF-1.4 x", "--m--", "",
    ]
)  # fmt: skip
MIXED = 'multipart/mixed; boundary="m"'


@pytest.fixture
def with_files(receive: Callable[..., Message]) -> Message:
    """Carla's mail with a picture in its HTML and an invoice."""
    return receive(WITH_FILES, Content_Type=MIXED, Cc="jefa@cliente.cl")


@pytest.mark.feature("Z-25")
def test_a_forward_takes_everything_along_and_the_customer_gets_nothing(
    postbox: Postbox, with_files: Message, send: Send
) -> None:
    conversation = with_files.conversation
    answer = send(
        conversation,
        {
            "content": "¿Lo **miráis**?",
            "to_emails": ["taller@proveedor.cl"],
            "cc_emails": ["bodega@proveedor.cl"],
            "content_attributes": {"forwarded_message_id": with_files.pk},
        },
    )
    assert answer.json()["content_attributes"]["forwarded_message_id"] == with_files.pk
    [(recipients, _raw)] = postbox.mails
    assert sorted(recipients) == ["bodega@proveedor.cl", "taller@proveedor.cl"]
    _to, sent = postbox.last()
    assert line(sent, "Subject") == "Fwd: Pedido 10356"
    assert sent["In-Reply-To"] is None
    assert sent["References"] is None
    text, html = text_of(sent, "text/plain"), text_of(sent, "text/html")
    for said in (
        "¿Lo miráis?",
        "Forwarded message",
        "From: Carla Cliente <carla@example.com>",
        "Subject: Pedido 10356",
    ):
        assert said in text
    assert "To: soporte@acme.example" in text
    assert "Cc: jefa@cliente.cl" in text
    assert "Date: Nov. 3, 2025" in text
    assert "<b>foto</b>" in html
    assert "<script" not in html
    [picture] = [part for part in sent.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert html.count("<img") == 1
    assert picture.get_payload(decode=True) == PICTURE
    [invoice] = [part for part in sent.walk() if part.get_filename() == "factura.pdf"]
    assert bytes(invoice.get_payload(decode=True)).startswith(b"%PDF-1.4 x")
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None  # the customer still waits
    assert conversation.first_reply_created_at is None


@pytest.mark.feature("Z-25")
def test_files_can_be_left_out_and_added_and_the_comment_is_optional(
    postbox: Postbox, with_files: Message, send: Send
) -> None:
    [_photo, invoice] = with_files.attachments.order_by("pk")
    send(
        with_files.conversation,
        {
            "to_emails": "taller@proveedor.cl",
            "content_attributes": {
                "forwarded_message_id": with_files.pk,
                "forwarded_attachment_ids": [invoice.pk],
                "subject": "Factura de Carla",
            },
        },
    )
    _to, sent = postbox.last()
    assert line(sent, "Subject") == "Factura de Carla"
    assert [part.get_filename() for part in sent.walk() if part.get_filename()] == ["factura.pdf"]
    assert "cid:" not in text_of(sent, "text/html")
    assert Conversation.objects.get().additional_attributes["mail_subject"] == "Pedido 10356"
    # Each message has files of its own: one is deleted without the other.
    ours = Message.objects.order_by("-pk")[0]
    assert ours.attachments.get().file.name != invoice.file.name


@pytest.mark.feature("Z-25")
def test_who_is_copied_by_us_and_answers_to_all_is_in_the_copy(
    postbox: Postbox, receive: Callable[..., Message], send: Send
) -> None:
    message = receive()
    send(message.conversation, {"content": "A los dos", "cc_emails": ["jefa@cliente.cl"]})
    ours = postbox.last()[1]["Message-ID"].strip()
    back = receive(
        "De acuerdo",
        From="Jefa <jefa@cliente.cl>",
        To="soporte@acme.example, carla@example.com",
        Message_ID="<jefa@cliente.cl>",
        In_Reply_To=ours,
        References=f"<uno@example.com> {ours}",
    )
    assert back.conversation_id == message.conversation_id
    copy = transcript({"conversation_id": message.conversation_id, "email": "x@y.cl"})
    assert [entry.content for entry in copy.entries][-2:] == ["A los dos", "De acuerdo"]
    assert copy.entries[-1].author == "Jefa"


@pytest.mark.feature("Z-25")
def test_the_answer_to_a_forward_comes_back_here_and_stays_from_the_customer(
    postbox: Postbox, with_files: Message, receive: Callable[..., Message], send: Send, mail_inbox: Inbox
) -> None:
    conversation = with_files.conversation
    send(
        conversation,
        {
            "content": "Solo entre nosotros",
            "to_emails": ["taller@proveedor.cl"],
            "content_attributes": {"forwarded_message_id": with_files.pk},
        },
    )
    forward = Message.objects.order_by("-pk")[0]
    id_of_forward = postbox.last()[1]["Message-ID"].strip()
    back = receive(
        "Es un defecto de fábrica",
        From="Taller <taller@proveedor.cl>",
        Message_ID="<t1@proveedor.cl>",
        In_Reply_To=id_of_forward,
        Subject="RE: Fwd: Pedido 10356",
    )
    assert back.conversation_id == conversation.pk
    assert back.content_attributes["stranger"] is True
    # Neither the forward nor its answer reaches the customer, not even when the agent points at the forward.
    pointing = {"in_reply_to": forward.pk}
    for attributes in ({}, pointing, pointing | {"to_emails": ["Carla@example.com"]}):
        send(conversation, {"content": "Te lo cambiamos", "content_attributes": attributes})
        recipients, sent = postbox.last()
        assert [address.lower() for address in recipients] == ["carla@example.com"]
        said = text_of(sent, "text/plain") + text_of(sent, "text/html")
        assert "entre nosotros" not in said
        assert "defecto" not in said
        assert id_of_forward not in sent["References"]
        assert sent["In-Reply-To"] == "<uno@example.com>"
    # Nor what we answered them alone, nor their answer when the agent sends his own to the customer.
    between = {"content": "Gracias, taller", "to_emails": ["taller@proveedor.cl"]}
    ours = send(conversation, between | {"content_attributes": {"in_reply_to": back.pk}}).json()["id"]
    for chosen in (back.pk, ours):
        send(conversation, {"content": "Va", "content_attributes": {"in_reply_to": chosen}})
        said = text_of(postbox.last()[1], "text/html")
        assert "defecto" not in said
        assert "Gracias, taller" not in said
    copy = transcript({"conversation_id": conversation.pk, "email": "carla@example.com"})
    told = " ".join(entry.content for entry in copy.entries)
    assert "Te lo cambiamos" in told
    for secret in ("entre nosotros", "defecto", "Gracias, taller"):
        assert secret not in told


@pytest.mark.feature("Z-25", "N-02")
def test_notes_and_deleted_messages_are_not_forwarded(
    postbox: Postbox, with_files: Message, send: Send, ana: User, drain_log: Drain
) -> None:
    conversation = with_files.conversation
    note = conversations.post_message(conversation, conversations.NewMessage("secreto", private=True), by=ana)
    body = {"to_emails": "x@y.cl", "content": "mira"}
    refused = send(conversation, body | {"content_attributes": {"forwarded_message_id": note.pk}})
    assert refused.status_code == 404
    said = conversations.NewMessage("mira", content_attributes={"to_emails": ["x@y.cl"]})
    accepted = conversations.forward_by_mail(with_files, said, by=ana)
    conversations.delete_message(with_files, by=ana)
    drain_log()
    out_tray.send_due()
    accepted.refresh_from_db()
    assert accepted.status == MessageStatus.FAILED
    refused = send(conversation, body | {"content_attributes": {"forwarded_message_id": with_files.pk}})
    assert refused.status_code == 404
    assert postbox.mails == []


@pytest.mark.feature("Z-25")
def test_a_message_of_another_conversation_is_not_forwarded(
    postbox: Postbox, with_files: Message, receive: Callable[..., Message], send: Send
) -> None:
    other = receive("Otra", From="Berta <berta@example.com>", Message_ID="<b@example.com>", Subject="Otra")
    refused = send(
        other.conversation,
        {"to_emails": "x@y.cl", "content_attributes": {"forwarded_message_id": with_files.pk}},
    )
    assert refused.status_code == 404
    assert postbox.mails == []


@pytest.mark.feature("Z-25")
def test_our_own_mail_is_forwarded_with_its_files(
    postbox: Postbox, receive: Callable[..., Message], ana: User, send: Send, drain_log: Drain
) -> None:
    message = receive()
    ours = conversations.post_message(
        message.conversation,
        conversations.NewMessage("Va", attachments=[Upload(BytesIO(b"%PDF-1.4"), "guía.pdf")]),
        by=ana,
    )
    send(
        message.conversation,
        {"to_emails": "x@y.cl", "content": "", "content_attributes": {"forwarded_message_id": ours.pk}},
    )
    recipients, sent = postbox.last()
    assert recipients == ["x@y.cl"]
    assert "From: Ana" in text_of(sent, "text/plain")
    assert "Va" in text_of(sent, "text/plain")
    assert len([part for part in sent.walk() if part.get_filename()]) == 1
