"""Tables of tickets and messages (D-EXP): who may, which rows, how they are written, and how they go away."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from django.db import DataError, connection, transaction

from ventanilla.accounts.commands.agents import update_agent
from ventanilla.accounts.commands.roles import create_role
from ventanilla.accounts.models import SystemMail
from ventanilla.api.tests.test_desk_session import Browser
from ventanilla.audit.models import AuditEntry
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors
from ventanilla.conversations.commands import (
    NewMessage,
    change_status,
    delete_conversation,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.models import Conversation, Status
from ventanilla.conversations.policies import visibility_for
from ventanilla.events.models import Event
from ventanilla.exports import commands
from ventanilla.exports.jobs import forget_old, work_on_exports
from ventanilla.exports.models import Export
from ventanilla.exports.ranges import last_day_from
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.signin.tests.test_sessions import browser_of
from ventanilla.testing.cast import make_user, membership

pytestmark = pytest.mark.django_db(transaction=True)


def desk(account, tail=""):
    return f"/api/desk/accounts/{account.pk}/exports{tail}"


@pytest.fixture
def here(admin) -> Browser:
    return browser_of(admin)


def talk(inbox, *texts, visitor):
    identity = find_or_create_contact_inbox(inbox, source_id=visitor)
    Contact.objects.filter(pk=identity.contact_id).update(name=visitor, email=f"{visitor}@example.com")
    conversation = start_conversation(identity, by=None)
    for text in texts:
        receive_message(conversation, NewMessage(text), sender=identity.contact)
    conversation.refresh_from_db()
    return conversation


def moved(conversation, **ages):
    """As it was that long ago."""
    Conversation.objects.filter(pk=conversation.pk).update(
        **{name: now() - age for name, age in ages.items()}
    )


def finished(browser, account, **body):
    """The export, written; and the rows of its file."""
    made = browser.send("POST", desk(account), body)
    assert made.status_code == 200, made.content
    while work_on_exports():
        pass
    shown = browser.send("GET", desk(account, f"/{made.json()['id']}")).json()
    assert shown["state"] == "done", shown
    return shown, rows_in(file_of(browser, account, shown["id"]), body.get("separator", ","))


def file_of(browser, account, number) -> bytes:
    path = browser.send("POST", desk(account, f"/{number}/download")).json()["path"]
    answer = browser.client.get(path)
    assert answer.status_code == 200 and answer["X-Content-Type-Options"] == "nosniff"
    return b"".join(answer.streaming_content)


def rows_in(content: bytes, separator=","):
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets need to be told that it is UTF-8"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("D-EXP-01")
def test_administrators_and_analysts_may_and_executives_are_refused(acme, admin, ana, api):
    analyst = make_user(acme, "pilar@acme.example", role="analyst", name="Pilar")
    for user in (admin, analyst):
        assert browser_of(user).send("POST", desk(acme), {}).status_code == 200
    executive = browser_of(ana)
    number = Export.objects.first().pk
    for method, tail in (
        ("GET", ""), ("POST", ""), ("POST", "/tally"), ("GET", f"/{number}"), ("POST", f"/{number}/cancel"),
        ("POST", f"/{number}/repeat"), ("POST", f"/{number}/download"), ("GET", f"/{number}/file"),
    ):  # fmt: skip
        assert executive.send(method, desk(acme, tail)).status_code == 403, tail
    assert browser_of(admin).send("GET", desk(acme, "/99999")).status_code == 404


def test_who_sees_some_conversations_sees_and_exports_no_others(acme, admin, ana, web_inbox):
    role = create_role(
        acme, name="Informes", sight="own", capabilities=["reports.read", "conversations.write"], by=admin
    )
    update_agent(membership(acme, ana), by=admin, custom_role_id=role.pk)
    mine, other = talk(web_inbox, "Hola", visitor="uno"), talk(web_inbox, "Hola", visitor="dos")
    Conversation.objects.filter(pk=mine.pk).update(assignee=ana)
    everything, rows = finished(browser_of(admin), acme)
    assert {row["Number"] for row in rows} >= {str(mine.display_id), str(other.display_id)}
    limited = browser_of(ana)
    _shown, seen = finished(limited, acme)
    assert [row["Number"] for row in seen] == [str(mine.display_id)]
    assert [row["Email"] for row in seen] == [""], "a role without contacts takes no addresses away"
    listed = limited.send("GET", desk(acme)).json()["payload"]
    assert [one["created_by"]["id"] for one in listed] == [ana.pk]
    assert limited.send("POST", desk(acme, f"/{everything['id']}/download")).status_code == 404


def test_a_key_is_good_for_its_person_and_five_minutes(acme, admin, here, travel):
    shown, _rows = finished(here, acme)
    path = here.send("POST", desk(acme, f"/{shown['id']}/download")).json()["path"]
    other = browser_of(make_user(acme, "otra@acme.example", role="administrator", name="Otra"))
    assert other.client.get(path).status_code == 404
    assert here.client.get(path.partition("?")[0]).status_code == 404
    assert here.client.get(path).status_code == 200
    travel(minutes=6)
    assert here.client.get(path).status_code == 404


def test_whoever_lost_the_right_meanwhile_gets_no_table(acme, admin, here):
    made = here.send("POST", desk(acme), {}).json()
    make_user(acme, "otra@acme.example", role="administrator", name="Otra")
    update_agent(membership(acme, admin), by=None, role="agent")
    work_on_exports()
    row = Export.objects.get(pk=made["id"])
    assert (row.state, row.problem, row.file) == ("failed", "no_right", {})


# ── which days ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("D-EXP-03")
def test_seven_days_are_the_default(acme, here):
    acme.timezone = "America/Santiago"
    acme.save()
    listed = here.send("GET", desk(acme)).json()
    made = here.send("POST", desk(acme), {}).json()
    assert (made["begins"], made["ends"]) == (listed["begins"], listed["ends"])
    assert date.fromisoformat(made["ends"]) - date.fromisoformat(made["begins"]) == timedelta(days=6)


@pytest.mark.feature("D-EXP-04")
@pytest.mark.parametrize(
    ("begins", "ends", "fault"),
    [
        ("2026-01-01", "2026-03-01", ""),
        ("2026-01-01", "2026-03-02", "ends"),
        ("2025-12-31", "2026-02-28", ""),
        ("2025-12-31", "2026-03-01", "ends"),
        ("2023-12-31", "2024-02-29", ""),
        ("2026-05-05", "2026-05-05", ""),
        ("2026-05-05", "2026-05-04", "ends"),
        ("2026-02-30", "2026-03-01", "begins"),
        ("soon", "", "begins"),
        ("0001-01-01", "0001-01-02", "begins"),
    ],
)
def test_more_than_two_months_are_refused_by_name(acme, here, begins, ends, fault):
    answer = here.send("POST", desk(acme, "/tally"), {"begins": begins, "ends": ends})
    assert list(answer.json().get("fields", {})) == ([fault] if fault else [])
    assert answer.status_code == (422 if fault else 200)


def test_the_last_day_is_the_same_day_two_months_on_or_the_months_last():
    assert last_day_from(date(2026, 12, 31)) == date(2027, 2, 28)
    assert last_day_from(date(2026, 6, 1)) == date(2026, 8, 1)


@pytest.mark.feature("D-EXP-06")
def test_days_are_of_creation_without_change_or_of_the_last_update(acme, admin, here, web_inbox):
    untouched, answered, old = (talk(web_inbox, "Hola", visitor=name) for name in ("uno", "dos", "tres"))
    for one in (untouched, answered, old):
        moved(one, created_at=timedelta(days=2), last_activity_at=timedelta(days=2))
    post_message(Conversation.objects.get(pk=answered.pk), NewMessage("Voy"), by=admin)
    moved(old, created_at=timedelta(days=90), last_activity_at=timedelta(days=1))
    _shown, created = finished(here, acme, date_of="created")
    _shown, updated = finished(here, acme, date_of="updated")
    assert {row["Number"] for row in created} == {str(untouched.display_id)}
    assert {row["Number"] for row in updated} == {str(one.display_id) for one in (untouched, answered, old)}


def test_both_days_are_whole_in_the_accounts_time(acme, here, web_inbox):
    acme.timezone = "America/Santiago"  # three hours behind
    acme.save()
    first, last, after = (talk(web_inbox, "Hola", visitor=name) for name in ("uno", "dos", "tres"))
    for one, moment in (
        (first, datetime(2026, 1, 10, 3, 0, 0, tzinfo=UTC)),
        (last, datetime(2026, 1, 12, 2, 59, 59, tzinfo=UTC)),
        (after, datetime(2026, 1, 12, 3, 0, 0, tzinfo=UTC)),
    ):
        Conversation.objects.filter(pk=one.pk).update(last_activity_at=moment)
    _shown, rows = finished(here, acme, begins="2026-01-10", ends="2026-01-11")
    assert [row["Number"] for row in rows] == [str(last.display_id), str(first.display_id)]
    assert rows[1]["Last activity"] == "2026-01-10 00:00:00"


# ── which rows ────────────────────────────────────────────────────────────────────────────────────────


def condition(key, *values, operator="equal_to"):
    return {"attribute_key": key, "filter_operator": operator, "values": list(values)}


@pytest.mark.feature("D-EXP-02", "D-EXP-05")
def test_a_table_of_tickets_is_the_list_of_the_same_filter(acme, admin, here, web_inbox):
    one, two, three = (talk(web_inbox, "Hola", visitor=name) for name in ("uno", "dos", "tres"))
    post_message(one, NewMessage("Ojo", private=True), by=admin)
    Conversation.objects.filter(pk=two.pk).update(priority=3)
    change_status(three, status=Status.RESOLVED, by=admin)
    for filters in (
        [], [condition("comments", "with")], [condition("comments", "without")], [condition("important", "yes")],
        [condition("important", "no")], [condition("ticket_state", "ignored")], [condition("inbox_id", web_inbox.pk)],
        [condition("client", "dos", operator="contains")], [condition("assigned_to", "nobody")],
    ):  # fmt: skip
        shown, rows = finished(here, acme, conditions=filters)
        listed = selectors.filtered(visibility_for(admin, acme), acme, filters)
        assert [row["Number"] for row in rows] == [str(row.display_id) for row in listed], filters
        tally = here.send("POST", desk(acme, "/tally"), {"conditions": filters}).json()
        assert tally["rows"] == shown["rows"] == shown["total"] == len(rows)
    refused = here.send("POST", desk(acme), {"conditions": [condition("nothing", "1")]})
    assert list(refused.json()["fields"]) == ["conditions.0"]


@pytest.mark.feature("D-EXP-07")
def test_the_order_of_waiting_has_those_that_wait_longest_first(acme, admin, here, web_inbox):
    short, long, answered = (talk(web_inbox, "Hola", visitor=name) for name in ("uno", "dos", "tres"))
    moved(long, waiting_since=timedelta(hours=5))
    post_message(answered, NewMessage("Voy"), by=admin)
    _shown, rows = finished(here, acme, order="waiting")
    assert [row["Number"] for row in rows] == [str(long.display_id), str(short.display_id)]
    body = {"order": "waiting", "conditions": [condition("reply", "given")]}
    assert list(here.send("POST", desk(acme), body).json()["fields"]) == ["conditions.0"]


@pytest.mark.feature("D-EXP-08", "D-EXP-09", "D-EXP-10", "D-EXP-11")
def test_a_table_of_messages_is_what_the_same_filter_finds(acme, admin, ana, here, web_inbox):
    one = talk(web_inbox, "Primero", "Segundo", visitor="uno")
    post_message(one, NewMessage("Voy"), by=ana)
    post_message(one, NewMessage("Una nota", private=True), by=ana)
    talk(web_inbox, "Otro", visitor="dos")
    one.messages.filter(content="Segundo").update(content_attributes={"public": True, "mention": True})
    for filters, texts in (
        ([], {"Primero", "Segundo", "Voy", "Otro"}),
        ([condition("inbox_id", web_inbox.pk)], {"Primero", "Segundo", "Voy", "Otro"}),
        ([condition("channel", "nothing")], set()),
        ([condition("client", "dos", operator="contains")], {"Otro"}),
        ([condition("reply", "awaited")], {"Otro"}),
        ([condition("reply", "given")], {"Primero", "Segundo", "Voy"}),
        ([condition("assigned_to", "bot")], set()),
        ([condition("privacy", "public")], {"Segundo"}),
        ([condition("privacy", "private")], {"Primero", "Voy", "Otro"}),
        ([condition("mention", "yes")], {"Segundo"}),
        ([condition("mention", "no")], {"Primero", "Voy", "Otro"}),
        ([condition("published_by", "human")], {"Voy"}),
        ([condition("published_by_agent", ana.pk)], {"Voy"}),
        ([condition("published_by", "bot")], set()),
    ):
        _shown, rows = finished(here, acme, kind="messages", conditions=filters)
        assert {row["Text"] for row in rows} == texts, filters
    assert [row["Name"] for row in finished(here, acme, kind="messages")[1]] == [
        "dos",
        ana.available_name,
        "uno",
        "uno",
    ]


def test_a_row_says_all_that_is_measured(acme, admin, ana, here, web_inbox):
    ticket = talk(web_inbox, "Hola", visitor="uno")
    post_message(ticket, NewMessage("Voy"), by=ana)
    receive_message(ticket, NewMessage("¿Y?"), sender=ticket.contact)
    post_message(ticket, NewMessage("Ya"), by=ana)
    post_message(ticket, NewMessage("Nota", private=True), by=ana)
    change_status(ticket, status=Status.RESOLVED, by=ana)
    begin = now() - timedelta(hours=10)
    ticket.messages.all().update(created_at=begin)
    for place, text in enumerate(("Hola", "Voy", "¿Y?", "Ya")):
        ticket.messages.filter(content=text).update(
            created_at=begin + timedelta(seconds=(0, 60, 100, 400)[place])
        )
    ticket.messages.filter(message_type=2).update(created_at=begin + timedelta(seconds=500))
    Conversation.objects.filter(pk=ticket.pk).update(
        created_at=begin, first_reply_created_at=begin + timedelta(seconds=60), custom_attributes={}
    )
    _shown, [row] = finished(here, acme)
    said = {
        name: row[name]
        for name in row
        if "seconds" in name or "messages" in name or name in ("Waits", "Private notes")
    }
    assert said == {
        "First reply after (seconds)": "60",
        "Resolved after (seconds)": "500",
        "Waiting now (seconds)": "",
        "Waits": "2",
        "Average wait (seconds)": "180",
        "Longest wait (seconds)": "300",
        "Customer's messages": "2",
        "Agents' messages": "2",
        "Automatic messages": said["Automatic messages"],
        "Private notes": "1",
    }
    assert (row["Addressed"], row["Open or closed"], row["Email"]) == ("Yes", "Closed", "uno@example.com")


# ── how it is written ─────────────────────────────────────────────────────────────────────────────────


EVIL = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", 'a;"b",c\r\nd', "ñandú 🐣"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_nothing_in_a_cell_is_run_by_a_spreadsheet(acme, here, web_inbox, separator):
    for number, text in enumerate(EVIL):
        talk(web_inbox, text, visitor=f"v{number}")
    _shown, rows = finished(here, acme, kind="messages", separator=separator)
    said = [row["Text"] for row in rows]
    assert (len(said) == len(EVIL) and 'a;"b",c\r\nd' in said) or 'a;"b",c\nd' in said
    assert "ñandú 🐣" in said
    assert not any(text.startswith(("=", "+", "-", "@", "\t")) for text in said)


def test_a_workbook_has_texts_as_texts_and_numbers_as_numbers(acme, here, web_inbox):
    for number, text in enumerate(EVIL):
        talk(web_inbox, text, visitor=f"v{number}")
    made = here.send("POST", desk(acme), {"kind": "messages", "format": "xlsx"}).json()
    work_on_exports()
    with zipfile.ZipFile(io.BytesIO(file_of(here, acme, made["id"]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet, "no formula"
    cells = ElementTree.fromstring(sheet).iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c")
    kinds = {cell.get("r"): cell.get("t") for cell in cells}
    assert kinds["A2"] in (None, "n") and kinds["K2"] == "inlineStr"
    assert "ñandú 🐣" in sheet


def test_the_language_is_that_of_whoever_asked(acme, here, web_inbox):
    talk(web_inbox, "Hola", visitor="uno")
    here.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    _shown, [row] = finished(here, acme)
    assert row["Estado"] == "Abierta" and "Prioridad" in row


@pytest.mark.feature("D-EXP-12")
def test_it_is_written_behind_and_who_asked_is_told(acme, admin, here, web_inbox, post_office, drain_log):
    talk(web_inbox, "Hola", visitor="uno")
    made = here.send("POST", desk(acme), {}).json()
    assert (made["state"], made["rows"]) == ("queued", 0)
    assert here.send("POST", desk(acme, f"/{made['id']}/download")).json()["code"] == "export_without_file"
    work_on_exports()
    [listed] = here.send("GET", desk(acme)).json()["payload"]
    assert (listed["state"], listed["rows"], listed["is_downloaded"]) == ("done", 1, False)
    assert listed["bytes"] > 0 and listed["position"]
    mail = SystemMail.objects.get(purpose="export")
    assert (mail.to, mail.content["button_path"]) == (admin.email, f"/app/accounts/{acme.pk}/exports")
    assert [json.loads(row.payload)["state"] for row in Event.objects.filter(name="export.changed")] == [
        "done"
    ]
    file_of(here, acme, made["id"])
    assert here.send("GET", desk(acme, f"/{made['id']}")).json()["is_downloaded"] is True
    drain_log()
    entries = AuditEntry.objects.filter(event__startswith="export.").order_by("pk")
    assert [row.event for row in entries] == ["export.created", "export.downloaded"]


def test_its_rows_are_those_of_one_moment_and_it_goes_on_where_a_killed_worker_was(
    acme, admin, here, web_inbox, monkeypatch
):
    monkeypatch.setattr(commands, "PART_ROWS", 2)
    tickets = [talk(web_inbox, "Hola", visitor=f"v{number}") for number in range(5)]
    made = here.send("POST", desk(acme), {}).json()
    kept, keep = [], commands._keep_part

    def killed(*args):
        keep(*args)
        kept.append(args)
        if len(kept) == 1:
            raise SystemExit("kill -9")

    monkeypatch.setattr(commands, "_keep_part", killed)
    with pytest.raises(SystemExit):
        work_on_exports()
    half = Export.objects.get(pk=made["id"])
    assert (half.state, half.done, half.total, len(half.parts)) == ("running", 2, 5, 1)
    late = talk(web_inbox, "Tarde", visitor="tarde")
    delete_conversation(Conversation.objects.get(pk=tickets[0].pk), by=admin)
    work_on_exports()
    shown = here.send("GET", desk(acme, f"/{made['id']}")).json()
    rows = rows_in(file_of(here, acme, made["id"]))
    assert (shown["state"], shown["total"], shown["rows"], len(rows)) == ("done", 5, 4, 4)
    numbers = [row["Number"] for row in rows]
    assert len(set(numbers)) == 4 and str(late.display_id) not in numbers
    assert not any(default_storage.exists(key) for key in [*half.parts, half.numbers])


def test_cancelled_it_leaves_no_file(acme, here, web_inbox, monkeypatch):
    monkeypatch.setattr(commands, "PART_ROWS", 1)
    for number in range(3):
        talk(web_inbox, "Hola", visitor=f"v{number}")
    made = here.send("POST", desk(acme), {}).json()
    kept, keep = [], commands._keep

    def then_cancelled(content):
        kept.append(keep(content))
        if len(kept) == 3:
            assert here.send("POST", desk(acme, f"/{made['id']}/cancel")).json()["state"] == "cancelled"
        return kept[-1]

    monkeypatch.setattr(commands, "_keep", then_cancelled)
    work_on_exports()
    assert Export.objects.get(pk=made["id"]).state == "cancelled"
    assert not any(default_storage.exists(key) for key in kept)
    assert here.send("POST", desk(acme, f"/{made['id']}/cancel")).json()["code"] == "export_over"
    assert here.send("POST", desk(acme, f"/{made['id']}/repeat")).json()["state"] == "queued"
    monkeypatch.setattr(commands, "_keep", keep)
    work_on_exports()
    assert here.send("GET", desk(acme, f"/{made['id']}")).json()["rows"] == 3


def test_a_fault_ends_it_aloud(acme, here, web_inbox, monkeypatch):
    talk(web_inbox, "Hola", visitor="uno")
    made = here.send("POST", desk(acme), {}).json()

    def broken(*_args):
        raise RuntimeError("something")

    monkeypatch.setattr(commands, "ticket_rows", broken)
    work_on_exports()
    shown = here.send("GET", desk(acme, f"/{made['id']}")).json()
    assert (shown["state"], shown["problem"]) == ("failed", "failed")


def test_after_thirty_days_the_file_goes_and_the_line_stays(acme, here, web_inbox, travel):
    talk(web_inbox, "Hola", visitor="uno")
    shown, _rows = finished(here, acme)
    key = Export.objects.get(pk=shown["id"]).file["key"]
    travel(days=29)
    forget_old()
    assert default_storage.exists(key)
    travel(days=2)
    forget_old()
    assert not default_storage.exists(key)
    row = Export.objects.get(pk=shown["id"])
    assert (row.state, row.rows, row.file) == ("expired", 1, {})


def test_more_than_twenty_at_once_wait_for_another(acme, admin):
    visibility = visibility_for(admin, acme)
    for _number in range(commands.MOST_AT_WORK):
        commands.begin(commands.drafted(acme, by=admin, visibility=visibility, locale="en"), by=admin)
    with pytest.raises(commands.TooManyAtOnce), transaction.atomic():
        commands.begin(commands.drafted(acme, by=admin, visibility=visibility, locale="en"), by=admin)


@pytest.mark.parametrize("field", ["kind", "format", "separator", "date_of", "order"])
def test_an_unknown_word_is_refused_by_its_name(acme, admin, field):
    with pytest.raises(Invalid) as refused:
        commands.drafted(acme, by=admin, visibility=visibility_for(admin, acme), locale="en", **{field: "?"})
    assert list(refused.value.fields) == [field]


def test_a_page_and_a_part_cost_the_same_for_many(acme, admin, here, web_inbox, count_queries):
    def cost(how_many):
        for number in range(how_many):
            talk(web_inbox, "Hola", visitor=f"{how_many}-{number}")
        here.send("POST", desk(acme), {})
        written = count_queries(work_on_exports)
        return written, count_queries(lambda: here.send("GET", desk(acme)))

    cost(1)
    few = cost(3)
    assert cost(20) == few


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"begins": "9999-12-31"}, "begins"),
        ({"ends": "0001-01-02"}, "ends"),
        ({"conditions": [{"attribute_key": "client", "values": ["x" * 101_000]}]}, "conditions"),
    ],
)
def test_days_beyond_the_calendar_and_endless_filters_are_refused_by_name(acme, here, given, field):
    for tail in ("", "/tally"):
        answer = here.send("POST", desk(acme, tail), given)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_no_one_who_writes_waits_while_its_rows_are_found(acme, here, web_inbox, monkeypatch):
    talk(web_inbox, "Hola", visitor="v")
    place, written = commands.settled_position, []

    def another_writes():
        if connection.vendor == "sqlite":
            other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=0.1)
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            other.close()
        written.append(True)
        return place()

    monkeypatch.setattr(commands, "settled_position", another_writes)
    shown, rows = finished(here, acme)
    assert (shown["rows"], len(rows), written) == (1, 1, [True])


def test_a_question_that_the_database_refuses_ends_one_table_and_those_behind_it_are_written(
    acme, here, web_inbox, monkeypatch
):
    first = here.send("POST", desk(acme), {}).json()["id"]
    ask, asked = commands.rows_of, []

    def refused(*args):
        asked.append(args)
        if len(asked) == 1:
            raise DataError("too deep")
        return ask(*args)

    monkeypatch.setattr(commands, "rows_of", refused)
    finished(here, acme)
    failed = here.send("GET", desk(acme, f"/{first}")).json()
    assert (failed["state"], failed["problem"]) == ("failed", "failed")
