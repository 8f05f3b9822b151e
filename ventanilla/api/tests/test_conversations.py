"""Conversations over the API (B.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.commands.users import issue_access_token
from ventanilla.accounts.models import Account, AgentBot
from ventanilla.api.application.conversation_shapes import ConversationShape
from ventanilla.api.application.conversations import ConversationList
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    assign_team,
    change_status,
    post_message,
    receive_message,
    set_custom_attributes,
    set_labels,
    set_priority,
    start_conversation,
)
from ventanilla.conversations.models import Conversation, Message, Participant, Priority, Status
from ventanilla.inboxes.commands.inboxes import connect_bot
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import from_epoch
from ventanilla.testing.cast import ApiClient, in_account

pytestmark = pytest.mark.django_db


def talk(contact, inbox, *said: str, **given) -> Conversation:
    conversation = start_conversation(ensure_contact_inbox(contact, inbox=inbox), by=None, **given)
    for text in said:
        receive_message(conversation, NewMessage(text), sender=contact)
    return conversation


@pytest.fixture
def ask(acme, api):
    """`ask(ana, "GET", "conversations")`: the decoded body of a 200."""

    def ask(user, method: str, path: str, body=None):
        answer = api(user).call(method, in_account(acme, path), body)
        assert answer.status_code == 200, answer.content
        return answer.json() if answer.content else None

    return ask


def ids(body) -> list[int]:
    payload = body["data"]["payload"] if "data" in body else body["payload"]
    return [conversation["id"] for conversation in payload]


@pytest.fixture
def scene(acme, ana, bruno, carla, web_inbox):
    """Seven conversations: 1 ana's, 2 bruno's, 3 no one's, 4 pending, 5 snoozed, 6 resolved, 7 unanswered and labelled."""
    made = [talk(carla, web_inbox, f"message {number}") for number in range(1, 8)]
    assign_agent(made[0], assignee=ana, by=None)
    assign_agent(made[1], assignee=bruno, by=None)
    for conversation, status in zip(
        made[3:6], (Status.PENDING, Status.SNOOZED, Status.RESOLVED), strict=True
    ):
        change_status(conversation, status=status, by=None)
    set_labels(made[6], titles=["vip"], by=None)
    for conversation in made[:6]:
        post_message(conversation, NewMessage("answer"), by=bruno)
    return made


@pytest.mark.feature("C-11")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {1, 2, 3, 7}),
        ("status=open", {1, 2, 3, 7}),
        ("status=pending", {4}),
        ("status=snoozed", {5}),
        ("status=resolved", {6}),
        ("status=all", {1, 2, 3, 4, 5, 6, 7}),
        ("status=&assignee_type=&inbox_id=&team_id=&page=", {1, 2, 3, 7}),
    ],
)
def test_the_list_has_one_state_and_its_counts_match(scene, ana, ask, query, expected):
    body = ask(ana, "GET", f"conversations?{query}")

    assert set(ids(body)) == expected
    assert body["data"]["meta"]["all_count"] == len(expected)
    assert ask(ana, "GET", f"conversations/meta?{query}")["meta"] == body["data"]["meta"]


@pytest.mark.feature("C-13")
def test_mine_unassigned_and_all_each_have_their_count_whatever_tab_is_open(scene, ana, ask):
    tabs = {
        tab: ask(ana, "GET", f"conversations?assignee_type={tab}")
        for tab in ("me", "unassigned", "assigned", "all")
    }

    assert {tab: set(ids(body)) for tab, body in tabs.items()} == {
        "me": {1}, "unassigned": {3, 7}, "assigned": {1, 2}, "all": {1, 2, 3, 7},
    }  # fmt: skip
    counts = {"mine_count": 1, "assigned_count": 2, "unassigned_count": 2, "all_count": 4}
    assert all(body["data"]["meta"] == counts for body in tabs.values())


