"""What is said of a message is what happened to it: queued, trying with the reason, sent, failed, or unknown (Q-17)."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from io import BytesIO
from os import urandom
from typing import Any

import dns.exception
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.db import OperationalError
from django.test import override_settings

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Upload
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Attempt, Outgoing
from ventanilla.delivery.tests.pretend import PretendChannel, hands_over
from ventanilla.inboxes.channel import HandsOver, OutgoingMessage, Receipt, _registry
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.slow_smtp import STEPS, SlowSmtp

Drain = Callable[[], int]
Write = Callable[..., Message]
CARLA = "carla@example.com"
pytestmark = pytest.mark.feature("Z-22")


@pytest.fixture
def server(mail_inbox: Inbox, slow_smtp: SlowSmtp) -> SlowSmtp:
    """The mailbox's own."""
    update_inbox(
        mail_inbox,
        channel={
            "smtp_enabled": True,
            "smtp_address": "127.0.0.1",
            "smtp_port": slow_smtp.port,
            "smtp_enable_starttls_auto": False,
        },
        by=None,
    )
    return slow_smtp


@pytest.fixture
def conversation(mail_inbox: Inbox, carla: Contact) -> Conversation:
    return conversations.start_conversation(ensure_contact_inbox(carla, inbox=mail_inbox), by=None)


@pytest.fixture
def write(conversation: Conversation, ana: User, drain_log: Drain) -> Write:
    """`write("text", **more)` as ana, laid in the out-tray."""

    def post(content: str = "Hola", **more: object) -> Message:
        message = conversations.post_message(conversation, conversations.NewMessage(content, **more), by=ana)  # type: ignore[arg-type]
        drain_log()
        return message

    return post


def send(message: Message | None = None, *, due: bool = True) -> Message:
    """What is due leaves; the message as it is then."""
    if due:
        Outgoing.objects.filter(state="queued").update(next_attempt_at=now())
    out_tray.send_due()
    return Message.objects.get(pk=message.pk) if message is not None else Message.objects.latest("pk")


def shown(message: Message) -> tuple[str, dict[str, object]]:
    delivery = message.content_attributes.get("delivery") or {}
    return MessageStatus(message.status).label, delivery


# ── queued ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ({"type": "email", "email": "ventas@acme.example"}, "progress"),
        ({"type": "api", "webhook_url": "https://programa.example/hook"}, "progress"),
        ({"type": "api"}, "sent"),
        ({"type": "web_widget", "website_url": "https://acme.example"}, "sent"),
    ],
)
def test_a_message_is_sent_at_once_only_where_nothing_has_to_leave(
    acme: Account, ana: User, carla: Contact, channel: dict[str, str], said: str
) -> None:
    inbox = create_inbox(acme, name="Otra", channel=channel, by=None)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=inbox), by=None)
    path = in_account(acme, f"conversations/{made.display_id}/messages")
    # What a client says of it changes nothing: it cannot know.
    for claimed in ({}, {"status": "sent"}, {"status": "delivered"}):
        answer = ApiClient(ana).post(path, {"content": "Hola", **claimed}).json()
        assert answer["status"] == (said if said == "progress" else claimed.get("status", "sent"))
    note = ApiClient(ana).post(path, {"content": "Ojo", "private": True}).json()
    assert note["status"] == "sent"
    imported = ApiClient(ana).post(path, {"content": "De antes", "source_id": "x-1"}).json()
    assert imported["status"] == "sent"


def test_a_greeting_by_mail_is_queued_like_every_other_message(
    mail_inbox: Inbox, conversation: Conversation, carla: Contact
) -> None:
    update_inbox(mail_inbox, by=None, greeting_enabled=True, greeting_message="Hola")
    conversations.receive_message(conversation, conversations.NewMessage("¿Hay alguien?"), sender=carla)
    assert Message.objects.get(content="Hola").status == MessageStatus.PROGRESS


