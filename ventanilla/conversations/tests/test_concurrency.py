from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from ventanilla.conversations.commands import NewMessage, post_message, receive_message, start_conversation
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.tests.scenes import events, fresh, talk


def together(*jobs) -> list[object]:
    """Run them at once, each on a connection of its own."""

    def run(job):
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.feature("Z-02")
@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_lose_nothing(carla, ana, api_inbox):
    conversation = talk(carla, api_inbox)

    def customer(number: int):
        return lambda: receive_message(fresh(conversation), NewMessage(f"c{number}"), sender=carla)

    def agent(number: int):
        return lambda: post_message(fresh(conversation), NewMessage(f"a{number}", private=True), by=ana)

    together(*(customer(n) for n in range(8)), *(agent(n) for n in range(8)))

    stored = fresh(conversation)
    assert Message.objects.filter(conversation=conversation).count() == 16
    assert len(events("message.created")) == 16
    assert stored.unread_count == 8
    assert stored.version == conversation.version + 16
    assert stored.last_message_id == Message.objects.latest("id").pk
    # Ids grow in the order of the thread.
    times = list(Message.objects.order_by("id").values_list("created_at", flat=True))
    assert times == sorted(times)


@pytest.mark.feature("Z-02")
@pytest.mark.django_db(transaction=True)
def test_a_double_click_sends_once(carla, ana, api_inbox):
    conversation = talk(carla, api_inbox)

    sent = together(
        *(
            lambda: post_message(fresh(conversation), NewMessage("Once", echo_id="same"), by=ana).pk
            for _ in range(6)
        )
    )

    assert len(set(sent)) == 1
    assert Message.objects.count() == 1
    assert len(events("message.created")) == 1


@pytest.mark.django_db(transaction=True)
def test_who_writes_already_waits_for_nobodys_turn(carla, ana, api_inbox):
    """Else two would wait for each other: one for the turn, the other, whose turn it is, for the database."""
    conversation, other = talk(carla, api_inbox), talk(carla, api_inbox)
    is_writing = threading.Event()

    def within_a_transaction():
        with transaction.atomic():
            post_message(fresh(conversation), NewMessage("one"), by=ana)
            is_writing.set()
            time.sleep(0.2)  # meanwhile the other has taken the turn
            post_message(fresh(conversation), NewMessage("two"), by=ana)

    def alone():
        is_writing.wait(5)
        post_message(fresh(other), NewMessage("three"), by=ana)

    began = time.monotonic()
    together(within_a_transaction, alone)

    assert Message.objects.count() == 3
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_numbers_of_conversations_have_no_holes_and_no_doubles(carla, api_inbox):
    first = talk(carla, api_inbox)

    together(*(lambda: start_conversation(first.contact_inbox, by=None) for _ in range(8)))

    assert sorted(Conversation.objects.values_list("display_id", flat=True)) == list(range(1, 10))
