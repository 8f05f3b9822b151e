"""What an agent does every day, as the API answers it. How it looks is worked through in e2e/test_desk_daily.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.conversations.commands import NewMessage, assign_agent, post_message, receive_message
from ventanilla.conversations.jobs import wake_snoozed
from ventanilla.conversations.models import Conversation, Message
from ventanilla.conversations.tests.scenes import talk
from ventanilla.events.timed import REGISTRY
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(acme, api):
    """`ask(ana, "GET", "conversations")`: the decoded body of a 200."""

    def ask(user: Any, method: str, path: str, body: Any = None) -> Any:
        answer = api(user).call(method, in_account(acme, path), body)
        assert answer.status_code == 200, answer.content
        return answer.json() if answer.content else None

    return ask


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in rows]


@pytest.mark.feature("D-NEW-08")
def test_a_conversation_begins_for_a_contact_whose_former_one_is_closed(carla, web_inbox, ana, ask):
    former = talk(carla, web_inbox, "Marzo")
    ask(ana, "POST", f"conversations/{former.display_id}/toggle_status", {"status": "resolved"})
    body = {"contact_id": carla.pk, "inbox_id": web_inbox.pk, "message": {"content": "Hola de nuevo"}}

    made = ask(ana, "POST", "conversations", body)

    assert (made["id"] != former.display_id, made["status"]) == (True, "open")
    assert made["meta"]["sender"]["id"] == carla.pk
    assert ask(ana, "GET", f"conversations/{former.display_id}")["status"] == "resolved"


@pytest.mark.feature("D-SRC-01")
@pytest.mark.parametrize("sign", ["", "#"])
def test_a_number_finds_its_conversation_first_whatever_else_holds_these_digits(
    sign, acme, carla, web_inbox, ana, ask
):
    wanted = talk(carla, web_inbox, "La buscada")
    for index in range(12):  # newer ones, whose customers' numbers all hold the digit
        number = f"+3460000{wanted.display_id}{index:03}"
        talk(create_contact(acme, name=f"Otra {index}", phone_number=number, by=None), web_inbox, "Hola")

    found = ask(ana, "GET", f"search/conversations?q={sign.replace('#', '%23')}{wanted.display_id}")

    assert numbers(found["payload"]["conversations"])[0] == wanted.display_id


@pytest.mark.feature("D-SRC-04", "D-SRC-05")
@pytest.mark.parametrize("words", ["56911111111", "+56911111111", "berta@correo.example", "BERTA@correo"])
def test_a_person_is_found_by_phone_without_its_plus_and_by_email(words, acme, web_inbox, ana, ask):
    berta = create_contact(
        acme, name="Berta", email="berta@correo.example", phone_number="+56911111111", by=None
    )
    create_contact(acme, name="Otra", email="otra@correo.example", phone_number="+56922222222", by=None)
    conversation = talk(berta, web_inbox, "Hola")

    found = ask(ana, "GET", f"search?q={words.replace('+', '%2B')}")["payload"]

    assert numbers(found["contacts"]) == [berta.pk]
    assert numbers(found["conversations"]) == [conversation.display_id]


@pytest.mark.feature("V-LST-01", "V-CNV-02", "V-DET-01")
def test_mine_nobodys_and_those_of_one_colleague(carla, web_inbox, ana, bruno, ask):
    mine, theirs, free = (talk(carla, web_inbox, text) for text in ("uno", "dos", "tres"))
    assign_agent(mine, assignee=ana, by=None)
    assign_agent(theirs, assignee=bruno, by=None)

    def listed(kind: str) -> list[int]:
        return numbers(ask(ana, "GET", f"conversations?assignee_type={kind}")["data"]["payload"])

    by_bruno = {
        "attribute_key": "assignee_id",
        "filter_operator": "equal_to",
        "values": [bruno.pk],
        "query_operator": None,
    }
    assert listed("me") == [mine.display_id]
    assert listed("unassigned") == [free.display_id]
    assert set(listed("all")) == {mine.display_id, theirs.display_id, free.display_id}
    [row] = ask(ana, "POST", "conversations/filter", {"payload": [by_bruno]})["payload"]
    assert (row["id"], row["meta"]["assignee"]["id"]) == (theirs.display_id, bruno.pk)
    assert row["meta"]["assignee"]["available_name"] == bruno.available_name


@pytest.mark.feature("V-LST-02")
def test_the_list_finds_people_by_name_and_keeps_the_contracts_search_to_messages(
    acme, carla, web_inbox, ana, ask, drain_log
):
    hers = talk(create_contact(acme, name="Berta Búsqueda", by=None), web_inbox, "Hola")
    says = talk(carla, web_inbox, "¿Y la búsqueda?")
    drain_log()

    for words in ("busqueda", "BÚSQUEDA"):
        found = numbers(ask(ana, "GET", f"conversations?q={words}")["data"]["payload"])
        assert hers.display_id in found
    assert says.display_id in numbers(ask(ana, "GET", "conversations?q=búsqueda")["data"]["payload"])
    found = ask(ana, "GET", "conversations/search?q=búsqueda")
    assert numbers(found["payload"]) == [says.display_id]
    assert all(row["messages"] for row in found["payload"])


@pytest.mark.feature("V-DET-04")
def test_the_last_conversations_with_a_contact_newest_first(
    acme, carla, web_inbox, api_inbox, ana, bruno, ask
):
    old = talk(carla, web_inbox, "Antes")
    hidden = talk(carla, api_inbox, "En un canal que bruno no abre")
    new = talk(carla, web_inbox, "Ahora")
    talk(create_contact(acme, name="Otra", by=None), web_inbox, "De otra persona")

    def shown(user: Any) -> list[int]:
        return numbers(ask(user, "GET", f"contacts/{carla.pk}/conversations")["payload"])

    assert shown(ana) == [new.display_id, hidden.display_id, old.display_id]
    assert shown(bruno) == [new.display_id, old.display_id]


@pytest.mark.feature("V-CRM-01")
def test_there_is_no_conversation_without_a_contact(acme, carla, web_inbox, ana, api):
    answer = api(ana).post(in_account(acme, "conversations"), {"inbox_id": web_inbox.pk})
    assert 400 <= answer.status_code < 500, answer.content
    conversation = talk(carla, web_inbox, "Hola")
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(contact=None)


@pytest.mark.feature("V-USR-01")
def test_an_account_takes_as_many_people_as_it_likes(acme, admin, ask):
    before = len(ask(admin, "GET", "agents"))
    for index in range(60):
        ask(
            admin, "POST", "agents", {"name": f"N{index}", "email": f"n{index}@acme.example", "role": "agent"}
        )
    assert len(ask(admin, "GET", "agents")) == before + 60


@pytest.mark.feature("V-CNV-01")
def test_a_subject_written_with_a_mail_is_the_conversations_from_then_on(acme, carla, ana, ask, mail_inbox):
    conversation = talk(carla, mail_inbox, "Hola")
    post_message(conversation, NewMessage("Uno", content_attributes={"subject": "Pedido 7"}), by=ana)

    def subject() -> str:
        shown = ask(ana, "GET", f"conversations/{conversation.display_id}")
        return str(shown["additional_attributes"]["mail_subject"])

    assert subject() == "Pedido 7"
    ask(
        ana,
        "POST",
        f"conversations/{conversation.display_id}/messages",
        {"content": "Dos", "content_attributes": {"subject": "Pedido 7, devolución"}},
    )
    assert subject() == "Pedido 7, devolución"


@pytest.fixture
def mail_inbox(acme, ana, bruno) -> Inbox:
    made = create_inbox(acme, name="Correo", channel={"type": "email", "email": "hola@acme.example"}, by=None)
    add_inbox_members(made, user_ids=[ana.pk, bruno.pk], by=None)
    return made


@pytest.mark.feature("Z-06")
@pytest.mark.parametrize("channel", ["web_inbox", "api_inbox", "mail_inbox"])
def test_on_every_channel_a_reply_waits_is_moved_rewritten_and_cancelled(
    channel, acme, carla, ana, api, request
):
    conversation = talk(carla, request.getfixturevalue(channel), "Hola")
    path = f"/api/desk/accounts/{acme.pk}/conversations/{conversation.display_id}/scheduled"
    at = int((now() + timedelta(days=1)).timestamp())

    made = api(ana).post(path, {"content": "Mañana", "send_at": at}).json()
    moved = api(ana).patch(f"{path}/{made['id']}", {"send_at": at + 86_400}).json()
    assert (moved["content"], moved["send_at"]) == ("Mañana", made["send_at"] + 86_400)
    # Another text: the desk takes it back into the editor and schedules what is written then.
    assert api(ana).call("DELETE", f"{path}/{made['id']}").status_code == 200
    again = api(ana).post(path, {"content": "Pasado mañana", "send_at": at}).json()
    assert [row["content"] for row in api(ana).get(path).json()] == ["Pasado mañana"]
    assert api(ana).call("DELETE", f"{path}/{again['id']}").status_code == 200
    assert api(ana).get(path).json() == []
    assert not Message.objects.filter(content__contains="añana").exists()


@pytest.mark.feature("R-19")
def test_a_copy_goes_to_the_customer_only_where_there_is_an_address(acme, web_inbox, ana, api):
    contact = create_contact(acme, name="Sin correo", by=None)
    conversation = talk(contact, web_inbox, "Hola")
    shown = api(ana).get(in_account(acme, f"conversations/{conversation.display_id}")).json()
    assert shown["meta"]["sender"]["email"] is None
    path = in_account(acme, f"conversations/{conversation.display_id}/transcript")
    refused = api(ana).post(path, {"email": shown["meta"]["sender"]["email"]})
    assert 400 <= refused.status_code < 500, refused.content


@pytest.mark.feature("N-06")
def test_a_note_keeps_its_marks_emoji_and_files(acme, carla, web_inbox, ana, api):
    conversation = talk(carla, web_inbox, "Hola")
    path = in_account(acme, f"conversations/{conversation.display_id}/messages")
    form = {
        "content": "ojo: **no** devolver 🙏",
        "private": "true",
        "attachments[]": [SimpleUploadedFile("acta.txt", b"acta", content_type="text/plain")],
    }

    note = api(ana).post(path, form=form).json()

    assert (note["content"], note["private"]) == ("ojo: **no** devolver 🙏", True)
    assert [one["data_url"].rpartition("/")[2] for one in note["attachments"]] == ["acta.txt"]


@pytest.mark.feature("C-15")
def test_unattended_holds_the_unanswered_and_those_who_wait_again_assigned_or_not(
    carla, web_inbox, ana, bruno, ask
):
    never, answered, again = (talk(carla, web_inbox, text) for text in ("uno", "dos", "tres"))
    assign_agent(never, assignee=bruno, by=None)
    for one in (answered, again):
        post_message(one, NewMessage("Aquí"), by=ana)
    receive_message(again, NewMessage("¿Y bien?"), sender=carla)

    path = "conversations?conversation_type=unattended&assignee_type=all"
    assert set(numbers(ask(ana, "GET", path)["data"]["payload"])) == {never.display_id, again.display_id}


@pytest.mark.feature("A-06")
def test_an_agent_is_in_several_teams_and_sees_the_conversations_of_all(
    acme, carla, web_inbox, admin, ana, ask
):
    teams = [ask(admin, "POST", "teams", {"name": name})["id"] for name in ("ventas", "soporte", "otro")]
    for team in teams[:2]:
        ask(admin, "POST", f"teams/{team}/team_members", {"user_ids": [ana.pk]})
    given = []
    for team in teams:
        conversation = talk(carla, web_inbox, "Hola")
        ask(admin, "POST", f"conversations/{conversation.display_id}/assignments", {"team_id": team})
        given.append(conversation.display_id)

    assert {team["id"] for team in ask(ana, "GET", "teams") if team["is_member"]} == set(teams[:2])
    for team, number in zip(teams, given, strict=True):
        assert numbers(
            ask(ana, "GET", f"conversations?team_id={team}&assignee_type=all")["data"]["payload"]
        ) == [number]


@pytest.mark.feature("C-09")
def test_what_is_due_is_looked_for_twice_a_minute():
    [job] = [job for job in REGISTRY.values() if job.run is wake_snoozed]
    assert job.every <= timedelta(seconds=30)


@pytest.mark.feature("W-02")
@pytest.mark.parametrize("is_on", [True, False])
def test_the_greeting_stands_within_a_second_of_the_first_message_or_not_at_all(is_on, carla, web_inbox):
    Inbox.objects.filter(pk=web_inbox.pk).update(greeting_enabled=is_on, greeting_message="Bienvenida.")
    web_inbox.refresh_from_db()
    conversation = talk(carla, web_inbox, "Hola")
    first, *said = Message.objects.filter(conversation=conversation).order_by("pk")
    greetings = [one for one in said if one.content == "Bienvenida."]
    assert len(greetings) == is_on
    assert all(one.created_at - first.created_at < timedelta(seconds=1) for one in greetings)
