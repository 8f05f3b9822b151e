"""Walls of columns: kept on the server, shared, in order; what a column shows, counts, and what is new in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.accounts.commands.teams import add_team_members, create_team
from ventanilla.boards.columns import rules_for, shown_by
from ventanilla.boards.models import Column
from ventanilla.conversations.commands import NewMessage, assign_agent, change_status, receive_message
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.tests.scenes import reply, talk
from ventanilla.kit.clock import now

pytestmark = pytest.mark.django_db


def equal(key: str, *values: str) -> dict[str, object]:
    return {"attribute_key": key, "filter_operator": "equal_to", "values": list(values)}


OPEN = equal("ticket_state", "open")


class Wall:
    def __init__(self, client, account, **fields):
        self.client, self.base = client, f"/api/desk/accounts/{account.pk}/boards"
        self.id = client.post(self.base, {"name": "Muro", **fields}).json()["id"]

    def told(self):
        return next(one for one in self.client.get(self.base).json() if one["id"] == self.id)

    def names(self):
        return [one["name"] for one in self.told()["columns"]]

    def add(self, name="Open", **fields):
        return self.client.post(
            f"{self.base}/{self.id}/columns", {"name": name, "conditions": [OPEN], **fields}
        )

    def at(self, column_id, rest=""):
        return f"{self.base}/{self.id}/columns/{column_id}{rest}"

    def rows(self, column_id, kind="tickets"):
        return [one["id"] for one in self.client.get(self.at(column_id, "/rows")).json()[kind]]

    def counts(self):
        return self.client.get(f"{self.base}/{self.id}/counts").json()


@pytest.fixture
def wall(acme, ana, api):
    return Wall(api(ana), acme)


@pytest.mark.feature("D-COL-06", "D-COL-29", "D-COL-30")
def test_columns_are_kept_changed_moved_and_deleted_and_tickets_are_untouched(
    acme, ana, carla, web_inbox, api
):
    wall = Wall(api(ana), acme, recommended=True)
    assert wall.names() == ["Unassigned", "Mine", "Waiting for a reply", "Closed lately"]
    talk(carla, web_inbox, "Hi")
    made = wall.add("Mine too", position=1).json()
    assert wall.names()[1] == "Mine too"
    assert (
        wall.client.patch(wall.at(made["id"]), {"name": "Last", "position": 4, "sounds": True}).status_code
        == 200
    )
    assert wall.names()[4] == "Last" and wall.told()["columns"][4]["sounds"]
    other_machine = api(ana).get(wall.base).json()[0]
    assert other_machine == wall.told()
    assert wall.client.delete(wall.at(made["id"])).status_code == 200
    assert len(wall.names()) == 4 and Conversation.objects.count() == 1


@pytest.mark.feature("D-COL-01", "D-COL-03", "D-COL-07", "D-COL-24", "D-COL-25", "D-COL-26")
def test_the_order_by_waiting_fixes_who_is_shown_and_begins_with_the_longest_wait(
    wall, acme, ana, carla, web_inbox
):
    first, second, answered, closed = (talk(carla, web_inbox, "Hi") for _ in range(4))
    reply(answered, by=ana)
    change_status(closed, status=Status.RESOLVED, by=ana)
    receive_message(first, NewMessage("Hello?"), sender=carla)  # it waits since before
    everything = wall.add("All", conditions=[]).json()["id"]
    assert wall.rows(everything)[0] == first.display_id and len(wall.rows(everything)) == 4
    asked = {"conditions": [equal("reply", "given")], "order": "waiting"}
    assert wall.rows(wall.add("Given", **asked).json()["id"]) == []  # what the order fixes, it fixes
    waiting = wall.add("Waiting", conditions=[], order="waiting").json()["id"]
    assert wall.rows(waiting) == [first.display_id, second.display_id]
    wall.client.patch(wall.at(waiting), {"is_flipped": True})
    assert wall.rows(waiting) == [second.display_id, first.display_id]


@pytest.mark.feature("D-COL-02", "D-COL-04", "D-COL-05", "D-COL-28")
def test_a_column_shows_messages_or_what_is_to_be_sent(wall, acme, ana, carla, web_inbox):
    conversation = talk(carla, web_inbox, "One", "Two")
    later = schedule_message(conversation, content="Later", send_at=now() + timedelta(days=9), by=ana)
    reply(conversation, by=ana)
    said = wall.add(kind="messages", conditions=[equal("published_by", "customer")]).json()["id"]
    rows = wall.client.get(wall.at(said, "/rows")).json()["messages"]
    assert [one["content"] for one in rows] == ["Two", "One"]
    planned = wall.add(kind="scheduled", conditions=[equal("inbox_id", str(web_inbox.pk))]).json()["id"]
    assert wall.rows(planned, "scheduled") == [later.pk]
    assert wall.add(kind="scheduled", conditions=[OPEN]).status_code == 422


@pytest.mark.feature("D-MYC-01", "D-MYC-02", "D-MET-01")
def test_counts_and_what_is_new_since_one_looked_cost_a_fixed_number_of_statements(
    wall, acme, ana, carla, web_inbox, count_queries
):
    column = wall.add(conditions=[OPEN]).json()["id"]
    mine, answered, _others = (talk(carla, web_inbox, "Hi") for _ in range(3))
    for one in (mine, answered):
        assign_agent(one, assignee=ana, by=None)
    reply(answered, by=ana)
    told = wall.counts()
    assert told["counts"] == {str(column): {"all": 3, "new": 3}}
    assert told["metrics"] == {"addressed": 1, "waiting": 1, "open": 2}
    wall.client.post(wall.at(column, "/look"))
    receive_message(mine, NewMessage("Again"), sender=carla)
    assert wall.counts()["counts"] == {str(column): {"all": 3, "new": 1}}
    one = count_queries(wall.counts)
    for _ in range(5):
        wall.add()
    # The account's own attributes are read with each filter.
    assert count_queries(wall.counts) <= one + 5


def test_a_wall_is_shared_with_a_team_or_everyone_to_look_at_or_to_change(wall, acme, ana, bruno, api):
    theirs = f"{wall.base}/{wall.id}"
    column = wall.add().json()["id"]
    other = api(bruno)
    assert other.get(wall.base).json() == [] and other.get(f"{theirs}/counts").status_code == 404
    team = create_team(acme, name="sales", by=None)
    add_team_members(team, user_ids=[bruno.pk], by=None)
    share = {"shared_with": "team", "team_id": team.pk}
    assert wall.client.patch(theirs, share).status_code == 422  # ana is not in it
    add_team_members(team, user_ids=[ana.pk], by=None)
    assert wall.client.patch(theirs, share).status_code == 200
    [seen] = other.get(wall.base).json()
    assert (seen["is_mine"], seen["may_change"], seen["owner"]) == (False, False, ana.available_name)
    assert other.patch(wall.at(column), {"name": "Mine"}).status_code == 403
    wall.client.patch(theirs, {"shared_with": "account", "is_editable": True})
    assert other.patch(wall.at(column), {"name": "Ours"}).status_code == 200
    assert other.patch(theirs, {"shared_with": "nobody"}).status_code == 403
    assert other.delete(theirs).status_code == 403
    assert wall.names() == ["Ours"]


def test_what_cannot_be_is_refused_by_name(wall, settings):
    assert wall.add(name=" ").json()["fields"].keys() == {"name"}
    wrong = wall.add(conditions=[equal("nothing", "x")])
    assert wrong.status_code == 422 and "conditions.0" in wrong.json()["fields"]
    settings.MAX_BOARD_COLUMNS = 1
    assert wall.add().status_code == 200
    assert wall.add().status_code == 422


def test_the_preview_counts_what_is_not_there_yet(wall, carla, web_inbox):
    for _ in range(4):
        talk(carla, web_inbox, "Hi")
    told = wall.client.post(f"{wall.base}/preview", {"kind": "tickets", "conditions": [OPEN]}).json()
    assert (told["count"], len(told["tickets"])) == (4, 3)


def test_those_who_ask_the_same_are_one_question(wall, acme):
    same, too, other = (wall.add(**more).json()["id"] for more in ({}, {"name": "x"}, {"order": "waiting"}))
    columns = {one.pk: shown_by(one) for one in Column.objects.all()}
    assert columns[same].key == columns[too].key != columns[other].key
    assert len(rules_for(acme, columns.values())) == 2


def test_a_column_whose_filter_means_nothing_any_more_can_be_moved_and_named(wall):
    kept = wall.add("Rota").json()["id"]
    wall.add("Otra")
    Column.objects.filter(pk=kept).update(conditions=[equal("of_an_attribute_that_is_gone", "x")])
    moved = wall.client.patch(wall.at(kept), {"position": 1, "name": "Vieja"})
    assert moved.status_code == 200
    assert wall.names() == ["Otra", "Vieja"]
    assert wall.counts()["counts"][str(kept)] is None


def test_null_is_no_answer_to_whether_others_may_change_a_wall(wall):
    answer = wall.client.patch(f"{wall.base}/{wall.id}", {"is_editable": None})
    assert (answer.status_code, answer.json()["is_editable"]) == (200, False)


def test_filters_of_thousands_of_values_are_counted_in_several_statements(wall, carla, web_inbox):
    talk(carla, web_inbox, "Hola")
    many = [equal("contact_id", *(str(pk) for pk in range(n * 400, n * 400 + 400))) for n in range(12)]
    columns = [
        wall.add(f"{n}", conditions=[{**one, "query_operator": "OR"} for one in many]) for n in range(8)
    ]
    counts = wall.counts()["counts"]
    assert [counts[str(one.json()["id"])] for one in columns] == [{"all": 1, "new": 0}] * 8