@pytest.mark.feature("C-15", "C-16")
def test_unattended_mentioned_and_followed_conversations(scene, ana, bruno, ask):
    post_message(scene[2], NewMessage(f"[@a](mention://user/{ana.pk}/a)", private=True), by=bruno)

    assert ids(ask(ana, "GET", "conversations?conversation_type=unattended")) == [7]
    assert ids(ask(ana, "GET", "conversations?conversation_type=mention")) == [3]
    assert set(ids(ask(ana, "GET", "conversations?conversation_type=participating"))) == {1, 3}


def test_the_list_is_narrowed_by_inbox_team_label_and_source(acme, scene, ana, carla, api_inbox, ask):
    elsewhere = talk(carla, api_inbox)
    team = create_team(acme, name="sales", by=None)
    assign_team(scene[2], team=team, by=None)

    assert ids(ask(ana, "GET", f"conversations?inbox_id={api_inbox.pk}")) == [elsewhere.display_id]
    assert ids(ask(ana, "GET", f"conversations?team_id={team.pk}")) == [3]
    assert ids(ask(ana, "GET", "conversations?labels[]=vip&labels[]=other")) == [7]
    assert ids(ask(ana, "GET", "conversations?labels=vip")) == [7]
    assert ids(ask(ana, "GET", f"conversations?source_id={elsewhere.contact_inbox.source_id}")) == [
        elsewhere.display_id
    ]


def test_words_search_all_states(scene, ana, ask, drain_log):
    drain_log()
    assert ids(ask(ana, "GET", "conversations?q=MESSAGE+6")) == [6]
    found = ask(ana, "GET", "conversations/search?q=message+6")
    assert [row["messages"][0]["content"] for row in found["payload"]] == ["message 6"]
    assert found["meta"]["all_count"] == 1


def test_what_changed_lately_comes_without_pages(scene, ana, ask):
    assert len(ids(ask(ana, "GET", "conversations?status=all&updated_within=60&page=9"))) == 7
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert ids(ask(ana, "GET", "conversations?status=all&updated_within=60")) == []


def test_orders(scene, ana, ask):
    set_priority(scene[0], priority=Priority.LOW, by=None)
    set_priority(scene[6], priority=Priority.URGENT, by=None)

    def order(name: str) -> list[int]:
        return ids(ask(ana, "GET", f"conversations?sort_by={name}"))

    assert order("created_at_asc") == [1, 2, 3, 7]
    assert order("created_at_desc") == [7, 3, 2, 1]
    assert order("priority_desc") == [7, 1, 3, 2]
    assert order("priority_asc") == [1, 7, 3, 2]
    assert order("waiting_since_asc")[0] == 7  # the only one that waits; nulls come last
    assert order("waiting_since_desc")[0] == 7
    assert order("last_activity_at_asc") == order("last_activity_at_desc")[::-1]
    assert order("latest") == order("nonsense") == order("last_activity_at_desc")
    assert order("sort_on_created_at") == order("created_at_asc")


def test_pages_have_twenty_five(acme, ana, web_inbox, carla, ask):
    for _ in range(27):
        talk(carla, web_inbox)

    first, second = (ids(ask(ana, "GET", f"conversations?page={page}")) for page in (1, 2))
    assert (len(first), len(second)) == (25, 2)
    assert not set(first) & set(second)
    assert ids(ask(ana, "GET", "conversations?page=nonsense")) == first
    assert ids(ask(ana, "GET", "conversations?page=999999999999999999999")) == []


@pytest.mark.parametrize("query", ["status=nope", "assignee_type=x", "conversation_type=x", "inbox_id=abc"])
def test_words_that_do_not_exist_are_a_422(acme, ana, web_inbox, api, query):
    answer = api(ana).get(in_account(acme, f"conversations?{query}"))

    assert answer.status_code == 422
    assert answer.json()["error"]


def condition(key, operator, values, joined=None, **more):
    return {
        "attribute_key": key,
        "filter_operator": operator,
        "values": values,
        "query_operator": joined,
        **more,
    }