def test_the_system_behind_an_api_inbox_has_it_once_it_took_the_webhook(
    acme: Account, ana: User, carla: Contact, api_inbox: Inbox, drain_log: Drain, slow_smtp: SlowSmtp
) -> None:
    update_inbox(api_inbox, channel={"webhook_url": f"http://127.0.0.1:{slow_smtp.port}/"}, by=None)
    slow_smtp.says["connect"] = "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n"
    made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    drain_log()
    Outgoing.objects.all().delete()
    message = conversations.post_message(made, conversations.NewMessage("Hola"), by=ana)
    drain_log()
    tried = send(message)
    assert shown(tried)[0] == "progress"
    assert shown(tried)[1]["state"] == "trying"
    slow_smtp.says["connect"] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
    assert shown(send(message)) == ("sent", {})
    drain_log()
    # It took the message: it is not told that it did.
    assert not Outgoing.objects.filter(state="queued", payload__changes__has_key="status").exists()


# ── trying ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("Z-02")
@pytest.mark.parametrize("step", STEPS[:-1])
def test_a_server_that_hangs_up_before_it_has_the_whole_mail_is_tried_again(
    server: SlowSmtp, write: Write, step: str
) -> None:
    server.hangs_up = step
    # Larger than what lies on the way between two programs: of a small mail nobody could say that it did not arrive.
    message = write(attachments=[Upload(BytesIO(urandom(12_000_000)), "video.bin")] if step == "body" else ())
    tried = send(message)
    state, delivery = shown(tried)
    assert (state, delivery["state"]) == ("progress", "trying")
    assert "127.0.0.1" in str(delivery["reason"])
    assert delivery["next_attempt_at"] > now().isoformat()  # type: ignore[operator]
    server.hangs_up = ""
    assert shown(send(message)) == ("sent", {})
    assert len(server.taken) == 1


@pytest.mark.feature("Z-02")
@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data", "end"])
@pytest.mark.parametrize(("code", "state"), [("451 4.3.0 Later", "progress"), ("554 5.7.1 Never", "failed")])
def test_what_a_server_says_no_to_was_not_taken(
    server: SlowSmtp, write: Write, step: str, code: str, state: str
) -> None:
    server.says[step] = code
    tried = send(write())
    assert shown(tried)[0] == state
    said = tried.content_attributes.get("external_error") or shown(tried)[1]["reason"]
    assert code.split(" ", 2)[2] in str(said)
    assert not server.taken


def test_a_server_that_is_away_is_named_in_the_accounts_language(
    acme: Account, server: SlowSmtp, write: Write
) -> None:
    Account.objects.update(locale="es")
    server.close()
    reason = str(shown(send(write()))[1]["reason"])
    assert "no acepta conexiones" in reason
    assert "Errno" not in reason


def test_why_what_was_to_be_passed_on_cannot_leave_is_said_in_the_accounts_language(
    server: SlowSmtp, write: Write
) -> None:
    Account.objects.update(locale="es")
    message = write()
    gone = {"forwarded_message_id": message.pk + 1_000_000}
    Message.objects.filter(pk=message.pk).update(content_attributes=gone)
    failed = send(message)
    assert shown(failed)[0] == "failed"
    reason = failed.content_attributes["external_error"]
    assert reason == "El mensaje que se iba a reenviar se borró."


def test_a_person_who_does_not_want_to_wait_has_it_tried_now(
    server: SlowSmtp, write: Write, ana: User, drain_log: Drain
) -> None:
    server.hangs_up = "connect"
    message = write()
    send(message)
    server.hangs_up = ""
    conversations.retry_message(message, by=ana)
    drain_log()
    assert shown(send(message, due=False)) == ("sent", {})


