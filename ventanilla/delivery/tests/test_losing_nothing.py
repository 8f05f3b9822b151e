"""Whatever comes is a message or says why it is none, is on a list where people see it, and can be read again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.utils import translation

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery import in_tray, reasons
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import ApiClient

pytestmark = pytest.mark.feature("Z-09", "I-02")
Mail = Callable[..., bytes]
Api = Callable[..., ApiClient]


def receive(inbox: Inbox, raw: bytes, **meta: object) -> Incoming:
    row = in_tray.keep(raw, channel="email", inbox=inbox, meta=meta)
    in_tray.read_due()
    row.refresh_from_db()
    return row


# ── the books balance ─────────────────────────────────────────────────────────────────────────────────
FROMS = [
    "Carla <carla@example.com>",
    "josé@example.com",
    '"ana b"@example.com',
    "ana..b@example.com",
    "x@mächine.example",
    "Equipo: ana@example.com, eva@example.com;",
    '"Carla <carla@example.com>',
    "",
    "soporte@acme.example",
    "MAILER-DAEMON (Mail Delivery System)",
    "noreply@tienda.example",
]
HEADS = [
    "",
    "Auto-Submitted: auto-generated\r\n",
    "Auto-Submitted: auto-replied\r\n",
    "Reply-To: soporte@acme.example\r\n",
    "List-Id: <l.example.com>\r\nPrecedence: bulk\r\n",
    "Return-Path: <>\r\n",
    "X-Failed-Recipients: nadie@example.com\r\n",
]
BODIES = [
    "Content-Type: text/plain\r\n\r\nhola",
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nhola\r\n--b',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b--',
    "Content-Type: text/html\r\n\r\n<p>hola",
    "\r\n",
]


def corpus() -> list[bytes]:
    """Hundreds of mails, and some that are none; every second one has an id that others have too."""
    mails = []
    for number, (sender, head, body) in enumerate(product(FROMS, HEADS, BODIES)):
        lines = f"From: {sender}\r\n" if sender else ""
        message_id = f"<{number}@x>" if number % 2 else f"<{number % 7}@same>"
        lines += f"Subject: Asunto {number}\r\nMessage-ID: {message_id}\r\n{head}"
        mails.append((lines + body).encode())
    return [
        *mails,
        b"",
        b"\x00\x01",
        b"no head at all",
        mails[0].replace(b"hola", b"HOLA"),
        mails[0] + b"\r\n",
    ]


def test_what_came_is_a_message_or_says_why_not(mail_inbox: Inbox, settings: object) -> None:
    settings.MAX_MESSAGES_PER_MINUTE = 0  # type: ignore[attr-defined]  # mails without a date fall into one conversation
    mails = corpus()
    for raw in mails:
        in_tray.keep(raw, channel="email", inbox=mail_inbox)
    while in_tray.read_due():
        pass
    rows = list(Incoming.objects.all())
    assert len(rows) == len(mails) > 350
    for row in rows:
        assert (row.message_id is not None) != bool(row.reason), (row.state, row.reason, row.raw.read()[:300])
        assert row.state in {"processed", "ignored", "quarantined"}
        assert row.message_id is None or row.state == "processed"
        assert not row.reason or reasons.code_of(row.reason), row.reason
        assert "fault" not in row.reason, row.reason
    # The books of people: each customer's mail is there.
    customers = [row for row in rows if row.message_id is not None]
    assert len(customers) > 200


# ── duplicates ────────────────────────────────────────────────────────────────────────────────────────
def test_another_mail_under_a_known_id_is_a_message(mail_inbox: Inbox, mail: Mail) -> None:
    same = {"From": "web@tienda.example", "Message_ID": "<web@localhost>"}
    rows = [
        receive(mail_inbox, mail("Soy Ana", Reply_To="ana@example.com", **same)),
        receive(mail_inbox, mail("Soy Eva", Reply_To="eva@example.com", **same)),
        receive(mail_inbox, mail("Soy Eva, otra vez", Date="Mon, 3 Nov 2025 10:12:01 +0100", **same)),
        receive(mail_inbox, mail("Soy Eva", Reply_To="eva@example.com", X_Copy="2", **same)),
    ]
    assert [row.reason for row in rows] == ["", "", "", "received_before"]
    texts = (
        Message.objects.filter(content_type="incoming_email").order_by("pk").values_list("content", flat=True)
    )
    assert list(texts) == ["Soy Ana", "Soy Eva", "Soy Eva, otra vez"]


COPIES = [
    ({"Received": "from a by b; Mon, 3 Nov 2025 10:13:00 +0100"}, "", True),
    ({"Subject": "Re: Pedido 10356"}, "", True),  # a prefix on the way
    ({"Date": "Tue, 4 Nov 2025 10:12:00 +0100"}, "", True),  # sent once more as it is
    (
        {"Subject": "[Vecinos] Pedido 10356"},
        "\n____\nPie de la lista",
        True,
    ),  # a list's copy of the same moment
    ({"Date": "Tue, 4 Nov 2025 10:12:00 +0100"}, "\n¿Y bien?", False),
    ({"From": "eva@example.com"}, "", False),
    ({"Subject": "Otra cosa"}, "distinto", False),
]


@pytest.mark.parametrize(("headers", "more", "is_copy"), COPIES)
def test_a_copy_is_known_by_what_it_says(
    mail_inbox: Inbox, mail: Mail, headers: dict[str, str], more: str, is_copy: bool
) -> None:
    body = "Hola, ¿dónde está mi pedido?"
    receive(mail_inbox, mail(body))
    row = receive(mail_inbox, mail("algo " + more if "Otra" in str(headers) else body + more, **headers))
    assert (row.reason == "received_before") is is_copy
    assert (row.message_id is None) is is_copy
    assert (row.sender != "") is is_copy


def test_a_mail_of_before_the_digest_is_known_too(mail_inbox: Inbox, mail: Mail) -> None:
    message = Message.objects.get(pk=receive(mail_inbox, mail()).message_id)
    attributes = message.content_attributes
    del attributes["email"]["digest"]
    Message.objects.filter(pk=message.pk).update(content_attributes=attributes)
    assert receive(mail_inbox, mail(X_Copy="2")).reason == "received_before"
    assert receive(mail_inbox, mail("otra cosa", X_Copy="2")).reason == ""


# ── on the desk ───────────────────────────────────────────────────────────────────────────────────────
def test_what_is_no_message_is_listed_and_can_be_read_again(
    mail_inbox: Inbox, mail: Mail, acme: Account, admin: User, api: Api
) -> None:
    ignored = receive(
        mail_inbox, mail(Auto_Submitted="auto-replied", Subject="Ausente: =?utf-8?Q?a=C3=B1o?=")
    )
    receive(mail_inbox, mail(Message_ID="<dos@x>"))
    receive(mail_inbox, mail(Message_ID="<dos@x>", X_Copy="2"))
    receive(mail_inbox, b"no mail")
    client, path = api(admin), f"/api/desk/accounts/{acme.pk}/incoming"

    shown = client.get(f"{path}?state=without_message&inbox_id={mail_inbox.pk}").json()
    assert shown["meter"] == {"received": 4, "processed": 2, "ignored": 1, "quarantined": 1, "waiting": 0}
    assert [row["reason_code"] for row in shown["payload"]] == ["received_before", "auto_reply"]
    last = shown["payload"][1]
    assert (last["sender"], last["subject"]) == ("Carla Cliente <carla@example.com>", "Ausente: año")
    with translation.override("es"):
        assert (
            reasons.words_of(ignored.reason) == "Una respuesta automática: ausencia o «recibimos tu correo»."
        )

    for _twice in range(2):
        answer = client.post(f"{path}/{ignored.pk}/run_again")
        assert (answer.status_code, answer.json()["state"]) == (200, "processed")
    message = Message.objects.get(content_attributes__email__subject="Ausente: año")
    assert message.content_attributes["automatic_kind"] == "answer"
    assert Conversation.objects.count() == 2


def test_the_lists_are_cut_after_they_are_filtered(
    mail_inbox: Inbox, acme: Account, admin: User, api: Api
) -> None:
    for number in range(30):
        in_tray.keep(b"no mail %d" % number, channel="email", inbox=mail_inbox)
    while in_tray.read_due():
        pass
    for number in range(30):
        Incoming.objects.create(account=acme, channel="api", provider_key=f"x{number}", state="quarantined")
    client, path = api(admin), f"/api/desk/accounts/{acme.pk}/incoming"
    first = client.get(f"{path}?inbox_id={mail_inbox.pk}").json()
    assert (first["count"], first["per_page"], len(first["payload"])) == (60, 25, 25)
    other = client.get(f"{path}?inbox_id={mail_inbox.pk}&page=3").json()
    assert len(other["payload"]) == 10
    assert client.get(f"{path}?state=nothing").status_code == 422


def test_odd_senders_are_conversations_with_their_address_as_written(mail_inbox: Inbox, mail: Mail) -> None:
    for sender in ("josé@example.com", "x@mächine.example", '"ana b"@example.com', "ana..b@example.com"):
        row = receive(mail_inbox, mail(From=sender, Message_ID=f"<{sender}>"))
        assert row.message_id is not None, (sender, row.reason)
        conversation = Conversation.objects.get(messages__pk=row.message_id)
        assert conversation.contact_inbox.source_id == sender
        assert sender in (conversation.contact.email, conversation.contact.name)


def test_who_handed_it_in_is_who_wrote_where_no_from_stands(mail_inbox: Inbox, mail: Mail) -> None:
    row = receive(mail_inbox, mail(From=""), envelope_from="carla@example.com")
    assert (
        Conversation.objects.get(messages__pk=row.message_id).contact_inbox.source_id == "carla@example.com"
    )