@pytest.mark.feature("C-23")
def test_filters_combine_with_and_and_or(acme, scene, ana, bruno, web_inbox, ask):
    def found(*conditions) -> set[int]:
        body = ask(ana, "POST", "conversations/filter", {"payload": list(conditions)})
        assert body["meta"]["all_count"] == len(body["payload"])
        return set(ids(body))

    today = timezone.now().date()
    set_custom_attributes(scene[0], attributes={"plan": "gold"}, by=None)
    assert found(condition("status", "equal_to", ["all"])) == {1, 2, 3, 4, 5, 6, 7}
    assert found(condition("status", "equal_to", ["open", "pending"])) == {1, 2, 3, 4, 7}
    assert found(condition("status", "not_equal_to", ["open"])) == {4, 5, 6}
    assert found(
        condition("assignee_id", "equal_to", [ana.pk], "OR"), condition("labels", "equal_to", ["vip"])
    ) == {1, 7}
    assert found(
        condition("inbox_id", "equal_to", [web_inbox.pk], "AND"),
        condition("assignee_id", "is_present", [], "AND"),
        condition("status", "equal_to", ["open"]),
    ) == {1, 2}
    assert found(
        condition("team_id", "is_not_present", [], "AND"), condition("display_id", "equal_to", [3])
    ) == {3}
    assert found(condition("created_at", "is_less_than", [str(today)])) == set()
    assert len(found(condition("created_at", "is_less_than", [str(today + timedelta(days=2))]))) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        condition("nonsense", "equal_to", ["x"]),
        condition("status", "contains", ["x"]),
        condition("status", "equal_to", []),
        condition("status", "equal_to", ["x"]),
        condition("created_at", "is_less_than", ["yesterday"]),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_422(acme, ana, api, wrong):
    answer = api(ana).post(in_account(acme, "conversations/filter"), {"payload": [wrong]})

    assert answer.status_code == 422
    assert answer.json()["error"]


def test_lists_and_filters_show_an_agent_their_inboxes_only(acme, bruno, carla, api_inbox, ask, drain_log):
    talk(carla, api_inbox, "hidden words")
    drain_log()

    assert ids(ask(bruno, "GET", "conversations")) == []
    assert (
        ids(
            ask(
                bruno, "POST", "conversations/filter", {"payload": [condition("status", "equal_to", ["all"])]}
            )
        )
        == []
    )
    assert ask(bruno, "GET", "conversations/search?q=hidden")["payload"] == []
    assert ask(bruno, "GET", "conversations/meta")["meta"]["all_count"] == 0
    assert ask(bruno, "GET", "search?q=hidden")["payload"]["messages"] == []
    assert ask(bruno, "GET", "search?q=Carla")["payload"]["conversations"] == []


def test_the_body_is_what_the_document_says(acme, scene, ana, ask):
    ConversationList.model_validate(ask(ana, "GET", "conversations?status=all"), strict=True)
    for conversation in scene:
        ConversationShape.model_validate(
            ask(ana, "GET", f"conversations/{conversation.display_id}"), strict=True
        )


# ── beginning ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_conversation_begins_with_a_contact_in_an_inbox_and_a_first_message(
    acme, ana, carla, api_inbox, ask
):
    body = ask(
        ana,
        "POST",
        "conversations",
        {
            "contact_id": str(carla.pk),
            "inbox_id": str(api_inbox.pk),
            "status": "snoozed",
            "assignee_id": ana.pk,
            "custom_attributes": {"plan": "gold"},
            "message": {"content": "Hello"},
        },
    )

    assert (body["id"], body["status"], body["custom_attributes"]) == (1, "snoozed", {"plan": "gold"})
    assert body["meta"]["assignee"]["id"] == ana.pk
    assert body["messages"][0]["content"] == "Hello"


def test_a_conversation_begins_with_a_known_identity(acme, ana, carla, api_inbox, ask):
    source_id = ensure_contact_inbox(carla, inbox=api_inbox).source_id

    assert ask(ana, "POST", "conversations", {"source_id": source_id})["meta"]["sender"]["id"] == carla.pk