# ── unknown ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("Z-02")
def test_a_server_that_hangs_up_on_the_whole_mail_leaves_it_unknown_until_a_person_decides(
    acme: Account, server: SlowSmtp, write: Write, ana: User, drain_log: Drain
) -> None:
    server.hangs_up = "end"
    message = write()
    assert shown(send(message)) == ("unknown", {"state": "unknown"})
    server.hangs_up = ""
    for _ in range(3):
        send(message)
    assert len(server.taken) == 1  # never again by itself
    base = in_account(acme, f"conversations/{message.conversation.display_id}/messages/{message.pk}")
    seen = ApiClient(ana).post(f"{base}/retry").json()
    assert (seen["status"], "delivery" in seen["content_attributes"]) == ("progress", False)
    ApiClient(ana).post(f"{base}/retry")  # pressed twice
    drain_log()
    assert shown(send(message)) == ("sent", {})
    send(message)
    assert len(server.taken) == 2


@pytest.mark.feature("Z-02")
def test_who_leaves_an_unknown_message_is_not_asked_again(
    acme: Account, server: SlowSmtp, write: Write, ana: User
) -> None:
    server.hangs_up = "end"
    message = send(write())
    base = f"/api/desk/accounts/{acme.pk}/conversations/{message.conversation.display_id}/messages"
    answer = ApiClient(ana).post(f"{base}/{message.pk}/leave").json()
    # The contract's clients have a word for it that is not wrong; ours read the rest.
    assert answer["status"] == "progress"
    assert answer["content_attributes"]["delivery"] == {"state": "unknown", "settled": True}
    sent = write("otra")
    server.hangs_up = ""
    send(sent)
    other = ApiClient(ana).post(f"{base}/{sent.pk}/leave").json()
    assert other["status"] == "sent"  # nothing to leave


# ── failed ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pretend(acme: Account, ana: User, carla: Contact, settings: Any) -> Iterator[Conversation]:
    """A conversation in an inbox whose channel does as it is told."""
    settings.CHANNELS = [*settings.CHANNELS, "ventanilla.delivery.tests.pretend"]
    _registry.cache_clear()
    inbox = create_inbox(acme, name="Red", channel={"type": "pretend"}, by=None)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    yield conversations.start_conversation(ensure_contact_inbox(carla, inbox=inbox), by=None)
    _registry.cache_clear()


