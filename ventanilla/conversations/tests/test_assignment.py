from __future__ import annotations

import pytest

from ventanilla.accounts.commands.teams import create_team, set_team_members
from ventanilla.conversations.commands import (
    add_labels,
    assign_agent,
    assign_team,
    merge_additional_attributes,
    remove_custom_attributes,
    remove_labels,
    set_custom_attributes,
    set_labels,
    set_priority,
)
from ventanilla.conversations.models import Conversation, Message, MessageType, Participant, Priority
from ventanilla.conversations.tests.scenes import activity, events, fresh, talk
from ventanilla.kit.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return talk(carla, web_inbox)


@pytest.fixture
def sales(acme, ana):
    team = create_team(acme, name="Sales", by=None)
    set_team_members(team, user_ids=[ana.pk], by=None)
    return team


@pytest.mark.feature("C-14")
def test_a_conversation_is_nobodys_until_somebody_assigns_it(conversation):
    assert fresh(conversation).assignee_id is None


@pytest.mark.feature("A-13", "C-19")
def test_a_transfer_names_both_and_the_new_assignee_follows(conversation, ana, bruno):
    assign_agent(conversation, assignee=ana, by=ana)
    assign_agent(conversation, assignee=bruno, by=ana)

    assert fresh(conversation).assignee_id == bruno.pk
    assert [event.payload["changes"] for event in events("assignee.changed")] == [
        {"assignee_id": [None, ana.pk]},
        {"assignee_id": [ana.pk, bruno.pk]},
    ]
    assert activity(conversation) == ["self_assigned", "assigned"]
    line = Message.objects.filter(message_type=MessageType.ACTIVITY).latest("id")
    assert line.content == "Ana Agente assigned the conversation to Bruno Bravo"
    assert set(Participant.objects.values_list("user_id", flat=True)) == {ana.pk, bruno.pk}


def test_assigning_to_whom_has_it_changes_nothing(conversation, ana):
    assign_agent(conversation, assignee=ana, by=ana)
    recorded, version = len(events()), fresh(conversation).version

    assign_agent(conversation, assignee=ana, by=ana)

    assert (len(events()), fresh(conversation).version) == (recorded, version)


def test_unassigning_says_so(conversation, ana):
    assign_agent(conversation, assignee=ana, by=ana)

    assign_agent(conversation, assignee=None, by=ana)

    assert fresh(conversation).assignee_id is None
    assert activity(conversation)[-1] == "unassigned"


def test_what_happens_by_itself_leaves_no_line(conversation, ana):
    assign_agent(conversation, assignee=ana, by=None)

    assert activity(conversation) == []
    assert len(events("assignee.changed")) == 1


def test_nobody_of_another_account_gets_it(conversation, ana, gus):
    with pytest.raises(NotFound):
        assign_agent(conversation, assignee=gus, by=ana)

    assert fresh(conversation).assignee_id is None


def test_a_team_takes_it_from_an_agent_who_is_not_in_it(conversation, ana, bruno, sales):
    assign_agent(conversation, assignee=bruno, by=ana)

    assign_team(conversation, team=sales, by=ana)

    stored = fresh(conversation)
    assert (stored.team_id, stored.assignee_id) == (sales.pk, None)
    assert activity(conversation)[-1] == "team_assigned"


def test_a_team_leaves_it_with_an_agent_who_is_in_it(conversation, ana, sales):
    assign_agent(conversation, assignee=ana, by=ana)

    assign_team(conversation, team=sales, by=ana)

    assert fresh(conversation).assignee_id == ana.pk


def test_team_and_agent_in_one_step_leave_one_line(conversation, ana, sales):
    assign_team(conversation, team=sales, assignee=ana, by=ana)

    assert activity(conversation) == ["team_assigned_with_agent"]
    assert (len(events("team.changed")), len(events("assignee.changed"))) == (1, 1)


def test_another_accounts_team_does_not_exist(conversation, ana, globex):
    with pytest.raises(NotFound):
        assign_team(conversation, team=create_team(globex, name="theirs", by=None), by=ana)


@pytest.mark.feature("C-19")
def test_labels_replace_each_other_and_both_lines_are_written(conversation, ana):
    set_labels(conversation, titles=["vip", "Urgente"], by=ana)
    set_labels(conversation, titles=["vip", "claim"], by=ana)

    assert fresh(conversation).label_titles == ["claim", "vip"]
    assert activity(conversation) == ["labels_added", "labels_added", "labels_removed"]
    assert [event.payload["changes"] for event in events("conversation.updated")] == [
        {"label_list": [[], ["urgente", "vip"]]},
        {"label_list": [["urgente", "vip"], ["claim", "vip"]]},
    ]


def test_labels_are_added_and_removed_one_by_one(conversation, ana):
    add_labels(conversation, titles=["aa", "bb"], by=ana)
    add_labels(conversation, titles=["bb", "cc"], by=ana)
    remove_labels(conversation, titles=["aa", "zz"], by=ana)

    assert fresh(conversation).label_titles == ["bb", "cc"]


def test_too_long_a_word_is_refused_and_nothing_changes(conversation, ana):
    with pytest.raises(Invalid):
        set_labels(conversation, titles=["fine", "x" * 256], by=ana)

    assert fresh(conversation).label_titles == []


def test_priority_lines_say_old_and_new(conversation, ana):
    for priority in (Priority.LOW, Priority.URGENT, None, None):
        set_priority(conversation, priority=priority, by=ana)

    lines = Message.objects.filter(message_type=MessageType.ACTIVITY).order_by("id")
    assert [line.content for line in lines] == [
        "Ana Agente set the priority to low",
        "Ana Agente changed the priority from low to urgent",
        "Ana Agente removed the priority",
    ]
    assert [event.payload["changes"]["priority"] for event in events("conversation.updated")] == [
        [None, "low"],
        ["low", "urgent"],
        ["urgent", None],
    ]


def test_of_additional_attributes_only_the_language_is_told(conversation, ana):
    merge_additional_attributes(conversation, attributes={"mail_subject": "x"}, by=None)
    merge_additional_attributes(conversation, attributes={"conversation_language": "es"}, by=None)

    assert fresh(conversation).additional_attributes == {"mail_subject": "x", "conversation_language": "es"}
    assert [event.payload["changes"] for event in events("conversation.updated")] == [
        {"conversation_language": [None, "es"]}
    ]


def test_custom_attributes_are_replaced_and_taken_away(conversation, ana):
    set_custom_attributes(conversation, attributes={"a": 1, "b": 2}, by=ana)
    remove_custom_attributes(conversation, keys=["a", "z"], by=ana)

    assert fresh(conversation).custom_attributes == {"b": 2}
    with pytest.raises(Invalid):
        set_custom_attributes(conversation, attributes={"a": "x" * 2000}, by=ana)