def test_an_identity_of_another_contact_is_refused(acme, ana, carla, api_inbox, api):
    source_id = ensure_contact_inbox(carla, inbox=api_inbox).source_id
    other = create_contact(acme, name="Other", by=None)

    answer = api(ana).post(
        in_account(acme, "conversations"),
        {"contact_id": other.pk, "inbox_id": api_inbox.pk, "source_id": source_id},
    )

    assert answer.status_code == 422


def test_an_inbox_that_locks_to_one_conversation_answers_the_newest(acme, ana, carla, api_inbox, ask):
    Inbox.objects.filter(pk=api_inbox.pk).update(lock_to_single_conversation=True)
    source_id = talk(carla, api_inbox).contact_inbox.source_id

    assert ask(ana, "POST", "conversations", {"source_id": source_id})["id"] == 1


def test_a_message_that_is_refused_takes_its_new_conversation_with_it(acme, ana, carla, api_inbox, api):
    answer = api(ana).post(
        in_account(acme, "conversations"),
        {"contact_id": carla.pk, "inbox_id": api_inbox.pk, "message": {"content": ""}},
    )

    assert answer.status_code == 422
    assert not Conversation.objects.exists()


def test_nobody_begins_one_in_an_inbox_they_may_not_open(acme, bruno, carla, api_inbox, api):
    source_id = ensure_contact_inbox(carla, inbox=api_inbox).source_id

    for body in ({"source_id": source_id}, {"contact_id": carla.pk, "inbox_id": api_inbox.pk}):
        assert api(bruno).post(in_account(acme, "conversations"), body).status_code == 404


# ── state ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return talk(carla, web_inbox, "Hi")


@pytest.mark.feature("C-10")
def test_toggling_without_a_state_resolves_what_is_open_and_opens_the_rest(conversation, ana, ask):
    for expected in ("resolved", "open"):
        body = ask(ana, "POST", "conversations/1/toggle_status")
        assert body["payload"] == {
            "success": True, "conversation_id": 1, "current_status": expected, "snoozed_until": None,
        }  # fmt: skip
    change_status(conversation, status=Status.PENDING, by=None)
    assert ask(ana, "POST", "conversations/1/toggle_status")["payload"]["current_status"] == "open"


def test_a_snooze_takes_its_end_in_seconds_also_as_text(conversation, ana, ask):
    body = ask(
        ana, "POST", "conversations/1/toggle_status", {"status": "snoozed", "snoozed_until": "1900000000"}
    )

    assert body["payload"]["snoozed_until"] == "2030-03-17T17:46:40.000Z"
    assert ask(ana, "GET", "conversations/1")["snoozed_until"] == "2030-03-17T17:46:40.000Z"


@pytest.mark.parametrize("body", [{"status": "closed"}, {"status": "snoozed", "snoozed_until": "soon"}])
def test_a_state_that_does_not_exist_is_a_422(acme, conversation, ana, api, body):
    assert api(ana).post(in_account(acme, "conversations/1/toggle_status"), body).status_code == 422


@pytest.mark.parametrize(
    ("given", "stored"), [("high", "high"), (3, "urgent"), ("none", None), (None, None), ("", None)]
)
def test_a_priority_is_set_and_cleared_in_every_way_clients_do_it(conversation, ana, ask, given, stored):
    set_priority(conversation, priority=Priority.LOW, by=None)

    ask(ana, "POST", "conversations/1/toggle_priority", {"priority": given})
    assert ask(ana, "GET", "conversations/1")["priority"] == stored
    assert ask(ana, "PUT", "conversations/1", {"priority": "medium"})["priority"] == "medium"


