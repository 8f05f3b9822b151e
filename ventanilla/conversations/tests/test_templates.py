from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import NewMessage, post_message, receive_message
from ventanilla.conversations.models import Message
from ventanilla.conversations.tests.scenes import events, talk, texts
from ventanilla.inboxes.models import Inbox

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def nobody(acme) -> Contact:
    """A visitor without an address."""
    return Contact.objects.create(account=acme, name="Weathered River")


def change(inbox: Inbox, **columns: object) -> Inbox:
    Inbox.objects.filter(pk=inbox.pk).update(**columns)
    return inbox


@pytest.mark.feature("W-02")
def test_the_greeting_comes_once_with_the_first_message(carla, web_inbox):
    change(web_inbox, greeting_enabled=True, greeting_message="Hi {{contact.first_name}}")

    conversation = talk(carla, web_inbox, "Hello?", "Anybody?")

    assert texts(conversation) == ["Hello?", "Hi Carla", "Anybody?"]


@pytest.mark.feature("W-02")
def test_switched_off_nothing_is_sent(carla, web_inbox):
    change(web_inbox, greeting_enabled=False, greeting_message="Hi")

    assert texts(talk(carla, web_inbox, "Hello?")) == ["Hello?"]


def test_no_greeting_after_somebody_spoke(carla, ana, web_inbox):
    change(web_inbox, greeting_enabled=True, greeting_message="Hi")
    conversation = talk(carla, web_inbox)
    post_message(conversation, NewMessage("Can I help?"), by=ana)

    receive_message(conversation, NewMessage("Yes"), sender=carla)

    assert texts(conversation) == ["Can I help?", "Yes"]


@pytest.mark.feature("W-03")
def test_a_visitor_without_an_address_is_asked_for_it_once(nobody, web_inbox):
    conversation = talk(nobody, web_inbox, "Hello?", "Anybody?")

    kinds = list(
        Message.objects.filter(conversation=conversation)
        .order_by("id")
        .values_list("message_type", "content_type")
    )
    assert kinds == [(0, "text"), (3, "text"), (3, "input_email"), (0, "text")]


@pytest.mark.parametrize("why", ["address known", "switched off", "not a website", "blocked"])
def test_otherwise_nobody_is_asked(carla, nobody, web_inbox, api_inbox, why):
    inbox, contact = web_inbox, nobody
    if why == "address known":
        contact = carla
    elif why == "switched off":
        change(web_inbox, enable_email_collect=False)
    elif why == "not a website":
        inbox = api_inbox
    else:
        Contact.objects.filter(pk=nobody.pk).update(blocked=True)
        contact = Contact.objects.get(pk=nobody.pk)

    assert not Message.objects.filter(
        conversation=talk(contact, inbox, "Hello?"), content_type="input_email"
    ).exists()


@pytest.mark.feature("W-09", "I-11")
def test_out_of_hours_is_said_once_a_day_instead_of_the_greeting(carla, web_inbox):
    change(
        web_inbox,
        greeting_enabled=True,
        greeting_message="Hi",
        working_hours_enabled=True,
        out_of_office_message="We are back on Monday",
    )
    with time_machine.travel(SUNDAY, tick=True):
        conversation = talk(carla, web_inbox, "Hello?", "Anybody?")
        assert texts(conversation) == ["Hello?", "We are back on Monday", "Anybody?"]
    with time_machine.travel(MONDAY, tick=True):
        receive_message(conversation, NewMessage("Now?"), sender=carla)
        assert texts(conversation)[-1] == "Now?"
        assert texts(talk(carla, web_inbox, "Hello?")) == ["Hello?", "Hi"]


def test_a_conversation_of_a_campaign_gets_no_automatic_text(carla, web_inbox):
    change(web_inbox, greeting_enabled=True, greeting_message="Hi")

    assert texts(talk(carla, web_inbox, "Hello?", campaign_id=1)) == ["Hello?"]


def test_automatic_texts_are_in_the_log_after_what_they_answer(carla, web_inbox):
    change(web_inbox, greeting_enabled=True, greeting_message="Hi")

    conversation = talk(carla, web_inbox, "Hello?")

    written = [event.payload["message_id"] for event in events("message.created")]
    assert written == list(
        Message.objects.filter(conversation=conversation).order_by("id").values_list("pk", flat=True)
    )
