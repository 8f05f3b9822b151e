"""Mail that comes by itself: by our listener over a real SMTP conversation, and by a pipe."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings

from ventanilla.conversations.models import Conversation, Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.mail_room import NobodyHere, accept, inbox_of
from ventanilla.delivery.models import Incoming
from ventanilla.delivery.receiver import make_listener
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.mailbox import free_port

Mail = Callable[..., bytes]


@pytest.fixture
def listener(transactional_db: None) -> Iterator[tuple[str, int]]:
    """A listener on loopback."""
    port = free_port()
    running = make_listener(f"127.0.0.1:{port}")
    running.start()
    yield "127.0.0.1", port
    running.stop()


@pytest.mark.feature("I-02")
def test_forwarded_mail_is_taken_and_becomes_a_conversation(
    listener: tuple[str, int], mail_inbox: Inbox, mail: Mail
) -> None:
    with smtplib.SMTP(*listener) as client:
        client.sendmail("carla@example.com", ["soporte@acme.example"], mail())
    row = Incoming.objects.get()
    assert row.inbox_id == mail_inbox.pk
    assert row.meta["envelope_from"] == "carla@example.com"
    in_tray.read_due()
    assert Message.objects.filter(content_type="incoming_email").count() == 1


@pytest.mark.feature("I-02")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<p>" + "sin cortes " * 20_000 + "</p>\r\nfin", id="a line as no standard allows"),
        pytest.param(".\r\n..\r\n.x\r\n" + "." * 200_000 + "\r\n.", id="lines that begin with dots"),
        pytest.param("línea\r\n" * 150_000, id="more than is held in memory"),
    ],
)
def test_a_mail_is_kept_byte_for_byte(
    listener: tuple[str, int], mail_inbox: Inbox, mail: Mail, body: str
) -> None:
    sent = mail() + b"\r\n" + body.encode() + b"\r\n"
    with smtplib.SMTP(*listener) as client:
        client.sendmail("carla@example.com", ["soporte@acme.example"], sent)
        client.sendmail("carla@example.com", ["soporte@acme.example"], mail(Message_ID="<dos@example.com>"))
    first, _second = Incoming.objects.order_by("pk")
    with first.raw.open("rb") as kept:
        assert kept.read() == sent


def test_a_lone_line_feed_ends_no_mail(listener: tuple[str, int], mail_inbox: Inbox, mail: Mail) -> None:
    """Two servers that differ on where a mail ends let a stranger's second mail in behind the first."""
    smuggled = (
        mail() + b"\n.\r\nMAIL FROM:<otro@example.com>\r\nRCPT TO:<soporte@acme.example>\r\nDATA\r\n\r\n.\n"
    )
    with smtplib.SMTP(*listener) as client:
        client.sendmail("carla@example.com", ["soporte@acme.example"], smuggled)
    with Incoming.objects.get().raw.open("rb") as kept:
        assert b"MAIL FROM:<otro@example.com>" in kept.read()


def test_an_address_that_is_not_ours_is_refused_at_once(
    listener: tuple[str, int], mail_inbox: Inbox, mail: Mail
) -> None:
    with smtplib.SMTP(*listener) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("carla@example.com", ["otra@acme.example"], mail())
    assert not Incoming.objects.exists()


@override_settings(MAX_BODY_BYTES=1000)
def test_a_mail_over_the_limit_is_refused(transactional_db: None, mail_inbox: Inbox, mail: Mail) -> None:
    port = free_port()
    running = make_listener(f"127.0.0.1:{port}")
    running.start()
    try:
        with (
            smtplib.SMTP("127.0.0.1", port) as client,
            pytest.raises(smtplib.SMTPResponseException) as refused,
        ):
            client.sendmail("carla@example.com", ["soporte@acme.example"], mail("x" * 5000))
        assert refused.value.smtp_code == 552
    finally:
        running.stop()
    assert not Incoming.objects.exists()


@pytest.mark.feature("I-02")
@override_settings(MAIL_DOMAIN="in.example.com")
def test_an_inbox_is_found_by_its_own_its_forward_and_a_reply_address(mail_inbox: Inbox, mail: Mail) -> None:
    key = mail_inbox.channel_settings["forward_key"]
    assert inbox_of("soporte@acme.example") == mail_inbox
    assert inbox_of("<SOPORTE+pedidos@acme.example>") == mail_inbox
    assert inbox_of(f"{key}@in.example.com") == mail_inbox
    accept(mail(), recipients=["soporte@acme.example"])
    in_tray.read_due()
    conversation = Conversation.objects.get()
    assert inbox_of(f"reply+{conversation.uuid}@in.example.com") == mail_inbox
    assert inbox_of("nadie@acme.example") is None
    with pytest.raises(NobodyHere):
        accept(mail(), recipients=["nadie@acme.example"])