def test_assignments_answer_the_agent_the_team_or_null(acme, conversation, ana, bruno, ask):
    team = create_team(acme, name="sales", by=None)

    assert ask(ana, "POST", f"conversations/1/assignments?assignee_id={bruno.pk}")["id"] == bruno.pk
    assert ask(ana, "POST", "conversations/1/assignments", {"assignee_id": None}) is None
    answer = ask(ana, "POST", f"conversations/1/assignments?team_id={team.pk}")
    assert answer["name"] == "sales"
    assert answer["created_at"].endswith("Z")
    assert ask(ana, "POST", "conversations/1/assignments?team_id=0") is None
    both = {"assignee_id": ana.pk, "team_id": team.pk}
    assert ask(ana, "POST", "conversations/1/assignments", both)["id"] == ana.pk
    assert ask(ana, "POST", "conversations/1/assignments", {}) is None
    stored = Conversation.objects.get()
    assert (stored.assignee_id, stored.team_id) == (ana.pk, None)


def test_agents_and_teams_of_another_account_do_not_exist(acme, globex, conversation, ana, gus, api):
    theirs = create_team(globex, name="theirs", by=None)

    for query in (f"assignee_id={gus.pk}", f"team_id={theirs.pk}"):
        assert api(ana).post(in_account(acme, f"conversations/1/assignments?{query}")).status_code == 404


def test_labels_attributes_and_the_shared_draft_are_replaced_and_read(conversation, ana, bruno, ask):
    assert ask(ana, "POST", "conversations/1/labels", {"labels": ["VIP", "claim"]}) == {
        "payload": ["claim", "vip"]
    }
    assert ask(ana, "POST", "conversations/1/labels?labels[]=one", None) == {"payload": ["one"]}
    assert ask(ana, "GET", "conversations/1/labels") == {"payload": ["one"]}
    attributes = {"custom_attributes": {"a": [1, {"b": None}]}}
    assert ask(ana, "POST", "conversations/1/custom_attributes", attributes) == attributes
    assert ask(ana, "GET", "conversations/1/draft_messages") == {"has_draft": False}
    ask(ana, "PUT", "conversations/1/draft_messages", {"draft_message": {"message": "so far"}})
    assert ask(bruno, "GET", "conversations/1/draft_messages") == {"has_draft": True, "message": "so far"}
    ask(bruno, "DELETE", "conversations/1/draft_messages")
    assert ask(ana, "GET", "conversations/1/draft_messages") == {"has_draft": False}


def test_seen_and_unread_answer_the_conversation(conversation, ana, ask):
    seen = ask(ana, "POST", "conversations/1/update_last_seen")
    assert (seen["unread_count"], seen["agent_last_seen_at"] > 0) == (0, True)
    assert ask(ana, "POST", "conversations/1/unread")["unread_count"] == 1


def test_an_analysts_look_leaves_no_trace(conversation, vera, ask):
    assert ask(vera, "POST", "conversations/1/update_last_seen")["unread_count"] == 1
    assert Conversation.objects.get().agent_last_seen_at is None


def test_a_transcript_needs_an_address(acme, conversation, ana, api):
    for body, status in (({}, 422), ({"email": "nonsense"}, 422), ({"email": "c@example.com"}, 200)):
        answer = api(ana).post(in_account(acme, "conversations/1/transcript"), body)
        assert answer.status_code == status


@pytest.mark.feature("Z-26")
def test_participants_are_added_set_and_removed(acme, conversation, ana, bruno, gus, ask, api):
    def following() -> set[int]:
        return {agent["id"] for agent in ask(ana, "GET", "conversations/1/participants")}

    added = ask(ana, "POST", "conversations/1/participants", {"user_ids": [ana.pk, bruno.pk]})
    assert [agent["id"] for agent in added] == [ana.pk, bruno.pk]
    assert ask(ana, "POST", "conversations/1/participants", {"user_ids": [bruno.pk]}) == []
    assert [a["id"] for a in ask(ana, "PUT", "conversations/1/participants", {"user_ids": [bruno.pk]})] == [
        bruno.pk
    ]
    assert following() == {bruno.pk}
    ask(ana, "DELETE", "conversations/1/participants", {"user_ids": [bruno.pk]})
    assert following() == set()
    refused = api(ana).post(in_account(acme, "conversations/1/participants"), {"user_ids": [gus.pk]})
    assert refused.status_code == 422
    assert not Participant.objects.exists()


