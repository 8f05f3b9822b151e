from __future__ import annotations

import io
import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.commands.teams import create_team, set_team_members
from ventanilla.accounts.commands.users import update_profile
from ventanilla.accounts.models import Account, AgentBot
from ventanilla.contacts.commands.contacts import create_contact, set_blocked
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    assign_team,
    change_status,
    mark_seen,
    post_message,
    receive_message,
    set_labels,
)
from ventanilla.conversations.models import Status, Upload
from ventanilla.conversations.policies import visibility_for
from ventanilla.conversations.rendering import (
    conversation_events,
    conversations_json,
    extended,
    forget_people,
    forget_rendered,
    message_events,
    messages_json,
    people_of,
    public_messages_json,
)
from ventanilla.conversations.rendering.cache import Cache
from ventanilla.conversations.rendering.conversations import render
from ventanilla.conversations.rendering.messages import render_rows
from ventanilla.conversations.selectors import ListQuestion, counts_of, page_keys, thread_page
from ventanilla.conversations.tests.scenes import fresh, talk
from ventanilla.testing.cast import set_present


@pytest.fixture(autouse=True)
def nothing_kept():
    """Rows of other tests have the same ids."""
    forget_people()
    forget_rendered()


def shown(conversation, **given):
    rendered = conversations_json([conversation.pk], account_id=conversation.account_id, **given)
    return json.loads(rendered[conversation.pk])


def crowd(account, inbox, ana, count: int) -> None:
    for number in range(count):
        contact = create_contact(account, name=f"C{number}", by=None)
        conversation = talk(contact, inbox, "Hi")
        files = [Upload(file=io.BytesIO(b"text"), filename=f"{number}.txt")]
        post_message(conversation, NewMessage("Hello", attachments=files), by=ana)
        assign_agent(conversation, assignee=ana, by=None)


@pytest.mark.django_db(transaction=True)
def test_a_page_costs_the_same_few_queries_however_long_it_is(acme, ana, api_inbox):
    crowd(acme, api_inbox, ana, 30)
    visibility = visibility_for(ana, acme)
    people_of(acme.pk)  # asked at most once a second by a process, whatever it answers

    def page():
        keys = page_keys(visibility, ListQuestion())
        counts_of(visibility, ListQuestion())
        return render(keys, form="rest", account_id=acme.pk)

    with CaptureQueriesContext(
        connection,
    ) as cold:
        assert len(page()) == 25
    with CaptureQueriesContext(connection) as warm:
        assert len(page()) == 25

    assert len(cold) <= 4, [query["sql"] for query in cold.captured_queries]
    assert len(warm) <= 2


@pytest.mark.django_db(transaction=True)
def test_a_thread_costs_the_same_few_queries_however_long_it_is(acme, ana, carla, api_inbox):
    conversation = talk(carla, api_inbox, *(str(number) for number in range(25)))
    post_message(
        conversation, NewMessage("x", attachments=[Upload(file=io.BytesIO(b"t"), filename="a.txt")]), by=ana
    )
    people_of(acme.pk)

    with CaptureQueriesContext(connection) as asked:
        rows = thread_page(conversation)
        rendered = render_rows(rows, form="rest", account_id=acme.pk)

    assert len(rendered) == 20
    assert len(asked) <= 2


@pytest.mark.django_db(transaction=True)
def test_every_change_is_seen_at_once_though_renderings_are_kept(acme, ana, bruno, carla, api_inbox):
    conversation = talk(carla, api_inbox)
    assert shown(conversation)["status"] == "open"

    changes = [
        (lambda: receive_message(conversation, NewMessage("Hi"), sender=carla), "unread_count", 1),
        (lambda: mark_seen(conversation, by=ana), "unread_count", 0),
        (lambda: set_labels(conversation, titles=["vip"], by=ana), "labels", ["vip"]),
        (lambda: change_status(conversation, status=Status.PENDING, by=ana), "status", "pending"),
        (lambda: set_blocked(carla, blocked=True, by=None), "muted", True),
    ]
    for change, key, value in changes:
        change()
        assert shown(conversation)[key] == value


