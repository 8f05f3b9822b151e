"""The worker is killed between any two statements, and again, and again: nothing leaves twice, nothing is lost, and what is
said of it is what happened (Z-02).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from django.db import connection, connections

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.delivery.tests.pretend import PretendChannel, hands_over
from ventanilla.events import claims
from ventanilla.inboxes.channel import HandsOver, OutgoingMessage, Receipt, _registry
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import own_mail_server
from ventanilla.kit.clock import now
from ventanilla.kit.mail_server import PLAIN, MailServer
from ventanilla.testing.slow_smtp import SlowSmtp

pytestmark = [
    pytest.mark.feature("Z-02", "Z-22"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks"),
]
# Where a death could do harm.
WATCHED = (
    "/ventanilla/delivery/out_tray.py",
    "/ventanilla/delivery/leaving.py",
    "/ventanilla/delivery/sending.py",
    "/ventanilla/delivery/mails.py",
    "/ventanilla/channels/email/outgoing.py",
    "/ventanilla/channels/email/smtp.py",
    "/ventanilla/kit/smtp.py",
    "/ventanilla/kit/mailer.py",
    "/ventanilla/conversations/commands/receipts.py",
)


class Killer:
    """Counts the lines that run in WATCHED, and kills the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.lines = 0

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def in_a_child(work: Callable[[], int]) -> int | None:
    """What `work` returns (0 to 250) in a process of its own; None when that was killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(work())
        except BaseException:
            os._exit(251)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    assert os.WEXITSTATUS(status) != 251
    return os.WEXITSTATUS(status)


def send(killed_at: int = 0) -> int:
    """One round of a worker; how many lines of WATCHED ran, in fifties."""
    killer = Killer(killed_at)
    if killed_at:
        sys.settrace(killer)
    out_tray.send_due()
    sys.settrace(None)
    connections.close_all()
    return killer.lines // 50


@pytest.fixture
def mailbox(mail_inbox: Inbox, slow_smtp: SlowSmtp) -> Inbox:
    return update_inbox(
        mail_inbox,
        channel={
            "smtp_enabled": True,
            "smtp_address": "127.0.0.1",
            "smtp_port": slow_smtp.port,
            "smtp_enable_starttls_auto": False,
        },
        by=None,
    )


def check(server: SlowSmtp, of: Callable[[bytes], bool], state: str, *, at: int) -> None:
    """What is said of it is what the server has of it."""
    copies = sum(of(raw) for _to, raw in server.taken)
    assert copies <= 1, f"killed at line {at}: it left {copies} times"
    if state == "sent":
        assert copies == 1, f"killed at line {at}: sent is said of what did not leave"
    else:
        assert state == "unknown", f"killed at line {at}: {state}"


def _kill_everywhere(
    lay: Callable[[str], None], state: Callable[[str], str], server: SlowSmtp
) -> dict[str, int]:
    """Lay one thing after the other, kill its sender at each line in turn, and let others finish; the states in the end."""
    lay("measure")
    lines = (in_a_child(lambda: send(1_000_000)) or 0) * 50 + 50
    ends = {"sent": 0, "unknown": 0}
    at = 1
    while at <= lines:
        name = f"kill-{at}-"
        lay(name)
        killed = in_a_child(lambda: send(at)) is None  # noqa: B023
        # Others come at once, and find the row free; nobody sends what may have left.
        send()
        Outgoing.objects.filter(state="queued").update(next_attempt_at=now())
        send()
        end = state(name)
        check(server, lambda raw: name.encode() in raw, end, at=at)  # noqa: B023
        ends[end] += 1
        if not killed:
            break
        at += STRIDE
    return ends


# Each line of about nine hundred takes a minute or two; every eleventh meets each kind of moment.
STRIDE = int(os.environ.get("VENTANILLA_TEST_KILL_STRIDE", "11"))


@pytest.mark.timeout(900)
def test_a_message_whose_sender_is_killed_between_any_two_statements_leaves_once_or_is_unknown(
    mailbox: Inbox, carla: Contact, ana: User, slow_smtp: SlowSmtp, drain_log: Callable[[], int]
) -> None:
    conversation = conversations.start_conversation(ensure_contact_inbox(carla, inbox=mailbox), by=None)
    made: dict[str, int] = {}

    def lay(name: str) -> None:
        made[name] = conversations.post_message(
            conversation, conversations.NewMessage(f"Hola {name}"), by=ana
        ).pk
        drain_log()

    def state(name: str) -> str:
        return MessageStatus(Message.objects.get(pk=made[name]).status).label

    ends = _kill_everywhere(lay, state, slow_smtp)
    assert ends["sent"] > ends["unknown"] > 0


@pytest.mark.timeout(900)
def test_a_transcript_whose_sender_is_killed_leaves_once_or_the_thread_says_that_nobody_knows(
    web_inbox: Inbox,
    carla: Contact,
    ana: User,
    slow_smtp: SlowSmtp,
    settings: Any,
    drain_log: Callable[[], int],
) -> None:
    settings.EMAIL_BACKEND = own_mail_server.BACKEND
    settings.MAIL_SERVER = MailServer(host="127.0.0.1", port=slow_smtp.port, security=PLAIN)
    conversation = conversations.start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)

    def lay(name: str) -> None:
        conversations.request_transcript(conversation, email=f"{name}x@example.com", by=ana)
        drain_log()

    def state(name: str) -> str:
        row = Outgoing.objects.get(payload__email=f"{name}x@example.com")
        line = Message.objects.get(
            conversation=conversation, additional_attributes__variables__email=f"{name}x@example.com"
        )
        said = line.additional_attributes["activity"]
        assert (said == "transcript_unknown") == (row.state == "unknown")
        return row.state

    ends = _kill_everywhere(lay, state, slow_smtp)
    assert ends["sent"] > ends["unknown"] > 0


def test_what_a_killed_worker_had_not_begun_with_leaves_at_once(
    mailbox: Inbox, carla: Contact, ana: User, slow_smtp: SlowSmtp, drain_log: Callable[[], int]
) -> None:
    conversation = conversations.start_conversation(ensure_contact_inbox(carla, inbox=mailbox), by=None)
    written = [
        conversations.post_message(conversation, conversations.NewMessage(f"Hola {n}"), by=ana)
        for n in range(12)
    ]
    drain_log()
    slow_smtp.waits["end"] = 30

    connections.close_all()
    pid = os.fork()
    if pid == 0:
        send()
        os._exit(0)
    deadline = time.monotonic() + 30
    while "end" not in slow_smtp.reached and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    slow_smtp.waits.clear()
    began = time.monotonic()
    send()
    assert time.monotonic() - began < 20
    states = [MessageStatus(Message.objects.get(pk=one.pk).status).label for one in written]
    assert states == ["unknown"] + ["sent"] * 11
    assert len(slow_smtp.taken) == 12


def test_a_row_that_ends_every_worker_stops_no_other_and_is_given_up_aloud(
    acme: Account,
    ana: User,
    carla: Contact,
    drain_log: Callable[[], int],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def take(message: OutgoingMessage) -> Receipt:
        if "veneno" in message.content:
            os.kill(os.getpid(), signal.SIGKILL)
        return Receipt("there")

    settings.CHANNELS = [*settings.CHANNELS, "ventanilla.delivery.tests.pretend"]
    _registry.cache_clear()
    monkeypatch.setattr(PretendChannel, "does", take)
    hands_over(HandsOver.KEYED)
    inbox = create_inbox(acme, name="Red", channel={"type": "pretend"}, by=None)
    conversation = conversations.start_conversation(ensure_contact_inbox(carla, inbox=inbox), by=None)
    written = [
        conversations.post_message(conversation, conversations.NewMessage(text), by=ana)
        for text in ("veneno", "uno", "dos")
    ]
    drain_log()

    def states() -> list[str]:
        return [MessageStatus(Message.objects.get(pk=one.pk).status).label for one in written]

    for _ in range(2):
        in_a_child(send)
    assert in_a_child(send) is not None  # what ended a worker twice lets others have a turn
    assert states() == ["progress", "sent", "sent"]
    for _ in range(8):
        Outgoing.objects.filter(state="queued").update(next_attempt_at=now())
        in_a_child(send)
    assert states() == ["failed", "sent", "sent"]
    _registry.cache_clear()


def test_a_worker_that_comes_back_after_others_gave_it_up_still_says_what_happened(
    mailbox: Inbox, carla: Contact, ana: User, slow_smtp: SlowSmtp, drain_log: Callable[[], int]
) -> None:
    conversation = conversations.start_conversation(ensure_contact_inbox(carla, inbox=mailbox), by=None)
    message = conversations.post_message(conversation, conversations.NewMessage("Hola"), by=ana)
    drain_log()
    slow_smtp.waits["end"] = 60
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        send()
        os._exit(0)
    while "end" not in slow_smtp.reached:
        time.sleep(0.02)
    os.kill(pid, signal.SIGSTOP)
    try:
        # Its time is over: it stands still for others.
        Outgoing.objects.update(claimed_until=now() - 10 * claims.LEASE)
        assert out_tray.send_due() == 0
        assert Message.objects.get(pk=message.pk).status == MessageStatus.UNKNOWN
        slow_smtp.answer_now()
    finally:
        os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, 0)
    assert Message.objects.get(pk=message.pk).status == MessageStatus.SENT
    assert Outgoing.objects.get().state == Outgoing.State.SENT
    assert len(slow_smtp.taken) == 1


def test_an_inbox_whose_server_hangs_keeps_no_other_waiting(
    acme: Account,
    mailbox: Inbox,
    carla: Contact,
    ana: User,
    slow_smtp: SlowSmtp,
    drain_log: Callable[[], int],
) -> None:
    other_server = SlowSmtp()
    other = create_inbox(
        acme,
        name="Ventas",
        channel={
            "type": "email",
            "email": "ventas@acme.example",
            "smtp_enabled": True,
            "smtp_address": "127.0.0.1",
            "smtp_port": other_server.port,
            "smtp_enable_starttls_auto": False,
        },
        by=None,
    )
    slow_smtp.waits["rcpt"] = 20
    for inbox, count in ((mailbox, 8), (other, 3)):
        made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=inbox), by=None)
        for _ in range(count):
            conversations.post_message(made, conversations.NewMessage("Hola"), by=ana)
    drain_log()

    def first_thread() -> None:
        try:
            out_tray.send_due()
        finally:
            connection.close()

    hanging = threading.Thread(target=first_thread, daemon=True)
    hanging.start()
    while "rcpt" not in slow_smtp.reached:
        time.sleep(0.02)
    out_tray.help_send()
    assert len(other_server.taken) == 3
    assert not slow_smtp.taken
    slow_smtp.answer_now()
    slow_smtp.waits.clear()
    hanging.join(60)
    other_server.close()
    assert Conversation.objects.count() == 2
