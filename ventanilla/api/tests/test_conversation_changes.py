"""What a 200 says was done was done: no field of a conversation is taken and dropped (B.1, Z-09)."""

from __future__ import annotations

from typing import Any

import pytest

from ventanilla.accounts.commands.teams import create_team
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.testing.cast import in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("Z-09")]


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)


def row_of(conversation: Conversation) -> dict[str, Any]:
    row = Conversation.objects.values().get(pk=conversation.pk)
    return {key: value for key, value in row.items() if key != "updated_at"}


def test_one_change_says_all_and_all_is_done(acme, admin, ana, conversation, api):
    team = create_team(acme, name="Ventas", by=admin)
    said = {
        "labels": ["vip", "Dos palabras"],
        "priority": "high",
        "status": "snoozed",
        "snoozed_until": 4102444800,
        "team_id": team.pk,
        "assignee_id": ana.pk,
        "custom_attributes": {"pedido": "7"},
    }
    answer = api(ana).patch(in_account(acme, f"conversations/{conversation.display_id}"), said)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["status"], body["snoozed_until"]) == ("snoozed", "2100-01-01T00:00:00.000Z")
    assert (body["priority"], sorted(body["labels"])) == ("high", ["dos palabras", "vip"])
    assert (body["meta"]["assignee"]["id"], body["meta"]["team"]["id"]) == (ana.pk, team.pk)
    assert body["custom_attributes"] == {"pedido": "7"}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"status": "closed"}, 422),
        ({"snoozed_until": "mañana"}, 422),
        ({"priority": "mega"}, 422),
        ({"labels": ["x" * 300]}, 422),
        ({"labels": "vip"}, 422),
        ({"assignee_id": 999_999}, 404),
        ({"team_id": 999_999}, 404),
        ({"custom_attributes": ["x"]}, 422),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_cannot_be_done_is_named_and_nothing_else_is(
    acme, ana, conversation, api, method, wrong, status
):
    before = row_of(conversation)
    good = {"labels": ["vip"], "priority": "low", "status": "pending", "custom_attributes": {"a": 1}}
    path = in_account(acme, f"conversations/{conversation.display_id}")
    answer = api(ana).call(method, path, {**good, **wrong})
    assert (answer.status_code, answer.json()["attributes"]) == (status, list(wrong))
    assert row_of(conversation) == before


def test_whoever_cannot_open_the_inbox_is_refused_with_everything_else(acme, vera, ana, conversation, api):
    path = in_account(acme, f"conversations/{conversation.display_id}")
    answer = api(ana).patch(path, {"priority": "low", "assignee_id": vera.pk})
    assert (answer.status_code, answer.json()["attributes"]) == (422, ["assignee_id"])
    assert row_of(conversation)["priority"] is None


def test_null_says_nothing_and_zero_takes_away(acme, ana, conversation, api):
    path = in_account(acme, f"conversations/{conversation.display_id}")
    api(ana).patch(path, {"assignee_id": ana.pk, "labels": ["vip"], "status": "pending"})
    nothing = dict.fromkeys(
        ("assignee_id", "team_id", "labels", "status", "snoozed_until", "custom_attributes")
    )
    body = api(ana).patch(path, nothing).json()
    assert (body["meta"]["assignee"]["id"], body["labels"], body["status"]) == (ana.pk, ["vip"], "pending")
    assert (
        "assignee" not in api(ana).patch(path, {"assignee_id": 0}).json()["meta"]
        or not row_of(conversation)["assignee_id"]
    )


def test_a_new_conversation_has_the_labels_and_the_priority_it_was_asked_for(
    acme, ana, carla, web_inbox, api
):
    said = {"contact_id": carla.pk, "inbox_id": web_inbox.pk, "labels": ["vip"], "priority": "urgent"}
    body = api(ana).post(in_account(acme, "conversations"), said).json()
    assert (body["labels"], body["priority"]) == (["vip"], "urgent")
    refused = api(ana).post(in_account(acme, "conversations"), {**said, "priority": "mega"})
    assert (refused.status_code, refused.json()["attributes"]) == (422, ["priority"])
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("labels", [{"set": ["vip"]}, {"add": ["vip"], "delete": ["x"]}])
def test_many_are_labelled_by_add_and_remove_alone(acme, ana, conversation, api, labels):
    said = {"type": "Conversation", "ids": [conversation.display_id], "labels": labels}
    answer = api(ana).post(in_account(acme, "bulk_actions"), said)
    assert (answer.status_code, answer.json()["attributes"]) == (422, ["labels"])
    assert not row_of(conversation)["label_titles"]