@pytest.mark.parametrize(
    "fault", [UnicodeEncodeError("ascii", "ñ", 0, 1, "x"), KeyError("x"), TypeError("x"), ZeroDivisionError()]
)
def test_a_fault_of_ours_is_shown_at_once_and_not_tried_for_a_day(
    pretend: Conversation, ana: User, drain_log: Drain, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def break_down(message: OutgoingMessage) -> Receipt:
        raise fault

    monkeypatch.setattr(PretendChannel, "does", break_down)
    hands_over(HandsOver.KEYED)
    message = conversations.post_message(pretend, conversations.NewMessage("Hola"), by=ana)
    drain_log()
    failed = send(message)
    assert failed.status == MessageStatus.FAILED
    assert (
        failed.content_attributes["external_error"] == "It couldn't be sent because of an error on our side."
    )
    assert Outgoing.objects.get().state == Outgoing.State.FAILED


@pytest.mark.feature("Z-02")
def test_a_fault_in_the_moment_of_handing_over_leaves_it_unknown_where_the_network_knows_no_copy(
    pretend: Conversation, ana: User, drain_log: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(message: OutgoingMessage) -> Receipt:
        raise ConnectionResetError

    monkeypatch.setattr(PretendChannel, "does", break_down)
    for how, state in ((HandsOver.WHOLE, "unknown"), (HandsOver.KEYED, "progress")):
        hands_over(how)
        message = conversations.post_message(pretend, conversations.NewMessage("Hola"), by=ana)
        drain_log()
        assert shown(send(message))[0] == state


PASSING = [
    OSError(errno.ENOSPC, "No space left"),
    OSError(errno.EIO, "Input/output error"),
    OperationalError("server closed the connection unexpectedly"),
    EndpointConnectionError(endpoint_url="https://s3.example"),
    ClientError({"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetObject"),
    socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    dns.exception.Timeout(),
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: type(fault).__name__)
def test_what_we_depend_on_may_be_away_for_long_and_nothing_fails_for_it(
    pretend: Conversation, ana: User, drain_log: Drain, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    away = True

    def fetch(message: OutgoingMessage) -> Receipt:
        if away:
            raise fault
        return Receipt("there-2")

    monkeypatch.setattr(PretendChannel, "does", fetch)
    hands_over(HandsOver.MARKED)  # it never came to that moment
    message = conversations.post_message(pretend, conversations.NewMessage("Hola"), by=ana)
    drain_log()
    for _ in range(20):
        assert shown(send(message))[1]["state"] == "trying"
    away = False
    assert shown(send(message)) == ("sent", {})


def test_a_missing_file_is_named_at_once(server: SlowSmtp, write: Write) -> None:
    message = write(attachments=[Upload(BytesIO(b"%PDF-1.4"), "factura.pdf")])
    message.attachments.get().file.storage.delete(message.attachments.get().file.name)
    failed = send(message)
    assert failed.status == MessageStatus.FAILED
    assert "factura.pdf" in failed.content_attributes["external_error"]


@override_settings(EMAIL_BACKEND="ventanilla.kit.own_mail_server.OwnMailServer", MAIL_SERVER=None)
def test_without_a_mail_server_it_says_so_at_once(write: Write) -> None:
    failed = send(write())
    assert failed.status == MessageStatus.FAILED
    assert "No mail server is set up" in failed.content_attributes["external_error"]


def test_what_is_deleted_before_it_leaves_does_not_leave_and_did_not_fail(
    server: SlowSmtp, write: Write, ana: User
) -> None:
    message = write()
    conversations.delete_message(message, by=ana)
    gone = send(message)
    assert not server.taken
    assert gone.status != MessageStatus.FAILED
    assert Outgoing.objects.get().state == Outgoing.State.CANCELLED


# ── several recipients ────────────────────────────────────────────────────────────────────────────────

COPIES = {"content_attributes": {"cc_emails": ["eva@x.example"], "bcc_emails": ["pau@x.example"]}}


def undelivered(message: Message) -> dict[str, str]:
    listed = message.content_attributes.get("email", {}).get("undelivered", [])
    return {one["address"]: one["reason"] for one in listed}


def test_a_recipient_who_is_refused_is_named_and_the_others_have_it(server: SlowSmtp, write: Write) -> None:
    server.says["eva@x.example"] = "550 5.1.1 No such user"
    message = send(write(**COPIES))
    assert shown(message) == ("sent", {})
    assert undelivered(message) == {"eva@x.example": "550 5.1.1 No such user"}
    assert [to for to, _mail in server.taken] == [[CARLA, "pau@x.example"]]
    send()
    assert len(server.taken) == 1


def test_when_all_are_refused_it_failed(server: SlowSmtp, write: Write) -> None:
    server.says["rcpt"] = "550 5.1.1 No such user"
    message = send(write(**COPIES))
    assert shown(message)[0] == "failed"
    assert "No such user" in message.content_attributes["external_error"]


def test_a_recipient_who_is_refused_for_now_gets_it_later_and_nobody_gets_it_twice(
    server: SlowSmtp, write: Write
) -> None:
    server.says["eva@x.example"] = "451 4.7.1 Greylisted"
    message = send(write(**COPIES))
    assert (shown(message), undelivered(message)) == (("sent", {}), {})
    del server.says["eva@x.example"]
    message = send(message)
    assert [to for to, _mail in server.taken] == [[CARLA, "pau@x.example"], ["eva@x.example"]]
    assert (shown(message), undelivered(message)) == (("sent", {}), {})
    assert [row.succeeded for row in Attempt.objects.all()] == [True, True]


def test_a_recipient_who_is_refused_for_ever_after_a_while_is_named_then(
    server: SlowSmtp, write: Write
) -> None:
    server.says["eva@x.example"] = "451 4.7.1 Greylisted"
    message = send(write(**COPIES))
    server.says["eva@x.example"] = "550 5.7.1 Blocked"
    message = send(message)
    assert shown(message) == ("sent", {})
    assert undelivered(message) == {"eva@x.example": "eva@x.example: 550 5.7.1 Blocked"}
