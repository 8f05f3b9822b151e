"""Desks with an open wall are told which of its columns a changed conversation is in now."""

from __future__ import annotations

import pytest
from django.db.models import Q

from ventanilla.boards.walls import add_column, create_board
from ventanilla.conversations.commands import NewMessage, assign_agent, receive_message
from ventanilla.conversations.models import Conversation
from ventanilla.kit.conditions import Rule
from ventanilla.realtime import columns

pytestmark = pytest.mark.django_db(transaction=True)

MINE = {"attribute_key": "assigned_to", "filter_operator": "equal_to", "values": ["human"]}
OPEN = {"attribute_key": "ticket_state", "filter_operator": "equal_to", "values": ["open"]}


def watch(wire, *ids: int) -> None:
    wire.say({"type": "columns", "column_ids": list(ids)})
    wire.hear(lambda frame: frame["type"] == "columns")


def keys(*wanted) -> set[str]:
    return {columns.shown_by(one).key for one in wanted}


@pytest.mark.feature("D-COL-31")
def test_a_conversation_is_told_to_leave_one_column_and_enter_another(
    desk, acme, ana, bruno, conversation, carla
):
    board = create_board(acme, name="Wall", by=ana)
    everything, taken = (
        add_column(board, by=ana, name=name, conditions=given)
        for name, given in (("open", [OPEN]), ("taken", [OPEN, MINE]))
    )
    said = add_column(board, by=ana, name="said", kind="messages")
    wire, other = desk(ana), desk(bruno)
    wire.hello(acme)
    other.hello(acme)
    watch(wire, everything.pk, taken.pk, said.pk)

    message = receive_message(conversation, NewMessage("Hola"), sender=carla)
    told = wire.event("column.matched")
    assert told["id"] == conversation.display_id
    assert set(told["columns"]) == keys(everything)
    assert told["messages"] == {str(message.pk): list(keys(said))}

    assign_agent(conversation, assignee=ana, by=bruno)
    assert set(wire.event("column.matched")["columns"]) == keys(everything, taken)
    names = [one["name"] for frame in other.listen() for one in frame.get("events", ())]
    assert names and "column.matched" not in names

    watch(wire)
    assign_agent(conversation, assignee=None, by=bruno)
    wire.event("assignee.changed")
    assert not any(
        one["name"] == "column.matched" for frame in wire.listen() for one in frame.get("events", ())
    )


def test_each_filter_is_asked_once_for_a_change_however_many_walls_have_it(
    desk, acme, ana, bruno, conversation, carla, monkeypatch
):
    asked: list[str] = []

    def matching(filters, row, *, of_messages):
        asked.extend(key for key, one in filters.items() if one.is_of_messages is of_messages)
        return []

    monkeypatch.setattr(columns, "_matching", matching)
    for user in (ana, bruno):
        board = create_board(acme, name="Wall", by=user)
        made = [add_column(board, by=user, name=str(n), conditions=[OPEN]) for n in range(3)]
        wire = desk(user)
        wire.hello(acme)
        watch(wire, *(one.pk for one in made))
    assign_agent(conversation, assignee=ana, by=None)
    wire.event("column.matched")
    assert len(asked) == 1


def test_what_others_keep_to_themselves_is_not_watched(desk, acme, ana, bruno, conversation, carla):
    column = add_column(create_board(acme, name="Mine", by=bruno), by=bruno, name="x", conditions=[OPEN])
    assert columns.watched_by(acme.pk, ana.pk, [column.pk, 2**64, -1]) == {}
    assert columns.watched_by(acme.pk, bruno.pk, [column.pk]).keys() == keys(column)


def test_a_filter_that_breaks_is_not_met_and_stops_no_one(conversation):
    def breaks(_row):
        raise TypeError("odd data")

    row = {"pk": conversation.pk}
    broken = columns.LiveRule(False, Rule(Q(), breaks))
    whole = columns.LiveRule(False, Rule(Q(), lambda _row: True))
    assert columns._matching({"a": broken, "b": whole}, row, of_messages=False) == ["b"]


def test_what_was_merged_into_another_is_told_to_stand_in_no_column(desk, acme, ana, bruno, conversation):
    column = add_column(create_board(acme, name="Wall", by=ana), by=ana, name="all", conditions=[])
    wire = desk(ana)
    wire.hello(acme)
    watch(wire, column.pk)
    Conversation.objects.filter(pk=conversation.pk).update(merged_into=conversation)
    assign_agent(conversation, assignee=ana, by=bruno)
    assert wire.event("column.matched")["columns"] == []