@pytest.mark.django_db(transaction=True)
def test_names_and_presence_are_of_now_and_not_of_when_it_was_rendered(acme, ana, carla, api_inbox):
    conversation = talk(carla, api_inbox)
    assign_agent(conversation, assignee=ana, by=None)
    assert shown(conversation)["meta"]["assignee"]["availability_status"] == "offline"
    assert shown(conversation)["meta"]["sender"]["availability_status"] == "offline"

    update_profile(ana, name="Ana Nueva")
    set_present(acme, ana, carla)
    forget_people()  # what a second does

    again = shown(conversation)
    assert again["meta"]["assignee"]["name"] == "Ana Nueva"
    assert again["meta"]["assignee"]["availability_status"] == "online"
    assert again["meta"]["sender"]["availability_status"] == "online"


@pytest.mark.django_db
def test_what_does_not_exist_is_absent_or_empty_as_strict_clients_need(carla, api_inbox):
    body = shown(talk(carla, api_inbox))

    assert "assignee" not in body["meta"]
    assert "team" not in body["meta"]
    assert body["messages"] == []
    assert body["last_non_activity_message"] is None
    assert body["labels"] == []
    assert body["custom_attributes"] == body["additional_attributes"] == {}
    assert (body["agent_last_seen_at"], body["first_reply_created_at"]) == (0, 0)
    assert body["snoozed_until"] is None
    assert body["priority"] is None


@pytest.mark.django_db
def test_a_team_says_whether_the_reader_is_in_it(acme, ana, bruno, carla, web_inbox):
    conversation = talk(carla, web_inbox)
    team = create_team(acme, name="sales", by=None)
    set_team_members(team, user_ids=[ana.pk], by=None)
    assign_team(conversation, team=team, by=None)

    assert shown(conversation, viewer_id=ana.pk)["meta"]["team"]["is_member"]
    assert not shown(conversation, viewer_id=bruno.pk)["meta"]["team"]["is_member"]


@pytest.mark.django_db
def test_customers_texts_cannot_pretend_to_be_a_place_to_fill_in(carla, api_inbox):
    text = '"@0000000000000000:agent:1" \\u0000 </script>'
    conversation = talk(carla, api_inbox, text)

    assert shown(conversation)["messages"][0]["content"] == text


@pytest.mark.django_db
@pytest.mark.feature("N-02")
def test_an_event_for_the_customer_holds_nothing_that_is_only_ours(acme, ana, carla, api_inbox):
    conversation = talk(
        carla, api_inbox, "Hi", custom_attributes={"secret": 4711}, additional_attributes={"x": 4711}
    )
    set_labels(conversation, titles=["secret-4711"], by=ana)
    answer = post_message(conversation, NewMessage("Hello"), by=ana)
    post_message(conversation, NewMessage("note 4711", private=True), by=ana)

    body = conversation_events([conversation.pk], account_id=acme.pk, for_contact=True)[conversation.pk]
    ours = json.loads(conversation_events([conversation.pk], account_id=acme.pk)[conversation.pk])

    assert b"4711" not in body
    assert json.loads(body)["messages"][0]["id"] == answer.pk
    assert ours["labels"] == ["secret-4711"]
    # The newest message that the customer may read: neither the note nor the activity line.
    assert [message["id"] for message in ours["messages"]] == [answer.pk]


@pytest.mark.django_db
def test_no_form_carries_the_contacts_token(acme, ana, carla, api_inbox):
    conversation = talk(carla, api_inbox, "Hi")
    token = conversation.contact_inbox.pubsub_token.encode()

    forms = [
        conversations_json([conversation.pk], account_id=acme.pk),
        conversation_events([conversation.pk], account_id=acme.pk),
        conversation_events([conversation.pk], account_id=acme.pk, for_contact=True),
    ]
    assert all(token not in form[conversation.pk] for form in forms)