@pytest.mark.feature("V-CNV-03")
def test_only_administrators_delete_conversations(acme, conversation, ana, admin, api):
    assert api(ana).delete(in_account(acme, "conversations/1")).status_code == 401
    assert api(admin).delete(in_account(acme, "conversations/1")).status_code == 200
    assert api(admin).get(in_account(acme, "conversations/1")).status_code == 404


@pytest.mark.feature("C-20")
def test_a_contacts_conversations_are_those_the_reader_may_see(
    conversation, carla, bruno, admin, api_inbox, ask
):
    talk(carla, api_inbox)

    assert ids(ask(bruno, "GET", f"contacts/{carla.pk}/conversations")) == [1]
    assert set(ids(ask(admin, "GET", f"contacts/{carla.pk}/conversations"))) == {1, 2}


@pytest.mark.feature("C-22")
def test_after_a_transfer_the_new_assignee_reads_everything_notes_too(conversation, ana, bruno, ask):
    post_message(conversation, NewMessage("between us", private=True), by=ana)
    assign_agent(conversation, assignee=bruno, by=ana)

    thread = ask(bruno, "GET", "conversations/1/messages")
    assert {"Hi", "between us"} <= {message["content"] for message in thread["payload"]}


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────


def test_many_are_changed_at_once_or_none_when_one_is_not_to_be_seen(
    acme, carla, ana, bruno, admin, web_inbox, api_inbox, ask, api
):
    for inbox in (web_inbox, web_inbox, api_inbox):
        set_labels(talk(carla, inbox), titles=["old"], by=None)
    change = {
        "type": "Conversation",
        "fields": {"assignee_id": bruno.pk, "status": "resolved", "team_id": None},
        "labels": {"add": ["new"], "remove": ["old"]},
    }

    refused = api(bruno).post(in_account(acme, "bulk_actions"), {**change, "ids": [1, 2, 3, 99]})
    assert (refused.status_code, refused.json()["attributes"]) == (404, ["ids"])
    assert "#3, #99" in refused.json()["error"]
    assert not Conversation.objects.exclude(label_titles=["old"]).exists()
    ask(bruno, "POST", "bulk_actions", {**change, "ids": [1, 2]})

    stored = {
        row.display_id: (row.assignee_id, row.status, row.label_titles) for row in Conversation.objects.all()
    }
    assert stored == {
        1: (bruno.pk, Status.RESOLVED, ["new"]),
        2: (bruno.pk, Status.RESOLVED, ["new"]),
        3: (None, Status.OPEN, ["old"]),
    }


def test_a_bulk_change_ignores_a_null_state_and_unassigns_by_null(acme, conversation, ana, ask):
    assign_agent(conversation, assignee=ana, by=None)

    fields = {"status": None, "assignee_id": None}
    ask(ana, "POST", "bulk_actions", {"type": "Conversation", "ids": ["1"], "fields": fields})

    stored = Conversation.objects.get()
    assert (stored.status, stored.assignee_id) == (Status.OPEN, None)


def test_a_bulk_snooze(conversation, ana, ask):
    ask(ana, "POST", "bulk_actions", {"type": "Conversation", "ids": [1], "snoozed_until": 1900000000})

    assert Conversation.objects.get().status == Status.SNOOZED


@pytest.mark.feature("C-19")
def test_a_bulk_change_of_priority_sets_and_clears_it(acme, conversation, ana, ask, api):
    change = {"type": "Conversation", "ids": [1]}
    ask(ana, "POST", "bulk_actions", {**change, "fields": {"priority": "urgent"}})
    assert Conversation.objects.get().priority == Priority.URGENT

    ask(ana, "POST", "bulk_actions", {**change, "fields": {"status": "open"}})
    assert Conversation.objects.get().priority == Priority.URGENT
    ask(ana, "POST", "bulk_actions", {**change, "fields": {"priority": None}})
    assert Conversation.objects.get().priority is None

    refused = api(ana).post(in_account(acme, "bulk_actions"), {**change, "fields": {"priority": "pronto"}})
    assert (refused.status_code, refused.json()["attributes"]) == (422, ["priority"])


