"""What a batch of the log costs the consumers that speak with the database: the same questions for one event and fifty."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.models import User
from ventanilla.config.consumers import make_consumers
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent, read_after, settled_position
from ventanilla.inboxes.models import Inbox
from ventanilla.notifications.models import Notification


@pytest.fixture
def several(web_inbox: Inbox, ana: User, bruno: User) -> list[Conversation]:
    """Ten, in turn of ana and of bruno."""
    found = []
    for number in range(10):
        identity = find_or_create_contact_inbox(web_inbox, source_id=f"visitor {number}")
        conversation = conversations.start_conversation(identity, by=None)
        conversations.assign_agent(conversation, assignee=bruno if number % 2 else ana, by=bruno)
        found.append(conversation)
    return found


def events_of(act: Callable[[], object]) -> list[LoggedEvent]:
    before = settled_position()
    last = max((event.position for event in read_after(before, settled=False)), default=before)
    act()
    return read_after(last, settled=False)


def cost(consumer: Consumer, events: list[LoggedEvent]) -> int:
    wanted = [e for e in events if consumer.subscribes is None or e.name in consumer.subscribes]
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        if wanted:
            consumer.handle(wanted)
    return len(asked)


@pytest.mark.parametrize("consumer", make_consumers(), ids=lambda consumer: consumer.name)
def test_fifty_messages_cost_as_many_statements_as_one(
    consumer: Consumer, several: list[Conversation], ana: User, bruno: User
) -> None:
    def write(count: int) -> None:
        for number in range(count):
            conversation = several[number % len(several)]
            if number % 3:
                conversations.receive_message(
                    conversation, conversations.NewMessage(f"¿Hola? {number}"), sender=conversation.contact
                )
            else:
                conversations.post_message(conversation, conversations.NewMessage(f"Hola {number}"), by=ana)

    few = events_of(lambda: write(10))
    many = events_of(lambda: write(50))
    cost(consumer, few)  # what is kept in memory is warm

    assert cost(consumer, many) <= cost(consumer, few)


@pytest.mark.feature("T-01")
def test_told_of_several_in_one_batch_each_user_has_one_for_each_conversation(
    several: list[Conversation], ana: User, bruno: User, drain_log: Callable[[], int]
) -> None:
    drain_log()
    Notification.objects.all().delete()
    for _ in range(3):
        for conversation in several:
            conversations.receive_message(
                conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
            )
    drain_log()

    assert (
        Notification.objects.filter(user=ana).count() == Notification.objects.filter(user=bruno).count() == 5
    )


def test_who_opened_it_before_the_next_message_has_it_unread_and_after_it_read(
    several: list[Conversation], ana: User, drain_log: Callable[[], int]
) -> None:
    """All of it in one batch: the order of the events decides."""
    first, second = several[0], several[2]
    drain_log()
    for conversation in (first, second):
        conversations.receive_message(
            conversation, conversations.NewMessage("¿Hola?"), sender=conversation.contact
        )
    for conversation in (first, second):
        conversations.mark_seen(conversation, by=ana)
    conversations.post_message(
        second, conversations.NewMessage("Aviso"), by=None
    )  # by a program: counts as nothing unread
    drain_log()

    read = dict(Notification.objects.filter(user=ana).values_list("conversation_id", "read_at"))
    assert read[first.pk] is not None
    assert read[second.pk] is None
