"""Rows of the ledger that go through several rooms: the API, the log, and what it tells."""

from __future__ import annotations

import json

import pytest

from ventanilla.accounts.models import User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import NewMessage, receive_message, start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.events.models import Event
from ventanilla.labels.commands import create_label
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import kind_called
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    made = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    receive_message(made, NewMessage("¿Dónde está mi pedido?"), sender=carla)
    return made


@pytest.fixture
def ask(acme, api):
    """`ask(ana, "GET", "conversations")`: the decoded body of a 200."""

    def ask(user: User, method: str, path: str, body=None):
        answer = api(user).call(method, in_account(acme, path), body)
        assert answer.status_code == 200, answer.content
        return answer.json() if answer.content else None

    return ask


@pytest.mark.feature("A-02")
def test_taking_a_conversation_is_one_call_and_tells_the_taker_nothing(conversation, ana, ask, drain_log):
    path = f"conversations/{conversation.display_id}"
    drain_log()
    assert ask(ana, "POST", f"{path}/assignments", {"assignee_id": ana.pk})["id"] == ana.pk
    drain_log()

    assert ask(ana, "GET", path)["meta"]["assignee"]["id"] == ana.pk
    assert ask(ana, "GET", "conversations?assignee_type=me")["data"]["meta"]["mine_count"] == 1
    assert not Notification.objects.filter(user=ana).exists()


@pytest.mark.feature("A-04", "C-19")
def test_an_assignee_changes_at_any_time_and_each_change_is_told_and_written_down(
    conversation, ana, bruno, ask, drain_log
):
    path = f"conversations/{conversation.display_id}"
    for status in ("open", "pending", "resolved"):
        ask(ana, "POST", f"{path}/toggle_status", {"status": status})
        for person in (ana, bruno):
            ask(ana, "POST", f"{path}/assignments", {"assignee_id": person.pk})
            assert ask(bruno, "GET", path)["meta"]["assignee"]["id"] == person.pk
    drain_log()

    told = Event.objects.filter(name="assignee.changed").values_list("payload", flat=True)
    assert [json.loads(payload)["conversation_id"] for payload in told] == [conversation.pk] * 6
    lines = [
        row["content"]
        for row in ask(bruno, "GET", f"{path}/messages")["payload"]
        if row["message_type"] == 2 and ("assigned" in row["content"] or "took" in row["content"])
    ]
    assert len(lines) == 6
    assert all(ana.name in line for line in lines)
    assert Notification.objects.filter(
        user=bruno, kind=kind_called("conversation_assignment").number
    ).exists()


@pytest.mark.feature("L-02")
def test_several_labels_stand_on_a_conversation_and_are_replaced_as_a_whole(acme, conversation, ana, ask):
    for title in ("vip", "pedido", "queja"):
        create_label(acme, title=title, by=None)
    path = f"conversations/{conversation.display_id}"

    kept = ask(ana, "POST", f"{path}/labels", {"labels": ["vip", "pedido"]})
    assert set(kept["payload"]) == {"vip", "pedido"}
    assert set(ask(ana, "GET", path)["labels"]) == {"vip", "pedido"}

    ask(ana, "POST", f"{path}/labels", {"labels": ["pedido", "queja"]})
    assert set(ask(ana, "GET", f"{path}/labels")["payload"]) == {"pedido", "queja"}
    ask(ana, "POST", f"{path}/labels", {"labels": []})
    assert ask(ana, "GET", path)["labels"] == []


@pytest.mark.feature("L-04")
def test_the_list_and_its_counts_follow_the_label(acme, conversation, carla, web_inbox, ana, ask):
    for title in ("vip", "pedido"):
        create_label(acme, title=title, by=None)
    other = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    ask(ana, "POST", f"conversations/{conversation.display_id}/labels", {"labels": ["vip", "pedido"]})
    ask(ana, "POST", f"conversations/{other.display_id}/labels", {"labels": ["pedido"]})

    def listed(query: str) -> tuple[set[int], int]:
        body = ask(ana, "GET", f"conversations?{query}")["data"]
        return {row["id"] for row in body["payload"]}, body["meta"]["all_count"]

    assert listed("labels[]=vip") == ({conversation.display_id}, 1)
    assert listed("labels[]=pedido") == ({conversation.display_id, other.display_id}, 2)
    assert listed("labels[]=vip&labels[]=pedido") == ({conversation.display_id, other.display_id}, 2)
    assert listed("labels[]=nothing") == (set(), 0)
    condition = {
        "attribute_key": "labels",
        "filter_operator": "equal_to",
        "values": ["vip"],
        "query_operator": None,
    }
    found = ask(ana, "POST", "conversations/filter", {"payload": [condition]})
    assert [row["id"] for row in found["payload"]] == [conversation.display_id]
