"""How far a message or a copy came is heard on an open desk, step by step, without asking again (Z-22)."""

from __future__ import annotations

import pytest

from ventanilla.conversations.commands import (
    NewMessage,
    TranscriptState,
    note_message_trying,
    note_transcript,
    post_message,
    request_transcript,
    set_message_status,
)
from ventanilla.conversations.models import Message, MessageStatus
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

pytestmark = pytest.mark.feature("Z-22", "W-11")


@pytest.fixture
def mailed(conversation):
    """The conversation, in an inbox whose messages have to be taken by a network before they are sent."""
    Inbox.objects.filter(pk=conversation.inbox_id).update(kind="email", address="soporte@acme.example")
    conversation.refresh_from_db()
    return conversation


def test_each_state_of_a_message_reaches_the_open_desk(desk, ana, bruno, acme, mailed):
    wire = desk(ana)
    wire.hello(acme)
    message = post_message(mailed, NewMessage("Hola"), by=bruno)
    assert wire.event("message.created")["message"]["status"] == "progress"

    note_message_trying(message, reason="451 Later", next_attempt_at=now())
    trying = wire.event("message.updated")["message"]
    assert (trying["status"], trying["content_attributes"]["delivery"]["reason"]) == ("progress", "451 Later")

    set_message_status(message, status=MessageStatus.SENT)
    sent = wire.event("message.updated")["message"]
    assert (sent["status"], "delivery" in sent["content_attributes"]) == ("sent", False)

    set_message_status(message, status=MessageStatus.FAILED, external_error="550 No such user")
    failed = wire.event("message.updated")["message"]
    assert (failed["status"], failed["content_attributes"]["external_error"]) == (
        "failed",
        "550 No such user",
    )
    assert failed["version"] > sent["version"] > trying["version"]


def test_each_state_of_a_copy_reaches_the_open_desk(desk, ana, bruno, acme, conversation):
    wire = desk(ana)
    wire.hello(acme)
    request_transcript(conversation, email="carla@example.com", by=bruno)
    assert "asked for a copy for carla@example.com" in wire.event("message.created")["message"]["content"]
    line = Message.objects.get(additional_attributes__activity="transcript_queued")

    for state, words in (
        (TranscriptState.TRYING, "hasn't been sent yet, we'll keep trying: 451 Later"),
        (TranscriptState.SENT, "that Bruno Bravo asked for was sent"),
        (TranscriptState.LOST, "wasn't sent: 451 Later"),
    ):
        note_transcript(line, state=state, reason="451 Later")
        heard = wire.event("message.updated")["message"]
        assert (heard["id"], words in heard["content"]) == (line.pk, True)
