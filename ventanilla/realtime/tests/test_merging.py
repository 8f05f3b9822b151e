"""What sockets are told when two conversations are merged: ours the whole story, the contract's what they know."""

from __future__ import annotations

import pytest

from ventanilla.conversations.commands import (
    NewMessage,
    merge_conversations,
    receive_message,
    start_conversation,
    unmerge_conversation,
)
from ventanilla.conversations.tests.scenes import fresh

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("V-LST-04", "Z-01")]


@pytest.fixture
def other(identity, carla):
    made = start_conversation(identity, by=None)
    receive_message(made, NewMessage("b"), sender=carla)
    return made


def test_desks_hear_of_both_conversations(desk, ana, acme, conversation, other):
    wire = desk(ana)
    wire.hello(acme)
    merge_conversations(other, into=conversation, by=ana)

    told = [wire.event("conversation.merged")["conversation"] for _ in range(2)]
    assert [(one["id"], one["merged_into"]) for one in told] == [
        (conversation.display_id, None),
        (other.display_id, conversation.display_id),
    ]
    assert [one["status"] for one in told] == ["open", "resolved"]
    unmerge_conversation(fresh(other), by=ana)
    told = [wire.event("conversation.unmerged")["conversation"] for _ in range(2)]
    assert {(one["id"], one["merged_into"], one["status"]) for one in told} == {
        (conversation.display_id, None, "open"),
        (other.display_id, None, "open"),
    }


def test_clients_of_the_contract_hear_that_one_is_resolved(cable, ana, acme, conversation, other):
    wire = cable()
    wire.subscribe_user(ana, acme)
    merge_conversations(other, into=conversation, by=ana)

    changed = wire.event("conversation.status_changed")
    assert (changed["id"], changed["status"]) == (other.display_id, "resolved")
    assert not {"conversation.merged", "conversation.unmerged"} & set(wire.events())
