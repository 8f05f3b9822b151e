"""Whatever is sent to conversations and messages, the answer is never a 500."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db

HUGE = 10**25
QUERY_VALUES = [HUGE, -HUGE, "%00", "a%00b", "%F0%9F%98%80", "-1", "[]", "%FF", "x" * 3000]
VALUES = [
    HUGE, -1, 0, 1.5, True, None, "", "a\x00b", "x" * 70_000, "9" * 30,
    [], [[]], ["\x00"], ["x"] * 500, {}, {"a": {"b": "\x00"}},
]  # fmt: skip
QUERIES = {
    "conversations": (
        "status assignee_type inbox_id team_id labels[] labels conversation_type sort_by source_id q updated_within page"
    ),
    "conversations/meta": "labels updated_within",
    "conversations/search": "q page",
    "conversations/1/messages": "before after",
    "conversations/1/attachments": "page",
    "search": "q page",
    "search/messages": "page from since until inbox_id",
    "canned_responses": "search",
}
BODIES = {
    "conversations": "source_id contact_id inbox_id status snoozed_until assignee_id team_id additional_attributes"
    " custom_attributes message",
    "conversations/filter": "payload page",
    "conversations/1/toggle_status": "status snoozed_until",
    "conversations/1/toggle_priority": "priority",
    "conversations/1/toggle_typing_status": "typing_status is_private",
    "conversations/1/assignments": "assignee_id team_id",
    "conversations/1/labels": "labels",
    "conversations/1/custom_attributes": "custom_attributes",
    "conversations/1/transcript": "email",
    "conversations/1/participants": "user_ids",
    "conversations/1/messages": "content private message_type content_type content_attributes attachments echo_id"
    " template_params sender_type sender_id source_id external_created_at campaign_id status",
    "bulk_actions": "ids fields labels snoozed_until type",
    "canned_responses": "short_code content menu opcion content_prompts",
}


@pytest.fixture
def base(acme, ana, carla, web_inbox):
    conversation = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    post_message(conversation, NewMessage("x"), by=ana)
    return {
        "conversations": {"contact_id": carla.pk, "inbox_id": web_inbox.pk},
        "conversations/1/messages": {"content": "x"},
        "bulk_actions": {"type": "Conversation", "ids": [1]},
        "canned_responses": {"short_code": "x", "content": "y"},
    }


@pytest.mark.parametrize("path", QUERIES)
def test_odd_queries(acme, admin, base, api, path):
    for name in QUERIES[path].split():
        for value in QUERY_VALUES:
            answer = api(admin).get(in_account(acme, f"{path}?q=x&{name}={value}"))
            assert answer.status_code < 500, (name, value, answer.content)


@pytest.mark.parametrize("path", BODIES)
def test_odd_bodies(acme, admin, base, api, path):
    for name in BODIES[path].split():
        for value in VALUES:
            answer = api(admin).post(in_account(acme, path), {**base.get(path, {}), name: value})
            assert answer.status_code < 500, (name, str(value)[:50], answer.content)


@pytest.mark.parametrize(
    "key", ["status", "assignee_id", "labels", "display_id", "created_at", "referer", "campaign_id"]
)
def test_odd_conditions(acme, admin, base, api, key):
    for operator in ("equal_to", "contains", "is_less_than", "days_before"):
        for value in VALUES:
            condition = {
                "attribute_key": key,
                "filter_operator": operator,
                "values": value,
                "query_operator": value,
            }
            answer = api(admin).post(in_account(acme, "conversations/filter"), {"payload": [condition]})
            assert answer.status_code < 500, (operator, str(value)[:50], answer.content)


def test_numbers_that_no_conversation_can_have(acme, admin, base, api):
    for method, rest in (("GET", ""), ("GET", "/messages"), ("POST", "/toggle_status"), ("DELETE", "")):
        answer = api(admin).call(method, in_account(acme, f"conversations/{HUGE}{rest}"))
        assert answer.status_code == 404


def test_an_address_nobody_has_is_told_in_json_to_programs_alone(client):
    nothing = client.get("/api/v1/accounts/1/nothing_of_the_kind")
    assert (nothing.status_code, list(nothing.json())[:1]) == (404, ["error"])
    assert "json" not in client.get("/packs/js/nothing.js").headers.get("Content-Type", "")
