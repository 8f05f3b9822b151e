"""Copies of a conversation by mail (R-18, contract F.20), received by a real SMTP server on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.delivery import out_tray
from ventanilla.delivery.models import Outgoing
from ventanilla.events.models import Event
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.html import text_from_html
from ventanilla.testing.cast import ApiClient, in_account
from ventanilla.testing.mailbox import PostOffice, html_of, text_of

pytestmark = pytest.mark.feature("R-18")


@pytest.fixture
def conversation(carla: Contact, web_inbox: Inbox, ana: User) -> Conversation:
    """Question and answer, a note, a line of activity and a survey."""
    Inbox.objects.filter(pk=web_inbox.pk).update(csat_survey_enabled=True)
    made = conversations.start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    conversations.receive_message(
        made, conversations.NewMessage("¿Hay **stock**? ![x](https://evil.example/p.png)"), sender=carla
    )
    conversations.post_message(made, conversations.NewMessage("Sí, [mire](https://acme.example/a)"), by=ana)
    conversations.post_message(made, conversations.NewMessage("Cliente difícil", private=True), by=ana)
    gone = conversations.post_message(made, conversations.NewMessage("Uy, esto no"), by=ana)
    conversations.delete_message(gone, by=ana)
    return conversations.change_status(made, status=Status.RESOLVED, by=ana)


@pytest.fixture
def send(acme: Account, ana: User, drain_log: Callable[[], int]) -> Callable[[str], None]:
    """Ana asks for a copy to that address, and the worker works."""

    def ask(email: str) -> None:
        asked = ApiClient(ana).post(in_account(acme, "conversations/1/transcript"), {"email": email})
        assert asked.status_code == 200
        drain_log()
        out_tray.send_due()

    return ask


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("to", ["carla@example.com", "ana@acme.example", "otra.persona@empresa.example"])
def test_the_customer_the_agent_or_anybody_gets_what_was_said(
    conversation: Conversation, post_office: PostOffice, send: Callable[[str], None], to: str, locale: str
) -> None:
    Account.objects.update(locale=locale, support_email="ayuda@acme.example")
    send(to)
    [letter] = post_office.read()
    assert post_office.letters[0][0] == [to]
    assert letter["To"] == to
    assert letter["Reply-To"] == "ayuda@acme.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] is None  # asked for one by one: nothing to leave
    said = {
        "es": ("Tu conversación con Acme web", "copia"),
        "en": ("Your conversation with Acme web", "copy"),
    }
    title, copy = said[locale]
    assert letter["Subject"] == f"[#1] {title}"
    for part in (text_of(letter), text_from_html(html_of(letter))):
        for words in (title, copy, "Carla Cliente", "¿Hay stock?", "Ana Agente", "Sí, mire"):
            assert words in " ".join(part.split()), words
        for words in ("difícil", "Uy", "resolv", "How did we do", "¿Cómo te atendimos"):
            assert words not in part, words
    assert "<img" not in html_of(letter)


def test_asked_for_once_it_is_sent_once(
    conversation: Conversation,
    post_office: PostOffice,
    send: Callable[[str], None],
    drain_log: Callable[[], int],
) -> None:
    post_office.answers = ["451 4.3.0 Later"]
    send("carla@example.com")
    row = Outgoing.objects.get(kind="mail")
    Outgoing.objects.update(next_attempt_at=row.created_at)
    out_tray.send_due()
    drain_log()
    out_tray.send_due()
    [letter] = post_office.read()
    row.refresh_from_db()
    assert letter["Message-ID"].strip("< >") == row.provider_id


def test_an_address_that_is_refused_is_given_up_aloud(
    conversation: Conversation, post_office: PostOffice, send: Callable[[str], None]
) -> None:
    send("nadie@example.com")
    row = Outgoing.objects.get(kind="mail")
    assert row.state == Outgoing.State.FAILED
    assert "550" in row.last_error
    assert post_office.letters == []
    assert said() == ("transcript_lost", f"The copy for nadie@example.com wasn't sent: {row.last_error}")


def line() -> Message:
    """What the thread says of the copy: one line, however often it was tried."""
    return Message.objects.get(additional_attributes__activity__startswith="transcript_")


def said() -> tuple[str, str]:
    found = line()
    assert (found.message_type, found.content_type) == (MessageType.ACTIVITY, "text")
    return found.additional_attributes["activity"], found.content


@pytest.mark.feature("Z-22")
def test_the_thread_says_how_far_a_copy_came_and_each_step_is_an_event(
    acme: Account,
    conversation: Conversation,
    ana: User,
    post_office: PostOffice,
    drain_log: Callable[[], int],
) -> None:
    post_office.answers = ["451 4.3.0 Later"]
    begin = Event.objects.latest("pk").pk
    ApiClient(ana).post(in_account(acme, "conversations/1/transcript"), {"email": "carla@example.com"})
    assert said() == ("transcript_queued", "Ana Agente asked for a copy for carla@example.com")
    drain_log()
    out_tray.send_due()
    kind, words = said()
    assert (kind, "carla@example.com hasn't been sent yet" in words, "4.3.0 Later" in words) == (
        "transcript_trying",
        True,
        True,
    )
    Outgoing.objects.update(next_attempt_at=now())
    out_tray.send_due()
    assert said() == ("transcript_sent", "The copy for carla@example.com that Ana Agente asked for was sent")
    updates = Event.objects.filter(pk__gt=begin, name="message.updated").order_by("pk")
    told = [json.loads(event.payload) for event in updates]
    steps = [one["changes"]["activity"] for one in told if one["message_id"] == line().pk]
    assert steps == [["transcript_queued", "transcript_trying"], ["transcript_trying", "transcript_sent"]]
    assert Message.objects.filter(additional_attributes__activity__startswith="transcript_").count() == 1


def test_a_copy_that_was_asked_for_before_there_were_lines_still_leaves(
    conversation: Conversation, post_office: PostOffice, send: Callable[[str], None], ana: User, acme: Account
) -> None:
    ApiClient(ana).post(in_account(acme, "conversations/1/transcript"), {"email": "carla@example.com"})
    line().delete()
    send("otra@example.com")
    assert {letter["To"] for letter in post_office.read()} == {"carla@example.com", "otra@example.com"}


def test_a_stranger_in_the_thread_is_named_as_themselves(
    acme: Account, conversation: Conversation, post_office: PostOffice, send: Callable[[str], None]
) -> None:
    other = Contact.objects.create(account=acme, name="Rosa Rival", email="rosa@example.com")
    conversations.receive_message(conversation, conversations.NewMessage("Yo también espero"), sender=other)
    send("carla@example.com")
    assert "Rosa Rival" in text_of(post_office.read()[0])
