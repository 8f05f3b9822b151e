"""All that happens with a contact stands in one list (Z-23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ventanilla.accounts.commands.teams import create_team
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.commands.merges import unmerge_contacts
from ventanilla.contacts.commands.notes import create_note
from ventanilla.contacts.models import Contact, ContactMerge, ContactNote
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.conversations.tests.scenes import talk
from ventanilla.events.models import Event
from ventanilla.kit.clock import now
from ventanilla.surveys.commands import answer_survey
from ventanilla.testing.cast import ApiClient
from ventanilla.timeline.commands import build
from ventanilla.timeline.models import TimelineBuild, TimelineEntry

pytestmark = [pytest.mark.feature("Z-23"), pytest.mark.django_db]


@pytest.fixture
def timeline(acme, drain_log):
    def ask(user, contact, **query):
        drain_log()
        path = f"/api/desk/accounts/{acme.pk}/contacts/{contact.pk}/timeline"
        words = "&".join(f"{key}={value}" for key, value in query.items())
        answer = ApiClient(user).get(f"{path}?{words}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def names(page) -> list[str]:
    return [line["name"] for line in page["payload"]]


def test_talks_notes_changes_and_merges_newest_first(acme, ana, admin, carla, web_inbox, timeline):
    talked = talk(carla, web_inbox, "Hola", "¿Hay alguien?")
    note = f"Mira, [@Bruno](mention://user/{admin.pk}/Bruno): **ojo**."
    commands.post_message(talked, commands.NewMessage(note, private=True), by=ana)
    create_note(carla, content="Cliente de siempre", by=ana)
    update_contact(carla, name="Carla Rojas", by=ana)
    other = create_contact(acme, name="Otra", email="otra@example.com", by=ana)
    assert names(timeline(ana, other)) == ["created"]
    merge_contacts(carla, mergee=other, by=ana)
    page = timeline(ana, carla)
    assert {"merged", "changed", "note", "private", "messages", "began", "created"} <= set(names(page))
    by_name = {line["name"]: line for line in page["payload"]}
    assert by_name["messages"]["data"] == {"in": 2, "out": 0}
    assert by_name["messages"]["text"] == "¿Hay alguien?"
    assert (by_name["note"]["actor"], by_name["note"]["text"]) == ("Ana Agente", "Cliente de siempre")
    assert by_name["private"]["conversation_id"] == talked.display_id
    assert by_name["private"]["text"] == "Mira, @Bruno: ojo."
    assert page["counts"]["notes"] == 2
    assert set(names(timeline(ana, carla, group="notes"))) == {"note", "private"}
    changes = [line["data"].get("changes", {}) for line in page["payload"] if line["name"] == "changed"]
    assert any(change.get("name") == ["Carla Cliente", "Carla Rojas"] for change in changes)
    again = unmerge_contacts(ContactMerge.objects.get(), by=ana)
    assert names(timeline(ana, again)) == ["created"]
    assert "unmerged" in names(timeline(ana, carla))


def test_what_was_done_with_conversations_says_to_whom_and_with_which(
    acme, ana, admin, carla, web_inbox, timeline
):
    team = create_team(acme, name="Ventas", by=admin)
    talked, other = talk(carla, web_inbox, "Hola"), talk(carla, web_inbox, "Otra")
    commands.assign_agent(talked, assignee=ana, by=admin)
    commands.assign_agent(talked, assignee=None, by=admin)
    commands.assign_team(talked, team=team, by=admin)
    commands.change_status(talked, status=Status.SNOOZED, by=ana)
    commands.change_status(talked, status=Status.PENDING, by=ana)
    commands.request_transcript(talked, email="a@example.com", by=ana)
    commands.merge_conversations(other, into=talked, by=ana)
    page = timeline(ana, carla, group="changes")
    said = [(line["name"], line["data"].get("to"), line["data"].get("number")) for line in page["payload"]]
    for line in (
        ("assigned", ana.name, None), ("assigned", "", None), ("team", "ventas", None), ("snoozed", None, None),
        ("pending", None, None), ("transcript", None, None), ("conv_merged", None, other.display_id),
    ):  # fmt: skip
        assert line in said, said


def test_pages_of_fifty_by_a_place_and_news_are_counted(acme, ana, carla, timeline):
    for number in range(120):
        create_note(carla, content=f"Nota {number}", by=ana)
    seen: list[str] = []
    place = ""
    for _turn in range(3):
        page = timeline(ana, carla, group="notes", before=place)
        seen += [line["text"] for line in page["payload"]]
        place = page["next"]
        if not _turn:
            newest = page["newest"]
    assert (len(seen), len(set(seen)), place) == (120, 120, "")
    assert seen[0] == "Nota 119"
    create_note(carla, content="Más", by=ana)
    timeline(ana, carla)
    path = f"/api/desk/accounts/{acme.pk}/contacts/{carla.pk}/timeline/news?after={newest}&group=notes"
    assert ApiClient(ana).get(path).json() == {"count": 1}
    assert ApiClient(ana).get(path.replace(newest, "x.y")).status_code == 422


def test_lines_of_conversations_one_may_not_see_stay_unseen(acme, ana, bruno, carla, api_inbox, timeline):
    talk(carla, api_inbox, "De otro canal")
    assert "messages" in names(timeline(ana, carla))
    hidden = timeline(bruno, carla)
    assert set(names(hidden)) == {"created"}
    assert "messages" not in hidden["counts"]


def test_a_page_costs_the_same_statements_however_long(
    acme, ana, carla, web_inbox, timeline, django_assert_max_num_queries
):
    for number in range(6):
        talk(carla, web_inbox, f"Hola {number}")
        create_note(carla, content=f"Nota {number}", by=ana)
    timeline(ana, carla)
    path = f"/api/desk/accounts/{acme.pk}/contacts/{carla.pk}/timeline"
    client = ApiClient(ana)
    client.get(path)
    with django_assert_max_num_queries(14):
        client.get(path)
    assert TimelineEntry.objects.filter(contact=carla).count() > 12


class TestWhatTheLogNoLongerTells:
    """Contacts older than the log have a history too."""

    @pytest.fixture
    def long_ago(self, acme, ana, carla, web_inbox):
        """Everything happened a year ago, and the log has been cut since."""
        talked = talk(carla, web_inbox, "Hola", "¿Hay alguien?")
        commands.post_message(talked, commands.NewMessage("Sí."), by=ana)
        commands.post_message(talked, commands.NewMessage("Ojo con esta clienta.", private=True), by=ana)
        create_note(carla, content="Cliente de siempre", by=ana)
        asked = commands.post_message(talked, commands.NewMessage("", content_type="input_csat"), by=ana)
        answer_survey(asked, rating=4, by=carla)
        at = now() - timedelta(days=365)
        for rows in (Contact, Conversation, Message, ContactNote):
            rows.objects.update(created_at=at, updated_at=at)
        Event.objects.all().delete()
        return at

    def test_it_is_written_from_the_rows_once(self, ana, carla, long_ago, timeline):
        assert names(timeline(ana, carla)) == []
        assert build()
        page = timeline(ana, carla)
        assert sorted(names(page)) == ["began", "created", "messages", "note", "private", "survey"]
        by_name = {line["name"]: line for line in page["payload"]}
        assert by_name["messages"]["data"] == {"in": 2, "out": 2}
        assert (by_name["private"]["actor"], by_name["note"]["text"]) == ("Ana Agente", "Cliente de siempre")
        assert by_name["survey"]["data"] == {"rating": 4}
        assert {int(line["at"]) for line in page["payload"]} == {int(long_ago.timestamp())}
        TimelineBuild.objects.all().delete()
        assert build()
        assert len(timeline(ana, carla)["payload"]) == 6

    def test_what_the_consumer_reads_is_left_to_it(self, acme, ana, carla, web_inbox, timeline):
        talked = talk(carla, web_inbox, "Hola")
        assert build()
        assert not TimelineEntry.objects.filter(conversation=talked).exists()
        before = names(timeline(ana, carla))
        assert build()
        assert names(timeline(ana, carla)) == before

    def test_it_goes_on_where_it_stopped(self, acme, ana, carla, long_ago, timeline):
        create_contact(acme, name="De hoy", by=ana)
        assert not build(seconds=-1)
        assert names(timeline(ana, carla)) == []
        assert build(seconds=5)
        assert "messages" in names(timeline(ana, carla))