@pytest.mark.django_db
def test_senders_are_told_apart_by_their_type(acme, ana, carla, api_inbox):
    conversation = talk(carla, api_inbox)
    bot = AgentBot.objects.create(account=acme, name="Robo")
    written = [
        receive_message(conversation, NewMessage("c"), sender=carla),
        post_message(conversation, NewMessage("a"), by=ana),
        post_message(conversation, NewMessage("b"), by=bot),
        post_message(conversation, NewMessage("s"), by=None),
    ]
    ids = [message.pk for message in written]

    for render_them in (messages_json, message_events, public_messages_json):
        rendered = render_them(ids, account_id=acme.pk)
        senders = [json.loads(body).get("sender") for body in rendered.values()]
        assert [sender and sender["type"] for sender in senders] == ["contact", "user", "agent_bot", None]


@pytest.mark.django_db
def test_a_file_has_a_lasting_address_and_its_measures(carla, ana, api_inbox):
    conversation = talk(carla, api_inbox)
    message = post_message(
        conversation,
        NewMessage("", attachments=[Upload(file=io.BytesIO(b"text"), filename="año.txt")]),
        by=ana,
    )

    attachment = json.loads(messages_json([message.pk], account_id=message.account_id)[message.pk])[
        "attachments"
    ][0]

    assert attachment["file_type"] == "file"
    assert (attachment["extension"], attachment["file_size"]) == ("txt", 4)
    assert "/rails/active_storage/blobs/redirect/" in attachment["data_url"]
    assert attachment["message_id"] == message.pk


@pytest.mark.django_db
def test_a_place_is_shown_as_a_place(carla, api_inbox):
    conversation = talk(carla, api_inbox)
    message = receive_message(
        conversation,
        NewMessage(
            "",
            attachments=[
                {
                    "file_type": "location",
                    "coordinates_lat": -33.4,
                    "coordinates_long": -70.6,
                    "fallback_title": "Plaza",
                }
            ],
        ),
        sender=carla,
    )

    attachment = json.loads(messages_json([message.pk], account_id=message.account_id)[message.pk])[
        "attachments"
    ][0]

    assert (attachment["coordinates_lat"], attachment["coordinates_long"]) == (-33.4, -70.6)
    assert attachment["fallback_title"] == "Plaza"
    assert "file_size" not in attachment


@pytest.mark.django_db
def test_what_is_gone_is_left_out(acme, carla, api_inbox):
    assert conversations_json([999_999], account_id=acme.pk) == {}
    assert messages_json([999_999], account_id=acme.pk) == {}
    assert conversations_json([], account_id=acme.pk) == {}


def test_the_cache_lets_go_of_the_longest_unused():
    cache = Cache(max_bytes=1_000)
    for name in "abc":
        cache.put(name, (b"x" * 200,))
        cache.get("a")

    assert cache.get("a") is not None
    assert cache.get("b") is None


@pytest.mark.django_db(transaction=True)
def test_what_was_read_in_a_transaction_that_was_undone_is_not_kept(carla, ana, api_inbox):
    conversation = talk(carla, api_inbox)
    with transaction.atomic():
        set_labels(conversation, titles=["undone"], by=ana)
        assert shown(conversation)["labels"] == ["undone"]
        transaction.set_rollback(True)
    set_labels(fresh(conversation), titles=["done"], by=ana)

    assert shown(conversation)["labels"] == ["done"]


def test_more_keys_can_be_added_to_a_rendered_object():
    assert json.loads(extended(b'{"a":1}', b=[2])) == {"a": 1, "b": [2]}
    assert extended(b'{"a":1}') == b'{"a":1}'


@pytest.mark.django_db
def test_a_new_inbox_is_known_at_once(acme: Account, ana, carla, web_inbox, api_inbox):
    first = talk(carla, web_inbox)
    shown(first)

    assert shown(talk(carla, api_inbox))["meta"]["channel"] == "Channel::Api"
