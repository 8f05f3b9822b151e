from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.accounts.models import Account
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    contact_saw,
    mark_seen,
    mark_unread,
    receive_message,
)
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.conversations.tests.scenes import activity, events, fresh, reply, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, api_inbox) -> Conversation:
    return talk(carla, api_inbox, "One", "Two")


def test_opening_a_conversation_reads_it_for_all(conversation, ana):
    mark_seen(conversation, by=ana)

    stored = fresh(conversation)
    assert stored.unread_count == 0
    assert stored.agent_last_seen_at >= stored.last_incoming_at
    assert stored.assignee_last_seen_at is None
    assert [event.payload["user_id"] for event in events("conversation.seen")] == [ana.pk]


def test_the_assignees_look_is_noted_as_theirs(conversation, ana):
    assign_agent(conversation, assignee=ana, by=None)

    mark_seen(conversation, by=ana)

    assert fresh(conversation).assignee_last_seen_at is not None


def test_looking_again_tells_nobody(conversation, ana):
    mark_seen(conversation, by=ana)
    mark_seen(conversation, by=ana)

    assert len(events("conversation.seen")) == 1


def test_unread_again_is_from_the_newest_message_on(conversation, ana):
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        receive_message(conversation, NewMessage("Three"), sender=conversation.contact)
        mark_seen(conversation, by=ana)

        mark_unread(conversation, by=ana)

    stored = fresh(conversation)
    assert stored.unread_count == 1
    assert (
        stored.agent_last_seen_at
        == stored.assignee_last_seen_at
        == stored.last_incoming_at - timedelta(seconds=1)
    )


def test_nothing_to_mark_unread_changes_nothing(carla, api_inbox, ana):
    conversation = talk(carla, api_inbox)

    mark_unread(conversation, by=ana)

    assert fresh(conversation).agent_last_seen_at is None


def test_what_the_customer_has_seen_is_read(conversation, ana):
    message = reply(conversation, by=ana)
    failed = reply(conversation, by=ana, text="failed")
    Message.objects.filter(pk=failed.pk).update(status=MessageStatus.FAILED)

    contact_saw(conversation)
    contact_saw(conversation)

    assert Message.objects.get(pk=message.pk).status == MessageStatus.READ
    assert Message.objects.get(pk=failed.pk).status == MessageStatus.FAILED
    assert [event.payload["message_id"] for event in events("message.updated")] == [message.pk]
    assert fresh(conversation).contact_last_seen_at is not None


def test_a_viewed_line_is_written_once_an_hour_and_moves_nothing_up(conversation, ana, carla):
    active = fresh(conversation).last_activity_at
    mark_seen(conversation, by=ana)
    assert activity(conversation) == ["viewed"]
    assert fresh(conversation).last_activity_at == active

    receive_message(conversation, NewMessage("Three"), sender=carla)
    mark_seen(conversation, by=ana)
    assert activity(conversation) == ["viewed"]

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=True):
        receive_message(conversation, NewMessage("Four"), sender=carla)
        mark_seen(conversation, by=ana)
    assert activity(conversation) == ["viewed", "viewed"]


def test_the_account_can_do_without_viewed_lines(conversation, ana, acme):
    Account.objects.filter(pk=acme.pk).update(features={"agent_conversation_viewed": False})

    mark_seen(conversation, by=ana)

    assert activity(conversation) == []
