"""Answering a survey: from the thread, and by its address (W-07, contract B.10, C.3)."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.events.log import START, read_after
from ventanilla.inboxes.commands.inboxes import delete_inbox, update_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import epoch, now
from ventanilla.surveys.commands import answer_survey
from ventanilla.surveys.errors import NotAnAnswer, SurveyClosed
from ventanilla.surveys.models import SurveyResponse
from ventanilla.testing.cast import ApiClient, in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("W-07")]


def asked(contact: Contact, inbox: Inbox, *, by: User) -> Message:
    """The survey of a conversation that this agent had and resolved."""
    update_inbox(inbox, csat_survey_enabled=True, by=None)
    conversation = conversations.start_conversation(ensure_contact_inbox(contact, inbox=inbox), by=None)
    conversations.receive_message(conversation, conversations.NewMessage("Hola"), sender=contact)
    conversations.assign_agent(conversation, assignee=by, by=by)
    conversations.change_status(conversation, status=Status.RESOLVED, by=by)
    return Message.objects.select_related("conversation__contact").get(
        conversation=conversation, content_type="input_csat"
    )


@pytest.fixture
def survey(carla: Contact, web_inbox: Inbox, ana: User) -> Message:
    return asked(carla, web_inbox, by=ana)


def test_an_answer_is_kept_with_the_agent_who_had_it_and_can_be_changed(
    survey: Message, carla: Contact, ana: User, bruno: User
) -> None:
    answer_survey(survey, rating=4, feedback=" Bien ", by=carla)
    conversations.assign_agent(survey.conversation, assignee=bruno, by=bruno)
    answered = answer_survey(survey, rating="5", feedback="Muy bien", by=carla)
    answer_survey(survey, rating=5, feedback="Muy bien", by=carla)

    response = SurveyResponse.objects.get()
    assert (response.rating, response.feedback_message, response.assigned_agent) == (5, "Muy bien", ana)
    assert answered.content_attributes["submitted_values"] == {
        "csat_survey_response": {"rating": 5, "feedback_message": "Muy bien"}
    }
    told = read_after(START, names={"survey.answered"}, settled=False)
    assert [(event.payload["old_rating"], event.payload["rating"]) for event in told] == [(None, 4), (4, 5)]


@pytest.mark.parametrize("rating", [0, 6, "x", "", None, 4.5, True, "٣"])
def test_a_rating_is_one_to_five(survey: Message, carla: Contact, rating: Any) -> None:
    with pytest.raises(NotAnAnswer):
        answer_survey(survey, rating=rating, by=carla)
    assert not SurveyResponse.objects.exists()


def test_after_fourteen_days_it_is_closed(survey: Message, carla: Contact) -> None:
    with time_machine.travel(now() + timedelta(days=13, hours=23)):
        answer_survey(survey, rating=3, by=carla)
    with time_machine.travel(now() + timedelta(days=14, minutes=1)), pytest.raises(SurveyClosed):
        answer_survey(survey, rating=5, by=carla)
    assert SurveyResponse.objects.get().rating == 3


# ── by its address ────────────────────────────────────────────────────────────────────────────────────


def address(message: Message) -> str:
    return f"/public/api/v1/csat_survey/{message.conversation.uuid}"


def body(rating: Any, feedback: str = "") -> dict[str, Any]:
    return {
        "message": {
            "submitted_values": {"csat_survey_response": {"rating": rating, "feedback_message": feedback}}
        }
    }


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_whoever_has_the_address_may_look_and_answer(survey: Message, acme: Account, method: str) -> None:
    nobody = ApiClient()
    shown = nobody.get(address(survey)).json()
    assert shown == {
        "id": survey.pk,
        "csat_survey_response": None,
        "inbox_avatar_url": "",
        "inbox_name": "Acme web",
        "locale": "en",
        "conversation_id": survey.conversation_id,
        "created_at": epoch(survey.created_at),
    }
    answered = nobody.call(method, address(survey), body(2, "Tarde")).json()
    assert answered["csat_survey_response"]["rating"] == 2
    assert answered["csat_survey_response"]["feedback_message"] == "Tarde"
    assert answered.keys() == shown.keys()
    assert nobody.call(method, address(survey), body(9)).status_code == 422
    assert nobody.call(method, address(survey), {"message": {}}).status_code == 422
    with time_machine.travel(now() + timedelta(days=15)):
        late = nobody.call(method, address(survey), body(5))
    assert late.status_code == 422
    assert late.json()["error"]
    assert nobody.get(address(survey)).json()["csat_survey_response"]["rating"] == 2


@pytest.mark.parametrize("what", ["unknown", "not asked", "no uuid", "inbox gone", "deleted", "suspended"])
def test_otherwise_there_is_nothing_at_that_address(
    survey: Message, acme: Account, admin: User, web_inbox: Inbox, carla: Contact, what: str
) -> None:
    path = address(survey)
    match what:
        case "unknown":
            path = "/public/api/v1/csat_survey/6f9619ff-8b86-4d01-b42d-00c04fc964ff"
        case "no uuid":
            path = "/public/api/v1/csat_survey/1"
        case "not asked":
            other = conversations.start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
            path = f"/public/api/v1/csat_survey/{other.uuid}"
        case "inbox gone":
            delete_inbox(web_inbox, by=admin)
        case "deleted":
            conversations.delete_message(survey, by=admin)
        case _:
            Account.objects.update(status=Account.Status.SUSPENDED)
    assert ApiClient().get(path).status_code == 404
    assert ApiClient().patch(path, body(5)).status_code == 404


# ── what the team sees ────────────────────────────────────────────────────────────────────────────────


def answers_in_thread(client: ApiClient, account: Account, conversation: Conversation) -> list[Any]:
    rows = client.get(in_account(account, f"conversations/{conversation.display_id}/messages")).json()[
        "payload"
    ]
    return [
        row["content_attributes"].get("submitted_values")
        for row in rows
        if row["content_type"] == "input_csat"
    ]


def test_agents_see_the_answer_only_where_the_inbox_shows_it(
    survey: Message, acme: Account, carla: Contact, ana: User, admin: User, web_inbox: Inbox
) -> None:
    answer_survey(survey, rating=1, feedback="Fatal", by=carla)
    given = [{"csat_survey_response": {"rating": 1, "feedback_message": "Fatal"}}]
    assert answers_in_thread(ApiClient(admin), acme, survey.conversation) == given
    assert answers_in_thread(ApiClient(ana), acme, survey.conversation) == [None]
    listed = ApiClient(ana).get(in_account(acme, "conversations?status=all")).content
    assert b"Fatal" not in listed

    update_inbox(web_inbox, csat_response_visible=True, by=None)
    assert answers_in_thread(ApiClient(ana), acme, survey.conversation) == given
    # Lists are kept ready for everyone, so they never carry it.
    listed = ApiClient(admin).get(in_account(acme, "conversations?status=all")).content
    assert b"Fatal" not in listed


def test_the_list_the_figures_and_the_table(
    acme: Account,
    carla: Contact,
    web_inbox: Inbox,
    api_inbox: Inbox,
    ana: User,
    bruno: User,
    vera: User,
    admin: User,
) -> None:
    Contact.objects.filter(pk=carla.pk).update(name='=HYPERLINK("http://evil.example")')
    add_inbox_members(api_inbox, user_ids=[bruno.pk], by=None)
    first, second = asked(carla, web_inbox, by=ana), asked(carla, api_inbox, by=bruno)
    asked(carla, web_inbox, by=ana)  # is not answered
    answer_survey(first, rating=5, feedback="Genial\nde verdad", by=carla)
    answer_survey(second, rating=2, by=carla)
    at = lambda tail="": in_account(acme, f"csat_survey_responses{tail}")  # noqa: E731
    client = ApiClient(admin)

    [newest, oldest] = client.get(at()).json()
    assert newest["rating"] == 2
    assert newest["assigned_agent"]["id"] == bruno.pk
    assert oldest["conversation_id"] == first.conversation.display_id
    assert oldest["message_id"] == first.pk
    assert oldest["contact"]["id"] == carla.pk
    assert isinstance(oldest["created_at"], int)
    assert client.get(at("?sort=created_at")).json() == [oldest, newest]
    for query, found in {
        f"?inbox_id={web_inbox.pk}": [oldest],
        f"?user_ids[]={bruno.pk}": [newest],
        "?rating=5": [oldest],
        "?rating=": [newest, oldest],
        "?page=2": [],
        f"?since={epoch(now()) + 60}": [],
        f"?until={epoch(now()) - 60}": [],
    }.items():
        assert client.get(at(query)).json() == found, query
    assert client.get(at("?since=never")).status_code == 422
    assert client.get(at("/metrics")).json() == {
        "total_count": 2,
        "ratings_count": {"1": 0, "2": 1, "3": 0, "4": 0, "5": 1},
        "total_sent_messages_count": 3,
    }
    assert client.get(at(f"/metrics?user_ids[]={ana.pk}")).json()["total_sent_messages_count"] == 2

    file = client.get(at("/download"))
    assert file["Content-Disposition"] == 'attachment; filename="csat_report.csv"'
    period, header, *rows = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert len(period) == 1
    assert header == ["Agent", "Rating", "Comment", "Contact", "Email", "Phone", "Conversation", "Date"]
    assert rows[1][:3] == ["Ana Agente", "5", "Genial\nde verdad"]
    assert rows[1][3].startswith("'=HYPERLINK")
    assert rows[1][5] == "'+56912345678"
    assert rows[1][6].endswith(f"/app/accounts/{acme.pk}/conversations/{first.conversation.display_id}")

    assert ApiClient(vera).get(at()).status_code == 200
    for tail in ("/metrics", "/download"):
        assert ApiClient(ana).get(at(tail)).status_code == 401
    for asked_for in ("", f"?user_ids[]={bruno.pk}"):  # an agent's list is about themselves
        own = ApiClient(ana).get(at(asked_for)).json()
        assert {row["assigned_agent"]["id"] for row in own} == {ana.pk}


def test_a_list_takes_as_many_queries_for_one_answer_as_for_many(
    acme: Account, carla: Contact, web_inbox: Inbox, ana: User, admin: User, count_queries: Any
) -> None:
    client, path = ApiClient(admin), in_account(acme, "csat_survey_responses")
    answer_survey(asked(carla, web_inbox, by=ana), rating=5, by=carla)
    one = count_queries(lambda: client.get(path))
    for _time in range(4):
        answer_survey(asked(carla, web_inbox, by=ana), rating=4, by=carla)
    assert count_queries(lambda: client.get(path)) == one
    assert len(client.get(path).json()) == 5
