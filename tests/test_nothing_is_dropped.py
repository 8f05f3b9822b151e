"""What is asked happens as a whole, or the answer names what cannot be; and then nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.models import User
from ventanilla.attributes.commands import create_definition
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import NewMessage, assign_agent, receive_message, start_conversation
from ventanilla.conversations.models import Conversation
from ventanilla.events.models import Event
from ventanilla.inboxes.commands.members import add_inbox_members, remove_inbox_members
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, api_inbox) -> Conversation:
    """In the inbox that bruno cannot open."""
    made = start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    receive_message(made, NewMessage("Hola"), sender=carla)
    return made


@pytest.fixture
def doors(acme, conversation, carla, api_inbox):
    """Every way to give a conversation to someone: (method, path, body with that agent)."""
    number = conversation.display_id
    bulk = {"type": "Conversation", "ids": [number]}
    new = {"contact_id": carla.pk, "inbox_id": api_inbox.pk}
    return [
        ("POST", f"conversations/{number}/assignments", lambda who: {"assignee_id": who}),
        (
            "POST",
            f"conversations/{number}/assignments",
            lambda who: {"assignee_id": str(who), "team_id": None},
        ),
        ("POST", "bulk_actions", lambda who: {**bulk, "fields": {"assignee_id": who}}),
        ("POST", "bulk_actions", lambda who: {**bulk, "fields": {"assignee_id": who, "status": "resolved"}}),
        ("POST", "conversations", lambda who: {**new, "assignee_id": who}),
    ]


def refused(answer: Any, status: int, field: str) -> None:
    assert (answer.status_code, answer.json()["attributes"]) == (status, [field]), answer.content
    assert answer.json()["error"]


@pytest.mark.feature("A-01")
def test_a_conversation_is_given_only_to_who_can_open_and_answer_it(
    acme, admin, ana, bruno, vera, gus, api_inbox, conversation, doors, api
):
    add_inbox_members(api_inbox, user_ids=[vera.pk], by=None)  # an analyst looks and does not answer
    events = Event.objects.count()
    for method, path, body in doors:
        for who, status in ((bruno, 422), (vera, 422), (gus, 404)):
            refused(api(ana).call(method, in_account(acme, path), body(who.pk)), status, "assignee_id")
        refused(api(ana).call(method, in_account(acme, path), body(999_999)), 404, "assignee_id")
    assert Event.objects.count() == events
    assert Conversation.objects.count() == 1
    for who in (ana, admin):
        for method, path, body in doors:
            assert api(ana).call(method, in_account(acme, path), body(who.pk)).status_code == 200
        assert not Conversation.objects.exclude(assignee=who).filter(pk=conversation.pk).exists()


def test_what_was_assigned_stays_when_somebody_leaves_the_inbox(
    acme, ana, bruno, api_inbox, conversation, api
):
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    assign_agent(conversation, assignee=bruno, by=None)
    remove_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    shown = api(ana).get(in_account(acme, f"conversations/{conversation.display_id}")).json()
    assert shown["meta"]["assignee"]["id"] == bruno.pk


def test_a_team_of_another_account_or_of_none_is_refused_by_name(
    acme, globex, ana, carla, api_inbox, conversation, api
):
    foreign = create_team(globex, name="sales", by=None)
    number = conversation.display_id
    doors: list[tuple[str, dict[str, Any]]] = [
        (f"conversations/{number}/assignments", {}),
        ("conversations", {"contact_id": carla.pk, "inbox_id": api_inbox.pk}),
    ]
    for team_id in (foreign.pk, 999_999):
        for path, body in doors:
            refused(api(ana).post(in_account(acme, path), {**body, "team_id": team_id}), 404, "team_id")
        bulk = {"type": "Conversation", "ids": [number], "fields": {"team_id": team_id}}
        refused(api(ana).post(in_account(acme, "bulk_actions"), bulk), 404, "team_id")


def test_more_numbers_than_one_change_takes_are_refused(acme, ana, conversation, api):
    body = {"type": "Conversation", "ids": list(range(1, 1002)), "fields": {"status": "resolved"}}
    refused(api(ana).post(in_account(acme, "bulk_actions"), body), 422, "ids")


def test_what_one_of_many_cannot_take_is_told_by_its_number(acme, ana, carla, api_inbox, conversation, api):
    other = start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    at = in_account(acme, f"conversations/{conversation.display_id}/labels")
    api(ana).post(at, {"labels": [f"n{number}" for number in range(100)]})
    numbers = [conversation.display_id, other.display_id]
    adding = {
        "type": "Conversation",
        "ids": numbers,
        "labels": {"add": [f"m{number}" for number in range(101)]},
    }
    answer = api(ana).post(in_account(acme, "bulk_actions"), adding)
    refused(answer, 422, "ids")
    assert f"#{conversation.display_id}" in answer.json()["error"]


ATTRIBUTES = [("number", 5, "x"), ("date", "2026-05-31", "soon"), ("link", "https://a.example", "javascript:x"),
              ("list", "gold", "iron"), ("checkbox", "true", "maybe"), ("text", "Hola", {"a": 1})]  # fmt: skip


@pytest.mark.feature("P-06", "P-07")
@pytest.mark.parametrize(("kind", "right", "wrong"), ATTRIBUTES)
def test_a_value_fits_its_attribute_at_every_door_or_is_refused_by_name(
    kind, right, wrong, acme, admin, ana, carla, api_inbox, conversation, api
):
    for model in (0, 1):
        create_definition(
            acme,
            key="plan",
            display_name="Plan",
            display_type=kind,
            values=["gold"],
            attribute_model=model,
            by=admin,
        )
    number = conversation.display_id
    doors: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"conversations/{number}/custom_attributes", {}),
        ("POST", "conversations", {"contact_id": carla.pk, "inbox_id": api_inbox.pk}),
        ("POST", "contacts", {"name": "Nora"}),
        ("PATCH", f"contacts/{carla.pk}", {}),
    ]
    for method, path, body in doors:
        given = {**body, "custom_attributes": {"plan": wrong, "own": "kept"}}
        refused(api(ana).call(method, in_account(acme, path), given), 422, "custom_attributes")
        given = {**body, "custom_attributes": {"plan": right, "own": "kept"}}
        answer = api(ana).call(method, in_account(acme, path), given).json()
        answer = answer.get("payload", answer)
        kept = answer.get("contact", answer)["custom_attributes"]
        assert kept == {"plan": True if kind == "checkbox" else right, "own": "kept"}


def test_a_value_from_before_its_attribute_changed_does_not_lock_the_others(
    acme, admin, ana, conversation, api
):
    at = in_account(acme, f"conversations/{conversation.display_id}/custom_attributes")
    api(ana).post(at, {"custom_attributes": {"plan": "iron"}})
    create_definition(acme, key="plan", display_name="Plan", display_type="list", values=["gold"], by=admin)
    answer = api(ana).post(at, {"custom_attributes": {"plan": "iron", "other": 1}})
    assert answer.json() == {"custom_attributes": {"plan": "iron", "other": 1}}
    assert api(ana).post(at, {"custom_attributes": {"plan": "lead"}}).status_code == 422


def test_smaller_things_that_were_lost_are_refused_by_name(
    acme, admin, ana, carla, api_inbox, conversation, api
):
    def ask(who: User, method: str, path: str, body: dict[str, Any]) -> Any:
        return api(who).call(method, in_account(acme, path), body)

    number = conversation.display_id
    refused(ask(ana, "PATCH", f"conversations/{number}", {"sla_policy_id": 5}), 422, "sla_policy_id")
    refused(ask(ana, "POST", "contacts", {"name": "N", "source_id": "crm-1"}), 422, "inbox_id")
    refused(ask(ana, "POST", "contacts", {"name": "N", "avatar_url": "javascript:1"}), 422, "avatar_url")
    refused(ask(ana, "PATCH", f"contacts/{carla.pk}", {"avatar_url": "nowhere"}), 422, "avatar_url")
    source = conversation.contact_inbox.source_id
    other = ask(ana, "POST", "contacts", {"name": "Other"}).json()["payload"]["contact"]["id"]
    refused(ask(ana, "POST", "conversations", {"source_id": source, "contact_id": other}), 404, "source_id")
    refused(
        ask(ana, "POST", f"conversations/{number}/participants", {"user_ids": [999_999]}), 422, "user_ids"
    )
    refused(ask(admin, "PATCH", f"inboxes/{api_inbox.pk}", {"portal_id": 5}), 422, "portal_id")