@pytest.mark.feature("C-19", "X-02")
def test_a_selection_is_all_of_a_list_or_some_by_number_and_only_what_is_seen(
    acme, carla, ana, bruno, web_inbox, api_inbox, api
):
    for inbox in (web_inbox, web_inbox, api_inbox):
        set_labels(talk(carla, inbox), titles=["old"], by=None)
    first = Conversation.objects.get(display_id=1)
    assign_agent(first, assignee=bruno, by=None)
    set_priority(first, priority=Priority.HIGH, by=None)
    change_status(first, status=Status.SNOOZED, snoozed_until=from_epoch(1900000000), by=None)
    address = f"/api/desk/accounts/{acme.pk}/selection"

    def chosen(**asked):
        return api(bruno).post(address, asked).json()

    everything = chosen(filters={"status": "all"})
    assert everything["total"] == 2
    assert {one["id"] for one in everything["payload"]} == {1, 2}
    assert [one["id"] for one in chosen(filters={"status": "open"})["payload"]] == [2]
    assert [one["id"] for one in chosen(filters={"status": "all", "assignee_type": "me"})["payload"]] == [1]
    urgent = {"attribute_key": "priority", "filter_operator": "equal_to", "values": ["high"]}
    assert [one["id"] for one in chosen(conditions=[urgent])["payload"]] == [1]
    assert chosen(ids=[1, 3, 99])["payload"] == [
        {
            "id": 1, "inbox_id": web_inbox.pk, "status": "snoozed", "close_reason": None, "snoozed_until": 1900000000,
            "priority": "high", "assignee_id": bruno.pk, "team_id": None, "labels": ["old"],
        }
    ]  # fmt: skip
    assert chosen(filters={"status": "nonsense"})["attributes"] == ["status"]


def test_bulk_changes_are_of_conversations(acme, ana, api):
    answer = api(ana).post(in_account(acme, "bulk_actions"), {"type": "Contact", "ids": [1]})

    assert (answer.status_code, answer.json()) == (422, {"success": False})


# ── bots ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bot_client(acme, web_inbox) -> ApiClient:
    bot = AgentBot.objects.create(account=acme, name="Robo")
    connect_bot(web_inbox, bot=bot, by=None)
    return ApiClient(headers={"api_access_token": issue_access_token(agent_bot=bot)})


@pytest.mark.feature("C-02", "C-03")
def test_a_bot_writes_and_hands_over(acme, carla, web_inbox, bot_client):
    conversation = talk(carla, web_inbox, "Hi")
    assert conversation.status == Status.PENDING

    written = bot_client.post(in_account(acme, "conversations/1/messages"), {"content": "I am a bot"})
    opened = bot_client.post(in_account(acme, "conversations/1/toggle_status"), {"status": "open"})

    assert written.json()["sender"]["type"] == "agent_bot"
    assert opened.json()["payload"]["current_status"] == "open"
    stored = Conversation.objects.get()
    assert (stored.assignee_id, stored.first_reply_created_at) == (None, None)


def test_a_bot_may_do_no_more_than_the_contract_lets_it(acme, carla, web_inbox, api_inbox, bot_client):
    talk(carla, web_inbox)
    talk(carla, api_inbox)

    assert bot_client.get(in_account(acme, "conversations")).status_code == 401
    assert bot_client.get(in_account(acme, "conversations/1/messages")).status_code == 401
    # another inbox
    elsewhere = bot_client.post(in_account(acme, "conversations/2/messages"), {"content": "x"})
    assert elsewhere.status_code == 404


# ── beside the contract: our desk ─────────────────────────────────────────────────────────────────────


