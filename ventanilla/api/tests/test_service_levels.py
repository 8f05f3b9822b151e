"""SLA policies, what they did, and service levels at the doors (contract B.6, F.23)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from ventanilla.conversations.commands import change_status
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.tests.scenes import activity, talk
from ventanilla.labels.commands import create_label
from ventanilla.service_levels.jobs import tick
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GOLD = {
    "sla_policy": {"name": "Gold", "first_response_time_threshold": 600, "resolution_time_threshold": 7200}
}


@pytest.fixture
def policies(acme) -> str:
    return in_account(acme, "sla_policies")


@pytest.fixture
def gold(policies, admin, api) -> int:
    return api(admin).post(policies, GOLD).json()["payload"]["id"]


def test_policies_are_read_by_all_and_changed_by_administrators(acme, admin, ana, api, policies, gold):
    made = api(ana).get(f"{policies}/{gold}").json()["payload"]
    assert (made["name"], made["next_response_time_threshold"]) == ("Gold", None)
    assert api(ana).post(policies, GOLD).status_code == 401
    assert api(ana).patch(f"{policies}/{gold}", {"name": "X"}).status_code == 401
    changed = api(admin).patch(f"{policies}/{gold}", {"name": "Oro", "only_during_business_hours": True})
    assert changed.json()["payload"]["only_during_business_hours"]
    assert api(admin).delete(f"{policies}/{gold}").status_code == 200
    assert api(admin).get(policies).json() == {"payload": []}
    restored = api(admin).post(f"/api/desk/accounts/{acme.pk}/service_levels/policies/{gold}/restore", {})
    assert restored.json()["payload"]["name"] == "Oro"


def test_null_is_no_answer_to_when_clocks_pause_and_each_state_stands_once(admin, api, policies):
    made = api(admin).post(policies, {"name": "Gold", "pauses": None})
    assert made.json()["payload"]["pauses"] == ["snoozed", "pending"]
    path = f"{policies}/{made.json()['payload']['id']}"
    twice = api(admin).patch(path, {"pauses": ["pending", "pending"]})
    assert twice.json()["payload"]["pauses"] == ["pending"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "A", "first_response_time_threshold": -1}, "first_response_time_threshold"),
        ({"name": "A", "pauses": ["open"]}, "pauses"),
        ({"name": "A", "position": -1}, "position"),
        ({"name": "A", "position": 2**40}, "position"),
        ({"name": "A", "conditions": [{"attribute_key": "nonsense"}]}, "conditions"),
    ],
)
def test_what_is_no_policy_is_refused_by_name(admin, api, policies, given, field):
    answer = api(admin).post(policies, given)
    assert answer.status_code == 422
    assert any(name.startswith(field) for name in answer.json()["attributes"])


def test_a_conversation_gets_one_policy_and_shows_how_it_stands(
    acme, admin, ana, carla, web_inbox, api, policies, gold, drain_log
):
    with time_machine.travel(MONDAY, tick=False):
        conversation = talk(carla, web_inbox, "Hello")
        drain_log()
        path = in_account(acme, f"conversations/{conversation.display_id}")
        shown = api(ana).patch(path, {"sla_policy_id": gold}).json()
        assert shown["sla_policy_id"] == gold
        assert shown["applied_sla"]["sla_status"] == "active"
        assert shown["service_level"]["promise"] == "first_response"
        assert shown["service_level"]["due_at"] == (MONDAY + timedelta(minutes=10)).timestamp()
        assert activity(conversation) == ["sla_added"]
        other = api(admin).post(policies, {"name": "Silver"}).json()["payload"]["id"]
        assert api(ana).patch(path, {"sla_policy_id": other}).status_code == 422
        assert api(ana).patch(path, {"sla_policy_id": 999_999}).json()["attributes"] == ["sla_policy_id"]
        drain_log()
    with time_machine.travel(MONDAY + timedelta(minutes=11), tick=False):
        tick()
        shown = api(ana).get(path).json()
        assert shown["applied_sla"]["sla_status"] == "active_with_misses"
        assert [event["event_type"] for event in shown["sla_events"]] == ["frt"]
        change_status(conversation, status=Status.RESOLVED, by=None)
        drain_log()
        assert api(ana).get(path).json()["applied_sla"]["sla_status"] == "missed"

        report = in_account(acme, "applied_slas")
        assert api(ana).get(report).json()["payload"] == []
        assert api(ana).get(f"{report}/metrics").status_code == 401
        found = api(admin).get(report).json()
        assert found["meta"] == {"count": 1, "current_page": 1}
        row = found["payload"][0]
        assert row["conversation"]["id"] == conversation.pk
        assert row["sla_events"][0]["event_type"] == "frt"
        assert api(admin).get(f"{report}/metrics").json() == {
            "total_applied_slas": 1,
            "number_of_sla_misses": 1,
            "hit_rate": "0%",
        }
        assert api(admin).get(f"{report}?sla_policy_id={other}").json()["meta"]["count"] == 0
        table = api(admin).get(f"{report}/download")
        assert "breached_conversation.csv" in table["Content-Disposition"]
        assert b"Gold" in table.content


def test_a_policy_is_given_by_its_conditions(acme, admin, carla, web_inbox, api, policies, drain_log):
    create_label(acme, title="vip", by=admin)
    rule = {
        "attribute_key": "labels",
        "filter_operator": "equal_to",
        "values": ["vip"],
        "query_operator": None,
    }
    made = api(admin).post(
        policies, {"name": "VIP", "next_response_time_threshold": 60, "conditions": [rule]}
    )
    policy = made.json()["payload"]["id"]
    plain, vip = talk(carla, web_inbox, "Hello"), talk(carla, web_inbox, "Hello")
    drain_log()
    path = in_account(acme, f"conversations/{vip.display_id}")
    api(admin).post(f"{path}/labels", {"labels": ["vip"]})
    drain_log()
    assert api(admin).get(path).json()["sla_policy_id"] == policy
    assert Conversation.objects.get(pk=plain.pk).sla_policy_id is None


def test_lists_are_sorted_by_what_is_due_first(acme, admin, carla, web_inbox, api, drain_log):
    levels = f"/api/desk/accounts/{acme.pk}/service_levels"
    answer = api(admin).patch(levels, {"first_response": 600})
    assert answer.json()["levels"][0]["first_response"] == 600
    with time_machine.travel(MONDAY, tick=False):
        early = talk(carla, web_inbox, "Hello")
        change_status(early, status=Status.PENDING, by=None)
        drain_log()
    numbers = [early.display_id]
    for minute in (2, 1):
        with time_machine.travel(MONDAY + timedelta(minutes=minute), tick=False):
            numbers.append(talk(carla, web_inbox, "Hello").display_id)
            drain_log()
    listed = api(admin).get(in_account(acme, "conversations?status=all&sort_by=sla_due_at_asc")).json()
    assert [row["id"] for row in listed["data"]["payload"]] == [numbers[2], numbers[1], numbers[0]]


@pytest.mark.feature("D-SLA-02")
def test_levels_of_a_channel_and_a_team_are_set_and_given_back(acme, admin, ana, web_inbox, api):
    levels = f"/api/desk/accounts/{acme.pk}/service_levels"
    assert api(ana).get(levels).status_code == 403
    api(admin).patch(levels, {"first_response": 3600, "in_business_hours": True})
    place = {"inbox_id": web_inbox.pk, "first_response": 300}
    assert len(api(admin).patch(levels, place).json()["levels"]) == 2
    back = api(admin).patch(levels, {"inbox_id": web_inbox.pk, "first_response": None}).json()
    assert [row["inbox_id"] for row in back["levels"]] == [None]
    assert api(admin).patch(levels, {"inbox_id": 999_999, "first_response": 1}).status_code == 404
    assert api(admin).patch(levels, {"first_response": -5}).status_code == 422
