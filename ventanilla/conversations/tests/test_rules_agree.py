"""What a list finds by a filter and what a row at hand is told by it are the same, whatever happened before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.models import AgentBot
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    assign_team,
    change_status,
    post_message,
    receive_message,
    set_priority,
)
from ventanilla.conversations.models import Conversation, Message, MessageStatus, Priority, Status
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.selectors import (
    filter_fields_for,
    filtered,
    filtered_messages,
    message_fields_for,
    message_rules,
    messages_at_hand,
    rows_at_hand,
    rules_of,
)
from ventanilla.conversations.tests.scenes import reply, talk
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.kit.clock import now
from ventanilla.labels.models import Label

pytestmark = pytest.mark.django_db

_ACTS = (
    "writes",
    "replies",
    "bot",
    "note",
    "closes",
    "opens",
    "ana",
    "bruno",
    "nobody",
    "team",
    "urgent",
    "low",
    "plan",
)
_WRITTEN = {
    "text": ["a", "Ñ", "carla@example.com", "12", "%", "_"],
    "number": ["1", "2.5"],
    "phone": ["569"],
    "boolean": ["true"],
    "relation": ["vip", "none"],
}


@pytest.fixture
def scene(acme, ana, bruno, carla, web_inbox, api_inbox):
    AttributeDefinition.objects.create(
        account=acme,
        attribute_model=AttributeModel.CONVERSATION,
        key="plan",
        display_name="Plan",
        display_type=DisplayType.TEXT,
    )
    bot = AgentBot.objects.create(account=acme, name="Robot")
    api_inbox.agent_bot = bot
    api_inbox.save()
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    Label.objects.create(account=acme, title="vip", color="#112233")
    return {"team": create_team(acme, name="sales", by=None), "bot": bot}


def _act(conversation: Conversation, act: str, people: dict[str, Any]) -> None:
    conversation.refresh_from_db()
    if act == "writes":
        receive_message(conversation, NewMessage("¿Ñandú?"), sender=people["carla"])
    elif act in {"replies", "bot"}:
        reply(conversation, by=people["ana" if act == "replies" else "robot"])
    elif act == "note":
        post_message(conversation, NewMessage("psst", private=True), by=people["bruno"])
    elif act in {"closes", "opens"}:
        change_status(
            conversation, status=Status.RESOLVED if act == "closes" else Status.OPEN, by=people["bruno"]
        )
    elif act in {"ana", "bruno", "nobody"}:
        assign_agent(conversation, assignee=people.get(act), by=people["bruno"])
    elif act == "team":
        assign_team(conversation, team=people["team"], by=None)
    elif act in {"urgent", "low"}:
        set_priority(conversation, priority=Priority[act.upper()], by=people["bruno"])
    else:
        Conversation.objects.filter(pk=conversation.pk).update(custom_attributes={"plan": "Pro ñ"})


def _conditions(fields: list[dict[str, Any]], ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    today = now().date()
    days = [(today + timedelta(days=shift)).isoformat() for shift in (-1, 0, 1)]

    def one(field: dict[str, Any], operator: str, number: int) -> dict[str, Any]:
        words = [choice["value"] for choice in field["choices"]] or _WRITTEN.get(field["kind"], ids)
        words = days if field["kind"] in {"moment", "date"} else words
        words = ["0", "1"] if operator == "days_before" else words
        if field["key"] == "channel":
            words = ["webchat", "API"]
        values = [words[number % len(words)], words[number // 7 % len(words)]][: 1 + number % 2]
        return {
            "attribute_key": field["key"],
            "custom_attribute_type": field["model"],
            "filter_operator": operator,
            "values": [] if operator.endswith("present") else values,
            "query_operator": "OR" if number % 3 == 0 else "AND",
        }

    pairs = [(field, operator) for field in fields for operator in field["operators"]]
    return st.builds(lambda pair, number: one(*pair, number), st.sampled_from(pairs), st.integers(0, 96))


@pytest.mark.feature(
    "D-COL-08", "D-COL-09", "D-COL-10", "D-COL-11", "D-COL-12", "D-COL-13", "D-COL-14", "D-COL-15", "D-COL-16",
    "D-COL-17", "D-COL-18", "D-COL-19", "D-COL-20", "D-COL-21", "D-COL-22", "D-COL-23", "D-COL-27",
)  # fmt: skip
def test_rows_at_hand_are_told_what_lists_find(acme, admin, ana, bruno, carla, web_inbox, api_inbox, scene):
    people = {"carla": carla, "ana": ana, "bruno": bruno, "robot": scene["bot"], "team": scene["team"]}
    talks = [talk(carla, inbox) for inbox in (web_inbox, api_inbox, web_inbox, api_inbox)]
    Conversation.objects.filter(pk=talks[1].pk).update(created_at=now() - timedelta(days=2))
    ids = [str(one) for one in (ana.pk, bruno.pk, scene["team"].pk, scene["bot"].pk, web_inbox.pk, 10**6)]
    fields, seen = filter_fields_for(acme), visibility_for(admin, acme)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(_ACTS)), max_size=4),
        st.lists(st.lists(_conditions(fields, ids), max_size=4), min_size=6, max_size=6),
    )
    def agree(acts, filters):
        for place, act in acts:
            _act(talks[place], act, people)
        rows = rows_at_hand([one.pk for one in talks])
        for conditions, rule in zip(filters, rules_of(acme, filters), strict=True):
            assert rule is not None
            found = set(filtered(seen, acme, conditions).values_list("pk", flat=True))
            assert found == {pk for pk, row in rows.items() if rule.holds(row)}, conditions

    agree()


@pytest.mark.feature("D-EXP-08", "D-EXP-09", "D-EXP-10", "D-EXP-11")
def test_messages_at_hand_are_told_what_lists_of_messages_find(
    acme, admin, ana, bruno, carla, web_inbox, api_inbox, scene
):
    people = {"carla": carla, "ana": ana, "bruno": bruno, "robot": scene["bot"], "team": scene["team"]}
    talks = [talk(carla, inbox, "¡Hola!") for inbox in (web_inbox, api_inbox)]
    receive_message(
        talks[0], NewMessage("@us", content_attributes={"public": True, "mention": True}), sender=carla
    )
    ids = [str(one) for one in (ana.pk, bruno.pk, scene["bot"].pk, web_inbox.pk, carla.pk)]
    seen = visibility_for(admin, acme)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from(_ACTS)), max_size=3),
        st.lists(st.lists(_conditions(message_fields_for(acme), ids), max_size=3), min_size=6, max_size=6),
    )
    def agree(acts, filters):
        for place, act in acts:
            _act(talks[place], act, people)
        rows = messages_at_hand(list(Message.objects.values_list("pk", flat=True)))
        for conditions, rule in zip(filters, message_rules(acme, filters), strict=True):
            assert rule is not None
            found = set(filtered_messages(seen, acme, conditions).values_list("pk", flat=True))
            assert found == {pk for pk, row in rows.items() if rule.holds(row)}, conditions

    agree()
    assert not Message.objects.filter(status=MessageStatus.FAILED).exists()


def _found(account, user, key: str, *values: str) -> set[int]:
    condition = {"attribute_key": key, "filter_operator": "equal_to", "values": list(values)}
    rows = filtered(visibility_for(user, account), account, [condition])
    return set(rows.values_list("display_id", flat=True))


@pytest.mark.feature("D-COL-09", "D-COL-10", "D-COL-11", "D-COL-13", "D-COL-14", "D-COL-22")
def test_only_a_person_addresses_a_ticket_and_a_bot_has_what_is_pending_in_its_channel(
    acme, admin, ana, bruno, carla, web_inbox, api_inbox, scene
):
    alone, hers, robots = (talk(carla, inbox, "Hi") for inbox in (web_inbox, web_inbox, api_inbox))
    assign_agent(hers, assignee=ana, by=None)
    reply(robots, by=scene["bot"])
    n = {name: one.display_id for name, one in (("alone", alone), ("hers", hers), ("robots", robots))}
    assert _found(acme, admin, "assigned_to", "nobody") == {n["alone"]}
    assert _found(acme, admin, "assigned_to", "anyone") == {n["hers"], n["robots"]}
    assert _found(acme, admin, "assigned_to", "human") == {n["hers"]}
    assert _found(acme, admin, "bot_id", str(scene["bot"].pk)) == {n["robots"]}
    assert _found(acme, admin, "addressed", "yes") == set()
    reply(hers, by=ana)
    assert _found(acme, admin, "addressed", "yes") == {n["hers"]}
    change_status(hers, status=Status.RESOLVED, by=ana)
    change_status(alone, status=Status.RESOLVED, by=ana)
    assert _found(acme, admin, "ticket_state", "closed") == {n["hers"]}
    assert _found(acme, admin, "ticket_state", "ignored") == {n["alone"]}
    assert _found(acme, admin, "ticket_state", "open") == {n["robots"]}
