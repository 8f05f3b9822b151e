"""A change of many conversations goes on by itself: through a crash, item by item, and all of it back again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.commands.teams import create_team, delete_team
from ventanilla.accounts.models import Team
from ventanilla.automation import bulk_jobs
from ventanilla.automation.actions.add_private_note import AddPrivateNote
from ventanilla.automation.bulk_jobs import forget_bulk_changes, work_on_bulk_changes
from ventanilla.automation.commands.macros import create_macro
from ventanilla.automation.models import BulkChange, BulkItem
from ventanilla.conversations.commands import add_labels, assign_agent, merge_conversations
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.tests.scenes import activity, events, talk, texts
from ventanilla.inboxes.commands.members import remove_inbox_members

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(carla, web_inbox) -> list[Conversation]:
    return [talk(carla, web_inbox, f"Number {index}") for index in range(45)]


@pytest.fixture
def bulk(acme, api, ana):
    return _Bulk(api(ana), f"/api/desk/accounts/{acme.pk}/bulk_changes")


class _Bulk:
    def __init__(self, client, base):
        self.client, self.base = client, base

    def begin(self, selection=None, **change):
        answer = self.client.post(self.base, {"selection": selection or {}, **change})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def seen(self):
        return self.client.get(self.base).json()[0]

    def counts(self):
        seen = self.seen()
        return {key: seen[key] for key in ("waiting", "changed", "refused", "undone") if seen[key]}

    def post(self, bulk_id, verb):
        return self.client.post(f"{self.base}/{bulk_id}/{verb}")


def states(many) -> set[int]:
    return set(Conversation.objects.filter(pk__in=[one.pk for one in many]).values_list("status", flat=True))


def test_the_whole_filter_is_changed_and_all_of_it_comes_back(bulk, many, ana):
    add_labels(many[0], titles=["vip"], by=ana)
    assign_agent(many[1], assignee=ana, by=None)
    made = bulk.begin(
        {"filters": {"status": "open", "assignee_type": "all"}},
        fields={"status": "resolved"},
        labels={"add": ["done"]},
    )
    assert (made["state"], made["total"], made["waiting"], made["can_be_undone"]) == (
        "running",
        45,
        45,
        False,
    )
    assert states(many) == {Status.OPEN}  # asked for, not done by the request

    assert work_on_bulk_changes() == 1
    assert work_on_bulk_changes() == 0
    assert (bulk.seen()["state"], bulk.counts()) == ("done", {"changed": 45})
    assert states(many) == {Status.RESOLVED}
    assert activity(many[3]).count("status.resolved") == 1

    assert bulk.post(made["id"], "undo").json()["state"] == "undoing"
    work_on_bulk_changes()
    assert (bulk.seen()["state"], bulk.counts()) == ("undone", {"undone": 45})
    assert states(many) == {Status.OPEN}
    rows = {row.pk: row for row in Conversation.objects.filter(pk__in=[one.pk for one in many])}
    assert (rows[many[0].pk].label_titles, rows[many[0].pk].assignee_id) == (["vip"], None)
    assert (rows[many[1].pk].label_titles, rows[many[1].pk].assignee_id) == ([], ana.pk)


def test_killed_in_the_middle_the_next_worker_goes_on_and_does_nothing_twice(bulk, many, monkeypatch):
    bulk.begin({"filters": {"status": "open"}}, fields={"priority": "high"}, labels={"add": ["seen"]})
    real, done = bulk_jobs._one, []

    def dies(item, *rest, **more):
        if len(done) == 27:
            raise KeyboardInterrupt
        done.append(item.pk)
        return real(item, *rest, **more)

    monkeypatch.setattr(bulk_jobs, "_one", dies)
    with pytest.raises(KeyboardInterrupt):
        work_on_bulk_changes()
    assert bulk.counts() == {"waiting": 18, "changed": 27}
    monkeypatch.setattr(bulk_jobs, "_one", real)
    work_on_bulk_changes()

    assert bulk.counts() == {"changed": 45}
    assert all(activity(one).count("label.added") <= 1 for one in many[:30])
    changed = [event.payload["conversation_id"] for event in events("conversation.updated")]
    assert all(changed.count(one.pk) <= 2 for one in many)  # priority and labels, once each


def test_each_says_why_it_was_not_changed_and_the_others_were(acme, bulk, many, bruno, ana, carla, api_inbox):
    """Bruno cannot open the second channel; one is merged; the rest is his."""
    lost = [talk(carla, api_inbox, "Ana's alone") for _ in range(3)]
    made = bulk.begin(
        {"ids": [row.display_id for row in (*many[:5], *lost)]}, fields={"assignee_id": bruno.pk}
    )
    work_on_bulk_changes()
    assert bulk.counts() == {"changed": 5, "refused": 3}
    refused = bulk.client.get(f"{bulk.base}/{made['id']}/refused").json()
    assert [row["id"] for row in refused] == [row.display_id for row in lost]
    assert all(row["reason"] for row in refused)

    merge_conversations(many[6], into=many[7], by=ana)
    bulk.begin({"ids": [many[6].display_id, many[8].display_id]}, fields={"status": "open"})
    work_on_bulk_changes()
    assert bulk.counts() == {"changed": 1, "refused": 1}


def test_cancelled_the_rest_stays_and_what_was_done_can_be_undone(bulk, many, monkeypatch):
    made = bulk.begin({"filters": {"status": "open"}}, fields={"status": "pending"})
    real = bulk_jobs._next

    def cancels(change, claim):
        items = real(change, claim)
        if change.items.filter(state="changed").count() == 20:
            bulk.post(made["id"], "cancel")
            return real(change, claim)
        return items

    monkeypatch.setattr(bulk_jobs, "_next", cancels)
    work_on_bulk_changes()
    assert (bulk.seen()["state"], bulk.counts()) == ("cancelled", {"waiting": 25, "changed": 20})
    monkeypatch.setattr(bulk_jobs, "_next", real)
    bulk.post(made["id"], "undo")
    work_on_bulk_changes()
    assert (bulk.seen()["state"], bulk.counts()) == ("undone", {"waiting": 25, "undone": 20})
    assert states(many) == {Status.OPEN}


def test_who_lost_the_right_meanwhile_changes_nothing_more(bulk, many, ana, web_inbox):
    bulk.begin({"filters": {"status": "open"}}, fields={"status": "resolved"})
    remove_inbox_members(web_inbox, user_ids=[ana.pk], by=None)
    work_on_bulk_changes()
    assert bulk.counts() == {"refused": 45}
    assert states(many) == {Status.OPEN}


def test_what_cannot_be_asked_for_is_refused_at_once(acme, bulk, many, bruno, gus, vera, api, settings):
    def refused(client, selection, **change):
        return client.post(bulk.base, {"selection": selection, **change}).status_code

    everything = {"filters": {"status": "open"}}
    ana = bulk.client
    assert refused(ana, everything, fields={"status": "gone"}) == 422
    assert refused(ana, everything, fields={"assignee_id": gus.pk}) == 404
    assert refused(ana, everything) == 422  # nothing to do
    assert refused(ana, {"filters": {"status": "snoozed"}}, fields={"status": "open"}) == 422  # none
    assert refused(ana, {"conditions": [{"attribute_key": "x"}]}, fields={"status": "open"}) == 422
    settings.MAX_BULK_CONVERSATIONS = 10
    assert refused(ana, everything, fields={"status": "open"}) == 422
    assert refused(api(vera), everything, fields={"status": "open"}) == 403
    assert not BulkChange.objects.exists()

    settings.MAX_BULK_CONVERSATIONS = 100
    made = bulk.begin(everything, fields={"status": "resolved"})
    for verb in ("cancel", "undo"):
        assert api(bruno).post(f"{bulk.base}/{made['id']}/{verb}").status_code == 404
    assert api(bruno).get(bulk.base).json() == []


def test_conditions_and_tab_mean_what_the_list_shows(bulk, many, ana):
    for one in many[:4]:
        assign_agent(one, assignee=ana, by=None)
    condition = {
        "attribute_key": "status",
        "filter_operator": "equal_to",
        "values": ["open"],
        "query_operator": None,
    }
    made = bulk.begin(
        {"conditions": [condition], "filters": {"assignee_type": "me"}}, fields={"status": "pending"}
    )
    assert made["total"] == 4


def test_its_user_alone_is_told_how_far_it_is(bulk, many, ana):
    bulk.begin({"filters": {"status": "open"}}, fields={"status": "resolved"})
    work_on_bulk_changes()
    told = events("bulk_change.moved")
    assert {event.payload["user_id"] for event in told} == {ana.pk}
    assert [told[0].payload["state"], told[-1].payload["state"]] == ["running", "done"]


def test_old_ones_are_forgotten(bulk, many):
    bulk.begin({"filters": {"status": "open"}}, fields={"status": "resolved"})
    work_on_bulk_changes()
    assert forget_bulk_changes() == 0
    BulkChange.objects.update(created_at="2020-01-01T00:00:00Z")
    assert forget_bulk_changes() == 1
    assert not BulkItem.objects.exists()


@pytest.fixture
def macro(acme, ana):
    """A label, a note, a step that no one can do any more, and closing it."""
    member = ana.memberships.get(account=acme)
    actions = [
        {"action_name": "add_label", "action_params": ["paid"]},
        {"action_name": "add_private_note", "action_params": ["Seen"]},
        {"action_name": "assign_team", "action_params": [create_team(acme, name="Sales", by=None).pk]},
        {"action_name": "resolve_conversation"},
    ]
    return create_macro(name="Close", visibility="personal", actions=actions, by=member)


def over(bulk, macro, selection):
    return bulk.client.post(f"{bulk.base}/macros/{macro.pk}", selection)


@pytest.mark.feature("U-06", "U-07", "U-08")
def test_a_macro_runs_over_the_whole_filter_each_step_told_and_what_can_be_comes_back(bulk, many, macro):
    delete_team(Team.objects.get(), by=None)
    made = over(bulk, macro, {"filters": {"status": "open", "assignee_type": "all"}}).json()
    assert (made["name"], made["total"], made["undoes_all"]) == ("Close", 45, False)
    assert [step["sentence"] for step in made["steps"]][:2] == [
        "Add labels: paid",
        "Add a private note: Seen",
    ]
    work_on_bulk_changes()

    seen = bulk.seen()
    assert bulk.counts() == {"changed": 45}  # a step that is refused keeps no other from being done
    assert [step["refused"] for step in seen["steps"]] == [0, 0, 45, 0]
    assert states(many) == {Status.RESOLVED}
    [first, *_] = bulk.client.get(f"{bulk.base}/{made['id']}/refused").json()
    assert first["id"] == many[0].display_id
    assert first["step"] == "Assign to a team"
    assert first["reason"]

    assert seen["can_be_undone"]
    bulk.post(made["id"], "undo")
    work_on_bulk_changes()
    assert bulk.counts() == {"undone": 45}
    assert states(many) == {Status.OPEN}
    assert not any(row.label_titles for row in Conversation.objects.all())
    assert texts(many[0])[-1] == "Seen"  # a note that was written stays


@pytest.mark.feature("U-07")
def test_a_macro_is_run_by_those_who_have_it_over_what_they_see(
    bulk, many, macro, api, bruno, vera, settings
):
    everything = {"filters": {"status": "open"}}
    assert api(bruno).post(f"{bulk.base}/macros/{macro.pk}", everything).status_code == 404  # another's own
    assert api(vera).post(f"{bulk.base}/macros/{macro.pk}", everything).status_code == 403
    assert over(bulk, macro, {"filters": {"status": "snoozed"}}).status_code == 422
    settings.MAX_BULK_CONVERSATIONS = 10
    assert over(bulk, macro, everything).status_code == 422
    assert not BulkChange.objects.exists()


@pytest.mark.feature("U-06")
def test_a_step_that_breaks_is_told_as_ours_and_the_rest_is_done(bulk, many, macro, monkeypatch):
    def breaks(self, conversation):
        raise RuntimeError

    monkeypatch.setattr(AddPrivateNote, "apply", breaks)
    over(bulk, macro, {"ids": [many[0].display_id, many[1].display_id]})
    work_on_bulk_changes()
    assert [step["refused"] for step in bulk.seen()["steps"]] == [0, 2, 0, 0]
    assert states(many[:2]) == {Status.RESOLVED}


def test_the_list_of_changes_asks_as_often_however_many_there_are(bulk, many, macro):
    for _ in range(2):
        over(bulk, macro, {"ids": [many[0].display_id]})
    with CaptureQueriesContext(connection) as few:
        bulk.client.get(bulk.base)
    for _ in range(5):
        over(bulk, macro, {"ids": [many[1].display_id]})
    with CaptureQueriesContext(connection) as more:
        assert len(bulk.client.get(bulk.base).json()) == 7
    per_change = (len(more) - len(few)) / 5
    assert per_change <= 1  # what a step names is looked up
