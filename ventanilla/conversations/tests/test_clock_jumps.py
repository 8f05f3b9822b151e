"""What a clock that ran ahead wrote into a conversation is not believed when it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings

from ventanilla.accounts.models import Presence
from ventanilla.accounts.policies import is_present, seen_lately
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    mark_seen,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.jobs import mend_future_activity
from ventanilla.conversations.models import Conversation
from ventanilla.kit.clock import SKEW, now
from ventanilla.testing.cast import set_present

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C-09")]

JUMP = timedelta(days=2)


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def conversation(carla, web_inbox, clock) -> Conversation:
    return start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)


def test_the_next_message_brings_the_last_activity_back(conversation, ana, clock):
    clock.shift(JUMP)
    post_message(conversation, NewMessage("Mañana"), by=ana)
    clock.shift(-JUMP)
    post_message(conversation, NewMessage("Hoy"), by=ana)

    conversation.refresh_from_db()
    assert conversation.last_activity_at <= now() + SKEW


def test_without_a_message_the_clock_mends_it_and_lists_hear_of_it(conversation, ana, clock):
    clock.shift(JUMP)
    post_message(conversation, NewMessage("Mañana"), by=ana)
    clock.shift(-JUMP)
    before = Conversation.objects.get(pk=conversation.pk).version

    assert mend_future_activity() == 1
    assert mend_future_activity() == 0

    conversation.refresh_from_db()
    assert conversation.last_activity_at == now()
    assert conversation.version > before


def test_a_sender_whose_clock_runs_ahead_does_not_head_the_list(conversation, carla, clock):
    receive_message(conversation, NewMessage("Hola", created_at=now() + JUMP), sender=carla)
    conversation.refresh_from_db()
    assert (
        conversation.last_activity_at == conversation.last_incoming_at == conversation.waiting_since == now()
    )


def test_what_was_seen_in_the_future_does_not_hide_what_comes_now(conversation, carla, ana, clock):
    clock.shift(JUMP)
    mark_seen(conversation, by=ana)
    clock.shift(-JUMP)
    receive_message(conversation, NewMessage("Hola"), sender=carla)
    conversation.refresh_from_db()
    assert conversation.unread_count == 1


@override_settings(MAX_MESSAGES_PER_MINUTE=2)
def test_messages_of_the_future_do_not_close_the_conversation(conversation, ana, clock):
    clock.shift(JUMP)
    for text in ("uno", "dos"):
        post_message(conversation, NewMessage(text), by=ana)
    clock.shift(-JUMP)
    assert post_message(conversation, NewMessage("tres"), by=ana).pk


def test_whoever_was_seen_in_the_future_is_not_here_now(acme, ana, clock):
    clock.shift(JUMP)
    set_present(acme, ana)
    clock.shift(-JUMP)
    row = Presence.objects.get()
    assert not is_present(row.last_seen_at, at=now())
    assert not Presence.objects.filter(seen_lately(at=now())).exists()
    set_present(acme, ana)
    assert Presence.objects.filter(seen_lately(at=now())).exists()
