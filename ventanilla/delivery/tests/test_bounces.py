"""What did not arrive is shown on our mail, whatever shape the news has; what fits none of ours is a message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ventanilla.accounts.models import User
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Message, MessageStatus
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.mailbox import PostOffice

pytestmark = pytest.mark.feature("Z-22")
Mail = Callable[..., bytes]
ID = "conversation/01234567-89ab-cdef-0123-456789abcdef/messages/1@acme.example"
DAEMON = {
    "From": "Mail Delivery System <MAILER-DAEMON@mx.example>",
    "Message_ID": "<b@mx>",
    "Return_Path": "<>",
}


@pytest.fixture
def bring(mail_inbox: Inbox, mail: Mail) -> Callable[..., Incoming]:
    """`bring(body, **headers)`: a mail comes; what became of it."""

    def come(body: str, **headers: str) -> Incoming:
        row = in_tray.keep(mail(body, **headers), channel="email", inbox=mail_inbox)
        in_tray.read_due()
        row.refresh_from_db()
        return row

    return come


@pytest.fixture
def ours(bring: Callable[..., Incoming], ana: User) -> Callable[..., Message]:
    """`ours(cc_emails=[…])`: a mail of ours to carla@example.com that its server took."""

    def sent(source_id: str = ID, **attributes: object) -> Message:
        row = bring("Hola", Message_ID=f"<{source_id[-12:]}@example.com>".replace("@acme.example@", "@"))
        conversation = (
            Message.objects.select_related("conversation__inbox").get(pk=row.message_id).conversation
        )
        message = conversations.post_message(
            conversation, conversations.NewMessage("Sale hoy.", content_attributes=attributes), by=ana
        )
        return conversations.set_message_status(message, status=MessageStatus.SENT, source_id=source_id)

    return sent


def dsn(
    recipient: str, *, action: str = "failed", status: str = "5.1.1", original: str = "", message_id: str = ID
) -> str:
    lines = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return (
        "--b\nContent-Type: text/plain\n\nNo.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"{lines}Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: <{message_id}>\n\n--b--"
    )


REPORT = {"Content_Type": 'multipart/report; report-type=delivery-status; boundary="b"'}
COPY = (
    f"From: soporte@acme.example\nTo: carla@example.com\nSubject: Re: Pedido\nMessage-ID: <{ID}>\n\nSale hoy."
)
SHAPES: dict[str, tuple[str, dict[str, str]]] = {
    "RFC 3464": (dsn("carla@example.com"), REPORT),
    "RFC 3464, raw bytes beside": (
        dsn("carla@example.com"),
        {"Content_Type": REPORT["Content_Type"] + '; x="\u00f1"'},
    ),
    "RFC 3464, led elsewhere": (dsn("c@otro.example", original="carla@example.com"), REPORT),
    "RFC 3464, encoded": (dsn("c@otro.example", original="carl+61@example.com"), REPORT),
    "RFC 3464, only where it led": (dsn("c@otro.example"), REPORT),
    "RFC 3464, without our headers": (dsn("carla@example.com", message_id="rewritten@relay"), REPORT),
    "Exim": (
        "A message that you sent could not be delivered.\n\n  carla@example.com\n    550 No such user\n\n"
        f"------ This is a copy of the message ------\n\n{COPY}",
        {
            "X_Failed_Recipients": "carla@example.com",
            "Subject": "Mail delivery failed: returning message to sender",
        },
    ),
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n"
        "This is a permanent error; I've given up.\n\n<carla@example.com>:\n192.0.2.1 does not like recipient.\n"
        f"Remote host said: 550 5.1.1 unknown\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <x@y>\n{COPY}",
        {"From": "MAILER-DAEMON (qmail)", "Subject": "failure notice"},
    ),
    "Postfix, words alone": (
        "This is the mail system at host mx.example.\n\n<carla@example.com>: host mx said: 550 5.1.1 unknown\n",
        {"Subject": "Undelivered Mail Returned to Sender"},
    ),
    "Gmail": (
        "** Address not found **\n\nYour message wasn't delivered to carla@example.com because the address couldn't be"
        " found.\n\nThe response was:\n550 5.1.1 The email account that you tried to reach does not exist.",
        {
            "From": "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            "Subject": "Delivery Status Notification (Failure)",
        },
    ),
    "Exchange, HTML": (
        "<html><body><h1>No se pudo entregar a estos destinatarios:</h1><p><a href='mailto:carla@example.com'>"
        f"carla@example.com</a></p><p>El buz&oacute;n no existe.</p><p>Encabezados de mensaje originales:</p><p>Message-ID:"
        f" &lt;{ID}&gt;</p></body></html>",
        {
            "From": "postmaster@otro.example",
            "Subject": "No se puede entregar: Re: Pedido",
            "Content_Type": "text/html",
        },
    ),
    "our id in the words": (f"Sorry. Your mail {ID} was rejected.", {"Subject": "Nope"}),
    "our mail as a file": (
        f"--b\nContent-Type: text/plain\n\nIt could not be delivered.\n--b\nContent-Type: message/rfc822\n\n{COPY}\n--b--",
        {"Content_Type": 'multipart/mixed; boundary="b"', "Subject": "Returned mail"},
    ),
    "in answer to ours": ("Mailbox full.", {"Subject": "Failure", "In_Reply_To": f"<{ID}>"}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_bounce_of_any_shape_is_shown_on_our_mail(
    bring: Callable[..., Incoming], ours: Callable[..., Message], shape: str
) -> None:
    message = ours()
    body, headers = SHAPES[shape]
    row = bring(body, **(DAEMON | headers))
    message.refresh_from_db()
    assert (row.state, row.reason, row.message_id) == ("processed", "", message.pk)
    assert message.status == MessageStatus.FAILED
    [one] = message.content_attributes["email"]["undelivered"]
    assert one["address"] == "carla@example.com"
    assert message.content_attributes["external_error"] == one["reason"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (dsn("jefa@cliente.example"), REPORT),
        (dsn("jefa@cliente.example", message_id="rewritten@relay"), REPORT),
        (
            "<jefa@cliente.example>: 550 5.1.1 no such user; write to help@mx.example",
            {"Subject": "failure notice"},
        ),
    ],
)
def test_who_of_several_did_not_get_it_is_said_and_the_mail_is_not_failed(
    bring: Callable[..., Incoming], ours: Callable[..., Message], body: str, headers: dict[str, str]
) -> None:
    message = ours(cc_emails=["Jefa@Cliente.example", "otra@cliente.example"])
    bring(body, **(DAEMON | headers))
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert [one["address"] for one in message.content_attributes["email"]["undelivered"]] == [
        "Jefa@Cliente.example"
    ]
    for number, other in enumerate(("otra@cliente.example", "carla@example.com")):
        bring(dsn(other), **(DAEMON | REPORT | {"Message_ID": f"<b{number}@mx>"}))
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED
    assert len(message.content_attributes["email"]["undelivered"]) == 3


def test_nobody_named_is_one_of_several(bring: Callable[..., Incoming], ours: Callable[..., Message]) -> None:
    message = ours(cc_emails=["jefa@cliente.example"])
    bring(f"Your mail {ID} could not be delivered.", **(DAEMON | {"Subject": "failure notice"}))
    message.refresh_from_db()
    assert (message.status, message.content_attributes["email"]["undelivered"][0]["address"]) == (0, "")


STRANGE: list[tuple[str, dict[str, str]]] = [
    (dsn("nadie@otro.example", message_id="x@y"), REPORT),
    ("<nadie@otro.example>: 550 5.1.1 no such user", {"Subject": "Undelivered Mail Returned to Sender"}),
    ("Something went wrong.", {"From": "MAILER-DAEMON", "Subject": "returned mail"}),
    (
        dsn("carla@example.com", message_id="outgoing/20261130.7@acme.example"),
        REPORT,
    ),  # a notice, no message of a thread
]


@pytest.mark.parametrize(("body", "headers"), STRANGE)
def test_a_bounce_that_fits_nothing_is_a_message_that_says_so(
    bring: Callable[..., Incoming], ours: Callable[..., Message], body: str, headers: dict[str, str]
) -> None:
    sent = ours()
    row = bring(body, **(DAEMON | headers))
    assert (row.state, row.reason) == ("processed", "")
    message = Message.objects.get(pk=row.message_id)
    assert message.pk != sent.pk
    assert message.content_attributes["automatic_kind"] == "bounce"
    sent.refresh_from_db()
    assert sent.status == MessageStatus.SENT


def test_an_address_says_nothing_after_some_days(
    bring: Callable[..., Incoming], ours: Callable[..., Message]
) -> None:
    message = ours()
    Message.objects.filter(pk=message.pk).update(created_at=now() - timedelta(days=8))
    row = bring(dsn("carla@example.com", message_id="rewritten@relay"), **(DAEMON | REPORT))
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT
    assert row.message_id not in (None, message.pk)


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (dsn("carla@example.com", action="delayed", status="4.4.1"), REPORT, "delivery_delayed"),
        (dsn("carla@example.com", action="delivered", status="2.0.0"), REPORT, "delivered_report"),
        (
            "Your message to carla@example.com has been delayed. It will be retried; no action is required.",
            {"Subject": "Warning: message 1abc delayed 24 hours"},
            "delivery_delayed",
        ),
    ],
)
def test_what_is_no_failure_is_listed_as_what_it_is(
    bring: Callable[..., Incoming],
    ours: Callable[..., Message],
    body: str,
    headers: dict[str, str],
    reason: str,
) -> None:
    message = ours()
    row = bring(body, **(DAEMON | headers))
    assert (row.state, row.reason) == ("ignored", reason)
    message.refresh_from_db()
    assert message.status == MessageStatus.SENT


def test_a_person_who_writes_of_undelivered_goods_is_no_bounce(bring: Callable[..., Incoming]) -> None:
    row = bring(
        "El paquete no llegó.", Subject="Undelivered: pedido 7", From="Postmaster Pedro <pedro@x.example>"
    )
    message = Message.objects.get(pk=row.message_id)
    assert "automatic" not in message.content_attributes


def test_a_copy_that_comes_back_is_told_on_its_line(
    bring: Callable[..., Incoming], ours: Callable[..., Message], ana: User, post_office: PostOffice,
    drain_log: Callable[[], int],
) -> None:  # fmt: skip
    conversation = ours().conversation
    conversations.request_transcript(conversation, email="otra@example.com", by=ana)
    drain_log()
    out_tray.send_due()
    line = Message.objects.get(additional_attributes__activity="transcript_sent")
    copy_id = Outgoing.objects.get(kind="mail").provider_id
    row = bring(dsn("otra@example.com", message_id=copy_id), **DAEMON, **REPORT)
    assert (row.state, row.message_id) == ("processed", line.pk)
    line.refresh_from_db()
    assert line.additional_attributes["activity"] == "transcript_bounced"
    assert "The copy for otra@example.com didn't arrive: " in line.content
    assert "no such user" in line.content
    assert Message.objects.get(pk=ours().pk).status == MessageStatus.SENT  # nothing else is blamed for it