def test_drafts_are_per_person_conversation_and_mode(acme, conversation, ana, bruno, api):
    def path(rest: str) -> str:
        return f"/api/desk/accounts/{acme.pk}/{rest}"

    for mode in ("reply", "note"):
        saved = api(ana).put(path(f"conversations/1/drafts/{mode}"), {"content": f"a {mode}"})
        assert saved.json()["content"] == f"a {mode}"

    assert {draft["mode"] for draft in api(ana).get(path("drafts")).json()} == {"reply", "note"}
    assert api(bruno).get(path("drafts")).json() == []
    assert api(bruno).get(path("conversations/1/drafts/reply")).status_code == 404
    assert api(ana).put(path("conversations/1/drafts/reply"), {"content": "  "}).json() is None
    assert api(ana).delete(path("conversations/1/drafts/note")).status_code == 200
    assert api(ana).get(path("drafts")).json() == []
    assert api(ana).put(path("conversations/1/drafts/nonsense"), {"content": "x"}).status_code in {404, 422}


@pytest.mark.feature("C-13", "C-15", "C-16")
def test_the_desks_counts_are_of_open_conversations(acme, scene, ana, bruno, web_inbox, api):
    team = create_team(acme, name="sales", by=None)
    assign_team(scene[2], team=team, by=None)
    post_message(scene[2], NewMessage(f"[@a](mention://user/{ana.pk}/a)", private=True), by=bruno)

    counts = api(ana).get(f"/api/desk/accounts/{acme.pk}/counts").json()

    assert counts == {
        "mine": 1, "unassigned": 2, "all": 4, "unattended": 1, "mentions": 1, "snoozed": 1,
        "participating": 2, "by_inbox": {str(web_inbox.pk): 4}, "by_team": {str(team.pk): 1}, "by_label": {"vip": 1},
    }  # fmt: skip


def test_search_finds_by_number_contact_and_text(acme, scene, ana, ask, drain_log):
    drain_log()
    assert [
        row["id"] for row in ask(ana, "GET", "search/conversations?q=%236")["payload"]["conversations"]
    ] == [6]
    found = ask(ana, "GET", "search?q=carla")["payload"]
    assert len(found["conversations"]) == 7
    assert [row["name"] for row in found["contacts"]] == ["Carla Cliente"]
    messages = ask(ana, "GET", "search/messages?q=ANSWER&page=1")["payload"]["messages"]
    assert len(messages) == 6
    assert messages[0]["sender"]["type"] == "user"
    by_contact = ask(ana, "GET", f"search/messages?q=message&from=contact:{scene[0].contact_id}")["payload"]
    assert len(by_contact["messages"]) == 7
    assert ask(ana, "GET", f"search/messages?q=answer&from=agent:{ana.pk}")["payload"]["messages"] == []
    assert ask(ana, "GET", "search?q=")["payload"] == {"conversations": [], "contacts": [], "messages": []}


def test_old_messages_are_found_too(acme, carla, ana, web_inbox, ask, drain_log):
    talk(carla, web_inbox, "needle")
    drain_log()
    Message.objects.update(created_at=timezone.now() - timedelta(days=400))

    assert len(ask(ana, "GET", "search/messages?q=needle")["payload"]["messages"]) == 1


def test_macros_are_an_empty_list(ana, ask):
    assert ask(ana, "GET", "macros") == {"payload": []}


@pytest.mark.parametrize("feature", ["hide_all_chats_for_agent", "hide_unassigned_for_agent"])
def test_what_is_hidden_from_agents_is_hidden_by_every_door(
    acme, carla, ana, bruno, web_inbox, ask, api, feature, drain_log
):
    Account.objects.filter(pk=acme.pk).update(features={feature: True})
    hidden = talk(carla, web_inbox, "needle")
    if feature == "hide_all_chats_for_agent":
        assign_agent(hidden, assignee=bruno, by=None)
    drain_log()

    assert ids(ask(ana, "GET", "conversations?status=all")) == []
    assert api(ana).get(in_account(acme, "conversations/1")).status_code == 404
    assert api(ana).post(in_account(acme, "conversations/1/messages"), {"content": "x"}).status_code == 404
    assert ask(ana, "GET", "search?q=needle")["payload"]["messages"] == []
