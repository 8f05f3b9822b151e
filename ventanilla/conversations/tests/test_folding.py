"""The columns that lists read are copies. Whatever is done to a conversation, they say what its messages say."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.accounts.models import Account
from ventanilla.conversations import commands
from ventanilla.conversations.models import (
    Conversation,
    ConversationLabel,
    Message,
    MessageType,
    Priority,
    SenderType,
    Status,
)
from ventanilla.conversations.tests.scenes import events, fresh, talk

pytestmark = pytest.mark.django_db

STEPS = st.lists(
    st.sampled_from(
        [
            "customer", "customer", "customer", "reply", "reply", "note", "resolve", "open", "pending", "snooze", "assign",
            "unassign", "label", "unlabel", "priority", "seen", "unread", "contact_saw", "delete", "attributes", "automatic",
        ]
    ),
    max_size=25,
)  # fmt: skip


class _Cast:
    def __init__(self, conversation, contact, ana, bruno) -> None:
        self.conversation, self.contact, self.ana, self.bruno = conversation, contact, ana, bruno

    def do(self, step: str) -> None:
        talked, ana = self.conversation, self.ana
        match step:
            case "customer":
                commands.receive_message(talked, commands.NewMessage("x"), sender=self.contact)
            case "reply":
                commands.post_message(talked, commands.NewMessage("y"), by=ana)
            case "note":
                commands.post_message(talked, commands.NewMessage("n", private=True), by=ana)
            case "automatic":
                commands.post_message(talked, commands.NewMessage("auto"), by=None)
            case "resolve" | "open" | "pending" | "snooze":
                status = {"resolve": Status.RESOLVED, "open": Status.OPEN, "pending": Status.PENDING}
                commands.change_status(talked, status=status.get(step, Status.SNOOZED), by=ana)
            case "assign" | "unassign":
                commands.assign_agent(talked, assignee=self.bruno if step == "assign" else None, by=ana)
            case "label":
                commands.add_labels(talked, titles=["one", "two"], by=ana)
            case "unlabel":
                commands.remove_labels(talked, titles=["one"], by=ana)
            case "priority":
                commands.set_priority(talked, priority=Priority.HIGH, by=ana)
            case "seen":
                commands.mark_seen(talked, by=ana)
            case "unread":
                commands.mark_unread(talked, by=ana)
            case "contact_saw":
                commands.contact_saw(talked)
            case "attributes":
                commands.set_custom_attributes(talked, attributes={"a": "b"}, by=ana)
            case "delete":
                newest = Message.objects.filter(conversation=talked).last()
                if newest is not None:
                    newest.conversation = talked
                    commands.delete_message(newest, by=ana)


def recomputed(conversation: Conversation) -> dict[str, object]:
    """The copied columns from nothing but messages, labels and what agents saw."""
    messages = list(Message.objects.filter(conversation=conversation).order_by("id"))
    counted = [m for m in messages if m.additional_attributes.get("activity") != "viewed"]
    spoken = [m for m in messages if m.message_type != MessageType.ACTIVITY]
    incoming = [m for m in messages if m.message_type == MessageType.INCOMING]
    human = [
        m
        for m in messages
        if m.message_type == MessageType.OUTGOING and not m.private and m.sender_type == SenderType.USER
    ]
    seen = conversation.agent_last_seen_at
    unseen = [m for m in incoming if seen is None or m.created_at > seen]
    waiting_since = conversation.created_at
    for message in messages:
        if message in human:
            waiting_since = None
        elif message in incoming and waiting_since is None:
            waiting_since = message.created_at
    titles = ConversationLabel.objects.filter(conversation=conversation).values_list(
        "label__title", flat=True
    )
    return {
        "last_message_id": messages[-1].pk if messages else None,
        "last_non_activity_message_id": spoken[-1].pk if spoken else None,
        "last_activity_at": counted[-1].created_at if counted else conversation.created_at,
        "last_incoming_at": incoming[-1].created_at if incoming else None,
        "unread_count": min(10, len(unseen)),
        "first_reply_created_at": human[0].created_at if human else None,
        "waiting_since": waiting_since,
        "label_titles": sorted(titles),
    }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_copied_columns_say_what_the_messages_say(steps, acme, carla, ana, bruno, web_inbox):
    _quietly(acme)
    conversation = talk(carla, web_inbox)
    players = _Cast(conversation, carla, ana, bruno)
    moment = timezone.now()
    for number, step in enumerate(steps):
        with time_machine.travel(moment + timedelta(minutes=number), tick=False):
            players.do(step)

    stored = fresh(conversation)
    assert {name: getattr(stored, name) for name in recomputed(stored)} == recomputed(stored)
    shown = {name: getattr(conversation, name) for name in recomputed(stored)}
    assert shown == {name: getattr(stored, name) for name in shown}
    assert conversation.version == stored.version


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_folding_the_log_gives_the_stored_state(steps, acme, carla, ana, bruno, web_inbox):
    _quietly(acme)
    conversation = talk(carla, web_inbox)
    state: dict[str, object] = {
        "status": "open", "assignee_id": None, "team_id": None, "priority": None, "label_list": [],
        "custom_attributes": {}, "close_reason": "",
    }  # fmt: skip
    players = _Cast(conversation, carla, ana, bruno)
    for step in steps:
        players.do(step)

    written = 0
    for event in events():
        if event.payload.get("conversation_id") != conversation.pk:
            continue
        written += event.name == "message.created"
        if event.name == "conversation.updated":
            for name, (old, new) in event.payload["changes"].items():
                if name in state:
                    assert state[name] == old
                    state[name] = new

    stored = fresh(conversation)
    assert state == {
        "status": Status(stored.status).label,
        "assignee_id": stored.assignee_id,
        "team_id": stored.team_id,
        "priority": None if stored.priority is None else Priority(stored.priority).label,
        "label_list": stored.label_titles,
        "custom_attributes": stored.custom_attributes,
        "close_reason": stored.close_reason,
    }
    assert written == Message.objects.filter(conversation=conversation).count()


def _quietly(account: Account) -> None:
    """Automatic texts are another test's subject."""
    account.inboxes.update(enable_email_collect=False)
