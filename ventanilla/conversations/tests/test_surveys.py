"""When a customer is asked how they were served (W-07, contract F.7, row 4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import (
    NewMessage,
    archive,
    auto_resolve,
    change_status,
    mute,
    receive_message,
    set_labels,
)
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.conversations.tests.scenes import fresh, talk
from ventanilla.inboxes.commands.inboxes import update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.labels.commands import create_label

pytestmark = [pytest.mark.django_db, pytest.mark.feature("W-07")]


@pytest.fixture(autouse=True)
def surveyed(web_inbox: Inbox, api_inbox: Inbox) -> None:
    Inbox.objects.update(csat_survey_enabled=True)


def surveys(conversation: Conversation) -> list[Message]:
    return list(Message.objects.filter(conversation=conversation, content_type="input_csat"))


def test_resolving_asks_once_after_the_line_that_says_so(carla, ana, web_inbox):
    conversation = talk(carla, web_inbox, "Hello?")

    change_status(conversation, status=Status.RESOLVED, by=ana)

    [question] = surveys(conversation)
    assert question.message_type == MessageType.TEMPLATE
    assert not question.private
    assert question.sender_id is None
    assert question.content == "How did we do? Rate our conversation."
    line = Message.objects.filter(conversation=conversation, message_type=MessageType.ACTIVITY).latest("pk")
    assert line.pk < question.pk
    assert fresh(conversation).status == Status.RESOLVED
    assert fresh(conversation).last_message_id == question.pk

    receive_message(conversation, NewMessage("One more thing"), sender=carla)
    change_status(fresh(conversation), status=Status.RESOLVED, by=ana)
    assert len(surveys(conversation)) == 1


@pytest.mark.parametrize("how", ["the customer", "archived", "by the clock"])
def test_however_it_is_resolved(carla, ana, web_inbox, how):
    conversation = talk(carla, web_inbox, "Hello?")
    if how == "the customer":
        change_status(conversation, status=Status.RESOLVED, by=carla)
    elif how == "archived":
        archive(conversation, by=ana)
    else:
        auto_resolve(conversation, idle_since=now() + timedelta(days=1), days=1)

    assert len(surveys(conversation)) == 1


@pytest.mark.parametrize(
    "why", ["switched off", "silent", "a campaign", "blocked", "a robot", "not resolved"]
)
def test_otherwise_nobody_is_asked(carla, ana, web_inbox, why):
    said = [] if why in {"silent", "a robot"} else ["Hello?"]
    conversation = talk(carla, web_inbox, *said, **({"campaign_id": 1} if why == "a campaign" else {}))
    status = Status.RESOLVED
    if why == "switched off":
        Inbox.objects.update(csat_survey_enabled=False)
    elif why == "a robot":
        receive_message(
            conversation, NewMessage("I am away", content_attributes={"automatic": True}), sender=carla
        )
    elif why == "blocked":
        Contact.objects.filter(pk=carla.pk).update(blocked=True)
    elif why == "not resolved":
        status = Status.SNOOZED

    change_status(conversation, status=status, by=ana)

    assert surveys(conversation) == []


def test_blocking_a_contact_asks_them_nothing(carla, ana, web_inbox):
    conversation = talk(carla, web_inbox, "Hello?")

    mute(conversation, by=ana)

    assert surveys(conversation) == []


def test_outside_a_website_the_text_leads_to_the_page(carla, ana, api_inbox, settings):
    settings.BASE_URL = "https://desk.example"
    conversation = talk(carla, api_inbox, "Hello?")

    change_status(conversation, status=Status.RESOLVED, by=ana)

    [question] = surveys(conversation)
    assert f"https://desk.example/survey/responses/{conversation.uuid}" in question.content


def test_the_inbox_may_ask_in_its_own_words_and_with_stars(carla, ana, web_inbox, api_inbox, settings):
    settings.BASE_URL = "https://desk.example"
    config = {"message": "Hi {{contact.first_name}}, were we quick?", "display_type": "star"}
    for inbox in (web_inbox, api_inbox):
        update_inbox(inbox, csat_config=config, by=None)

    asked = []
    for inbox in (web_inbox, api_inbox):
        conversation = talk(carla, inbox, "Hello?")
        change_status(conversation, status=Status.RESOLVED, by=ana)
        asked += surveys(conversation)

    assert [message.content_attributes for message in asked] == [{"display_type": "star"}] * 2
    assert asked[0].content == "Hi Carla, were we quick?"
    address = f"https://desk.example/survey/responses/{asked[1].conversation.uuid}"
    assert asked[1].content == f"Hi Carla, were we quick? {address}"


@pytest.mark.parametrize(
    ("operator", "values", "labels", "expected"),
    [
        ("contains", [], [], 1),
        ("contains", ["Sales"], ["sales"], 1),
        ("contains", ["sales", "vip"], ["support"], 0),
        ("does_not_contain", ["spam"], ["spam"], 0),
        ("does_not_contain", ["spam"], [], 1),
    ],
)
def test_the_inbox_may_ask_only_about_some_labels(
    acme, carla, ana, admin, web_inbox, operator, values, labels, expected
):
    update_inbox(web_inbox, csat_config={"survey_rules": {"operator": operator, "values": values}}, by=None)
    conversation = talk(carla, web_inbox, "Hello?")
    for label in labels:
        create_label(acme, title=label, by=admin)
    set_labels(conversation, titles=labels, by=ana)

    change_status(fresh(conversation), status=Status.RESOLVED, by=ana)

    assert len(surveys(conversation)) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"display_type": "thumbs"},
        {"message": "x" * 501},
        {"message": 7},
        {"survey_rules": {"operator": "maybe"}},
        {"survey_rules": {"values": [1]}},
        {"survey_rules": "all"},
        {"survey_rules": {"values": ["a"] * 51}},
    ],
)
def test_how_it_asks_is_checked(web_inbox, wrong):
    with pytest.raises(Invalid) as refused:
        update_inbox(web_inbox, csat_config=wrong, by=None)
    assert list(refused.value.fields) == ["csat_config"]
