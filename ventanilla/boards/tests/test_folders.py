"""Folders and segments: saved filters with a name, an icon, a team and a number that is counted anew each time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.commands.agents import leave_account
from ventanilla.accounts.commands.teams import add_team_members, create_team, delete_team
from ventanilla.boards.models import CustomFilter
from ventanilla.boards.selectors import folder_counts
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.conversations.commands import assign_agent, change_status
from ventanilla.conversations.models import Status
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.commands.inboxes import delete_inbox
from ventanilla.labels.commands import create_label, delete_label
from ventanilla.testing.cast import membership

pytestmark = pytest.mark.django_db


def condition(key: str, *values: object, operator: str = "equal_to") -> dict[str, object]:
    return {"attribute_key": key, "filter_operator": operator, "values": list(values), "query_operator": None}


OPEN = condition("status", "open")


@pytest.fixture
def folders(acme, api):
    return lambda user: _Folders(api(user), f"/api/desk/accounts/{acme.pk}/folders")


class _Folders:
    def __init__(self, client, base):
        self.client, self.base = client, base

    def save(self, **fields):
        return self.client.post(self.base, {"name": "Open", "conditions": [OPEN], **fields})

    def names(self):
        return [row["name"] for row in self.client.get(self.base).json()]

    def counts(self):
        return self.client.get(f"{self.base}/counts").json()["counts"]


@pytest.mark.feature("C-17")
def test_a_filter_is_saved_changed_and_forgotten_by_its_owner(folders, ana, bruno):
    made = folders(ana).save(icon="star").json()
    assert (made["name"], made["icon"], made["conditions"], made["is_mine"]) == ("Open", "star", [OPEN], True)
    one = f"{folders(ana).base}/{made['id']}"
    assert folders(bruno).names() == []
    assert folders(bruno).client.patch(one, {"name": "Mine now"}).status_code == 404
    assert folders(bruno).client.call("DELETE", one).status_code == 404

    changed = folders(ana).client.patch(one, {"name": "Still open", "icon": "flame"}).json()
    assert (changed["name"], changed["icon"], changed["conditions"]) == ("Still open", "flame", [OPEN])
    assert folders(ana).client.call("DELETE", one).status_code == 200
    assert folders(ana).names() == []


@pytest.mark.feature("C-17")
def test_one_shared_with_a_team_is_seen_by_its_members_each_with_what_they_may_see(
    acme, folders, ana, bruno, admin, carla, web_inbox, api_inbox
):
    team = create_team(acme, name="sales", by=admin)
    refused = folders(ana).save(team_id=team.pk)
    assert (refused.status_code, list(refused.json()["fields"])) == (404, ["team_id"])
    add_team_members(team, user_ids=[ana.pk, bruno.pk], by=admin)
    made = folders(ana).save(team_id=team.pk).json()
    talk(carla, web_inbox, "For both")
    talk(carla, api_inbox, "For Ana alone")

    [seen] = folders(bruno).client.get(folders(bruno).base).json()
    assert (seen["id"], seen["is_mine"], seen["owner"]) == (made["id"], False, "Ana Agente")
    assert folders(ana).counts() == {str(made["id"]): 2}
    assert folders(bruno).counts() == {str(made["id"]): 1}
    assert folders(admin).names() == []  # not of the team

    folders(ana).client.patch(f"{folders(ana).base}/{made['id']}", {"team_id": None})
    assert folders(bruno).names() == []


def test_a_team_that_goes_leaves_the_folder_to_its_owner(acme, folders, ana, admin):
    team = create_team(acme, name="sales", by=admin)
    add_team_members(team, user_ids=[ana.pk], by=admin)
    folders(ana).save(team_id=team.pk)
    delete_team(team, by=admin)
    assert folders(ana).names() == ["Open"]


@pytest.mark.feature("C-17")
def test_its_number_follows_what_happens(folders, ana, carla, web_inbox):
    made = folders(ana).save(conditions=[{**OPEN, "query_operator": "AND"}, condition("assignee_id", ana.pk)])
    number = str(made.json()["id"])
    first, second = talk(carla, web_inbox, "One"), talk(carla, web_inbox, "Two")
    assert folders(ana).counts() == {number: 0}
    for row in (first, second):
        assign_agent(row, assignee=ana, by=None)
    assert folders(ana).counts() == {number: 2}
    change_status(first, status=Status.RESOLVED, by=ana)
    assert folders(ana).counts() == {number: 1}


@pytest.mark.feature("P-05")
def test_a_segment_is_evaluated_each_time(acme, folders, api, ana, carla):
    made = (
        folders(ana)
        .save(name="From Lima", filter_type="contact", conditions=[condition("city", "Lima")], icon="users")
        .json()
    )
    assert folders(ana).counts() == {str(made["id"]): 0}
    create_contact(acme, name="Luz", additional_attributes={"city": "Lima"}, by=None)
    assert folders(ana).counts() == {str(made["id"]): 1}
    update_contact(carla, additional_attributes={"city": "Lima"}, by=None)
    found = api(ana).post(f"/api/v1/accounts/{acme.pk}/contacts/filter", {"payload": made["conditions"]})
    assert {row["name"] for row in found.json()["payload"]} == {"Luz", "Carla Cliente"}
    assert folders(ana).counts() == {str(made["id"]): 2}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"icon": "skull"}, "icon"),
        ({"conditions": [condition("nonsense", 1)]}, "conditions.0"),
        ({"conditions": [condition("status")]}, "conditions.0"),
        ({"filter_type": "contact"}, "conditions.0"),  # no contact has a status
        ({"filter_type": "report"}, "filter_type"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_saves_nothing(folders, ana, fields, named):
    answer = folders(ana).save(**fields)
    assert answer.status_code == 422
    assert named in answer.json()["fields"]
    assert not CustomFilter.objects.exists()


def test_one_whose_conditions_mean_nothing_any_more_harms_no_other(acme, folders, ana, carla, web_inbox):
    talk(carla, web_inbox, "Hi")
    good = folders(ana).save().json()
    CustomFilter.objects.create(account=acme, user=ana, name="Old", query={"payload": [condition("gone", 1)]})
    counts = folders(ana).counts()
    assert counts.pop(str(good["id"])) == 1
    assert list(counts.values()) == [None]


@pytest.mark.feature("C-17")
def test_what_a_folder_names_and_was_deleted_is_told(acme, folders, admin, ana, bruno, web_inbox):
    label = create_label(acme, title="vip", by=None)
    team = create_team(acme, name="soporte", by=None)
    add_team_members(team, user_ids=[ana.pk, bruno.pk], by=None)
    conditions = [
        condition("labels", "vip", "other"),
        condition("team_id", team.pk),
        condition("inbox_id", str(web_inbox.pk)),
        condition("assignee_id", bruno.pk),
        OPEN,
    ]
    create_label(acme, title="other", by=None)
    for one in conditions[:-1]:
        one["query_operator"] = "AND"
    folders(ana).save(conditions=conditions, team_id=team.pk)
    shown = lambda user: folders(user).client.get(folders(user).base).json()  # noqa: E731
    assert [one["missing"] for one in shown(ana)] == [[]]

    delete_label(label, by=admin)
    delete_inbox(web_inbox, by=admin)
    [mine] = shown(ana)
    assert [(one["place"], one["source"], one["name"]) for one in mine["missing"]] == [
        (0, "labels", "vip"),
        (2, "inboxes", "Acme web"),
    ]
    assert mine["missing"][1]["value"] == str(web_inbox.pk)
    # Whom it is shared with is told that something is gone, and not what it was called.
    [theirs] = shown(bruno)
    assert [one["name"] for one in theirs["missing"]] == ["", ""]
    delete_team(team, by=admin)
    leave_account(membership(acme, bruno), by=None)
    [mine] = shown(ana)
    assert [one["source"] for one in mine["missing"]] == ["labels", "teams", "inboxes", "agents"]
    assert mine["missing"][1]["name"] == "soporte"

    # Mended, and the same is said by the answer to that.
    path = f"{folders(ana).base}/{mine['id']}"
    assert folders(ana).client.patch(path, {"conditions": [OPEN]}).json()["missing"] == []


@pytest.mark.feature("C-17")
@pytest.mark.parametrize("odd", [None, [None], [{}], ["x"], [True], "9" * 40, [["a"]], {"id": 1}])
def test_odd_values_are_no_reason_to_fail(acme, folders, ana, odd):
    query = {"payload": [{"attribute_key": "inbox_id", "values": odd}, "nonsense", {"values": 1}]}
    CustomFilter.objects.create(account=acme, user=ana, name="Odd", query=query)
    assert folders(ana).client.get(folders(ana).base).status_code == 200


def test_the_contracts_filters_are_the_same_rows(acme, folders, api, ana):
    made = folders(ana).save().json()
    [shown] = api(ana).get(f"/api/v1/accounts/{acme.pk}/custom_filters").json()
    assert (shown["id"], shown["query"]) == (made["id"], {"payload": [OPEN]})
    assert "team_id" not in shown


def test_counting_costs_the_same_number_of_statements_for_one_and_for_many(acme, folders, ana, web_inbox):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            folder_counts(membership(acme, ana), visibility_for(ana, acme))
        return len(asked)

    folders(ana).save()
    folders(ana).save(filter_type="contact", conditions=[condition("city", "Lima")])
    one = cost()
    for _ in range(8):
        folders(ana).save()
    assert cost() == one


# ── a filter in the list ──────────────────────────────────────────────────────────────────────────────


def test_a_filtered_list_has_its_order_and_its_tabs_too(acme, api, ana, carla, web_inbox):
    first, second = talk(carla, web_inbox, "One"), talk(carla, web_inbox, "Two")
    assign_agent(second, assignee=ana, by=None)

    def numbers(**more):
        path = f"/api/v1/accounts/{acme.pk}/conversations/filter"
        answer = api(ana).post(path, {"payload": [OPEN], **more}).json()
        return [row["id"] for row in answer["payload"]], answer["meta"]["all_count"]

    assert numbers(sort_by="created_at_asc") == ([first.display_id, second.display_id], 2)
    assert numbers(sort_by="created_at_desc") == ([second.display_id, first.display_id], 2)
    assert numbers(assignee_type="me") == ([second.display_id], 2)
    assert numbers(assignee_type="unassigned") == ([first.display_id], 2)
