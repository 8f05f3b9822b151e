"""What a stranger tries by mail: to see who else was written to, to set two programs talking, to keep us busy."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError

from ventanilla.accounts.models import User
from ventanilla.channels.email import webhooks
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.delivery import in_tray, mail_room, out_tray, receiver
from ventanilla.delivery.models import Incoming
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import safe_http
from ventanilla.kit.clock import now
from ventanilla.testing.mailbox import PostOffice, free_port

Drain = Callable[[], int]
Mail = Callable[..., bytes]


@pytest.fixture
def door(transactional_db: None) -> Iterator[tuple[str, int]]:
    """Our listener on loopback."""
    port = free_port()
    running = receiver.make_listener(f"127.0.0.1:{port}")
    running.start()
    yield "127.0.0.1", port
    running.stop()


@pytest.mark.feature("Z-25")
def test_blind_copies_stay_blind_without_a_server_of_the_inbox(
    post_office: PostOffice, mail_inbox: Inbox, mail: Mail, ana: User, drain_log: Drain
) -> None:
    in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    in_tray.read_due()

    conversations.post_message(
        Conversation.objects.get(),
        conversations.NewMessage(
            "Hola", content_attributes={"cc_emails": ["jefa@x.cl"], "bcc_emails": ["archivo@x.cl"]}
        ),
        by=ana,
    )
    drain_log()
    out_tray.send_due()

    [(recipients, raw)] = post_office.letters
    assert sorted(recipients) == ["archivo@x.cl", "carla@example.com", "jefa@x.cl"]
    assert b"archivo@x.cl" not in raw


def test_two_desks_do_not_greet_one_another(
    post_office: PostOffice, mail_inbox: Inbox, mail: Mail, drain_log: Drain
) -> None:
    update_inbox(mail_inbox, by=None, greeting_enabled=True, greeting_message="Gracias por escribir.")
    in_tray.keep(mail(), channel="email", inbox=mail_inbox)
    in_tray.read_due()
    drain_log()
    out_tray.send_due()

    [(_recipients, greeting)] = post_office.letters
    assert b"Auto-Submitted: auto-replied" in greeting
    row = in_tray.keep(
        greeting.replace(b"soporte@acme.example", b"hola@otra.example"), channel="email", inbox=mail_inbox
    )
    in_tray.read_due()
    row.refresh_from_db()
    assert row.state == Incoming.State.IGNORED


@pytest.mark.feature("Z-09")
def test_a_mail_that_kills_the_worker_is_put_aside(
    mail_inbox: Inbox, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = in_tray.keep(mail(), channel="email", inbox=mail_inbox)

    def die(*_args: object, **_more: object) -> None:
        raise SystemExit(137)  # as the kernel ends a process that takes all memory: nothing after it runs

    monkeypatch.setattr(in_tray, "store", die)
    for _time in range(in_tray.MAX_READS):
        with pytest.raises(SystemExit):
            in_tray.read_due()
        Incoming.objects.update(next_attempt_at=now())
    in_tray.read_due()

    row.refresh_from_db()
    assert row.state == Incoming.State.QUARANTINED
    assert "worker" in row.reason
    monkeypatch.undo()
    assert in_tray.run_again(row).state == Incoming.State.PROCESSED


@pytest.mark.feature("I-02")
@pytest.mark.parametrize(
    "address", ["reply+" + "-" * 36 + "@x.test", "a\0b@x.test", "a" * 100_000 + "@x.test", "@", ""]
)
def test_an_address_of_any_kind_is_somebodys_or_nobodys(mail_inbox: Inbox, address: str) -> None:
    assert mail_room.inbox_of(address) is None


@pytest.mark.feature("I-02")
def test_a_fault_of_ours_does_not_send_the_mail_back(
    door: tuple[str, int], mail_inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_address: str) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(receiver, "inbox_of", fail)
    with smtplib.SMTP(*door) as client:
        client.ehlo()
        client.mail("carla@example.com")
        code, said = client.rcpt("soporte@acme.example")

    assert 400 <= code < 500
    assert b"locked" not in said


@pytest.mark.feature("I-02")
def test_who_guesses_addresses_is_told_nothing_after_some(door: tuple[str, int], mail_inbox: Inbox) -> None:
    with smtplib.SMTP(*door) as client:
        client.ehlo()
        client.mail("x@example.com")
        codes = [client.rcpt(f"guess{number}@acme.example")[0] for number in range(receiver.MAX_STRANGERS)]
        assert set(codes) == {550}
        assert client.rcpt("soporte@acme.example")[0] == 450
    with smtplib.SMTP(*door) as client:
        client.ehlo()
        client.mail("x@example.com")
        assert client.rcpt("soporte@acme.example")[0] == 250


@pytest.mark.feature("I-02")
def test_lines_that_are_held_open_leave_room_again(
    door: tuple[str, int], mail_inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "MAX_CONNECTIONS", 3)
    held = [socket.create_connection(door, 5) for _number in range(3)]
    assert all(line.recv(200).startswith(b"220") for line in held)

    with socket.create_connection(door, 5) as late:
        assert late.recv(200).startswith(b"421")

    for line in held:
        line.sendall(b"QUIT\r\n")
        while line.recv(200):
            pass
        line.close()
    with smtplib.SMTP(*door) as client:
        assert client.noop()[0] == 250


def _is_hung_up_on(client: smtplib.SMTP) -> bool:
    try:
        for _number in range(1_000):
            client.send(b"x" * 998 + b"\r\n")
        return client.getreply()[0] == 421
    except (smtplib.SMTPServerDisconnected, ConnectionError):
        return True


@pytest.mark.feature("I-02")
def test_a_mail_without_end_is_hung_up_on(door: tuple[str, int], mail_inbox: Inbox, settings: object) -> None:
    settings.MAX_BODY_BYTES = 50_000  # type: ignore[attr-defined]
    with smtplib.SMTP(*door) as client:
        client.ehlo()
        client.mail("x@example.com")
        client.rcpt("soporte@acme.example")
        client.docmd("DATA")
        assert _is_hung_up_on(client)


@pytest.mark.feature("I-02")
@pytest.mark.parametrize(
    "url",
    ["https://sns.evil.test?x=.amazonaws.com", "https://sns.evil.test#.amazonaws.com", "http://sns.eu-west-1.amazonaws.com/",
     "https://sns.a@evil.test/.amazonaws.com", "https://sns.evil.test\\.amazonaws.com/"],
)  # fmt: skip
def test_a_subscription_is_confirmed_at_amazon_alone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(safe_http, "fetch", lambda _method, url, **_more: called.append(url))
    call = webhooks.Call(
        b'{"Type": "SubscriptionConfirmation", "SubscribeURL": "%s"}' % url.encode().replace(b"\\", b"\\\\"),
        "text/plain",
    )

    assert webhooks.confirm("amazon_ses", call)

    assert called == []
