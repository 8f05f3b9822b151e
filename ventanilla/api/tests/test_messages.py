"""Messages and canned responses over the API (B.2, B.6)."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.accounts.models import AgentBot
from ventanilla.api.application.conversation_shapes import MessageShape
from ventanilla.api.application.messages import Thread
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    post_message,
    receive_message,
    set_message_status,
    start_conversation,
)
from ventanilla.conversations.models import Conversation, Message, MessageStatus
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    return start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)


@pytest.fixture
def send(acme, conversation, ana, api):
    """`send({...})` posts as ana and gives the response."""
    path = in_account(acme, "conversations/1/messages")
    return lambda body=None, form=None: api(ana).post(path, body, form=form)


def test_a_message_comes_back_with_its_key_and_shape(send, ana):
    body = send({"content": "Hello", "echo_id": "local-1"}).json()

    MessageShape.model_validate(body, strict=True)
    assert (body["echo_id"], body["message_type"], body["conversation_id"]) == ("local-1", 1, 1)
    assert body["sender"]["id"] == ana.pk


@pytest.mark.feature("Z-02")
def test_the_key_comes_back_even_when_it_was_used_for_another_text(send):
    first, second = (send({"content": text, "echo_id": "k"}).json() for text in ("one", "two"))

    assert first["id"] != second["id"]
    assert second["echo_id"] == "k"


def test_a_form_carries_text_for_truth_and_objects_and_files(send):
    body = send(
        form={
            "content": "see",
            "private": "false",
            "echo_id": "e",
            "content_attributes": '{"x": 1}',
            "attachments[]": [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")],
        }
    ).json()

    assert (body["private"], body["content_attributes"]) == (False, {"x": 1})
    assert [item["extension"] for item in body["attachments"]] == ["txt", "txt"]


def test_a_note_is_private_in_every_spelling(send):
    assert send({"content": "n", "private": True}).json()["private"]
    assert send(form={"content": "n", "private": "true"}).json()["private"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": ""},
        {"content": "x", "content_type": "nonsense"},
        {"content": "x", "message_type": "activity"},
        {"content": "x", "message_type": "incoming"},  # a website's customers write themselves
        {"content": "x", "content_attributes": "not json"},
        {"content": "x", "content_type": "cards", "content_attributes": {"items": [{"title": "t"}]}},
        {"content": "x", "template_params": {"category": "marketing"}},
        {"content": "x", "status": "flying"},
        {"content": "x", "attachments": ["not-a-signed-id"]},
    ],
)
def test_what_the_contract_does_not_take_is_a_422_with_a_sentence(send, body):
    answer = send(body)

    assert answer.status_code == 422, answer.content
    assert answer.json()["error"]
    assert not Message.objects.exists()


def test_an_answer_names_the_message_it_answers_only_in_the_same_conversation(
    send, carla, conversation, web_inbox
):
    here = receive_message(conversation, NewMessage("q", source_id="ext-1"), sender=carla)
    other = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    elsewhere = receive_message(other, NewMessage("q"), sender=carla)

    answer = send({"content": "a", "content_attributes": {"in_reply_to": here.pk}}).json()
    assert answer["content_attributes"] == {"in_reply_to": here.pk, "in_reply_to_external_id": "ext-1"}
    wrong = send({"content": "a", "content_attributes": {"in_reply_to": elsewhere.pk}})
    assert (wrong.status_code, wrong.json()["attributes"]) == (422, ["in_reply_to"])


def test_a_message_can_be_a_bots(send, acme):
    bot = AgentBot.objects.create(account=acme, name="Robo")

    assert (
        send({"content": "x", "sender_type": "AgentBot", "sender_id": bot.pk}).json()["sender"]["type"]
        == "agent_bot"
    )


def test_in_an_api_inbox_the_customers_words_can_be_written_for_them(acme, carla, ana, api_inbox, api):
    start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)

    body = (
        api(ana)
        .post(
            in_account(acme, "conversations/1/messages"),
            {"content": "from outside", "message_type": "incoming"},
        )
        .json()
    )

    assert (body["message_type"], body["sender"]["type"]) == (0, "contact")
    assert Conversation.objects.get().unread_count == 1


def test_messages_come_oldest_first_by_cursor(acme, conversation, ana, carla, api):
    ids = [receive_message(conversation, NewMessage(str(number)), sender=carla).pk for number in range(30)]
    ids = list(Message.objects.order_by("id").values_list("pk", flat=True))

    def listed(query: str = "") -> list[int]:
        body = api(ana).get(in_account(acme, f"conversations/1/messages{query}")).json()
        Thread.model_validate(body, strict=True)
        return [message["id"] for message in body["payload"]]

    assert listed() == ids[-20:]
    assert listed(f"?before={ids[10]}") == ids[:10]
    assert listed(f"?after={ids[10]}") == ids[11:]
    assert listed(f"?after={ids[5]}&before={ids[10]}") == ids[5:10]
    assert listed("?before=&after=") == ids[-20:]
    assert listed(f"?before={ids[0]}") == []


@pytest.mark.feature("C-21")
def test_a_deleted_message_says_so(acme, conversation, ana, api):
    message = post_message(conversation, NewMessage("secret 4711"), by=ana)

    body = api(ana).delete(in_account(acme, f"conversations/1/messages/{message.pk}")).json()

    assert body["content_attributes"] == {"deleted": True}
    assert "4711" not in json.dumps(body)
    thread = api(ana).get(in_account(acme, "conversations/1/messages")).content
    assert b"4711" not in thread


def test_where_agents_may_not_delete_it_is_a_400(acme, conversation, ana, api):
    Inbox.objects.update(allow_agent_to_delete_message=False)
    message = post_message(conversation, NewMessage("x"), by=ana)

    answer = api(ana).delete(in_account(acme, f"conversations/1/messages/{message.pk}"))

    assert answer.status_code == 400


@pytest.mark.feature("Z-22")
def test_a_failed_message_is_sent_again(acme, conversation, ana, api):
    message = post_message(conversation, NewMessage("x"), by=ana)
    set_message_status(message, status=MessageStatus.FAILED, external_error="no such number")

    body = api(ana).post(in_account(acme, f"conversations/1/messages/{message.pk}/retry")).json()

    assert (body["status"], body["content_attributes"]) == ("sent", {})


@pytest.mark.feature("Z-22")
def test_an_outside_system_tells_delivery_states_of_api_inboxes_only(
    acme, carla, conversation, ana, api_inbox, api
):
    theirs = start_conversation(ensure_contact_inbox(carla, inbox=api_inbox), by=None)
    message = post_message(theirs, NewMessage("x"), by=ana)
    path = in_account(acme, f"conversations/2/messages/{message.pk}")

    body = api(ana).patch(path, {"status": "failed", "external_error": "gone"}).json()
    assert (body["status"], body["content_attributes"]) == ("failed", {"external_error": "gone"})
    website = post_message(conversation, NewMessage("x"), by=ana)
    refused = api(ana).patch(in_account(acme, f"conversations/1/messages/{website.pk}"), {"status": "read"})
    assert refused.status_code == 422


def test_a_message_of_another_conversation_is_a_404(acme, conversation, carla, ana, web_inbox, api):
    other = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    message = post_message(other, NewMessage("x"), by=ana)

    assert api(ana).delete(in_account(acme, f"conversations/1/messages/{message.pk}")).status_code == 404


def test_a_message_is_passed_on_with_its_files(acme, globex, conversation, ana, api_inbox, api, send):
    known = create_contact(acme, name="Known", by=None)
    ensure_contact_inbox(known, inbox=conversation.inbox)
    unknown = create_contact(acme, name="Unknown", by=None)
    original = send(form={"content": "see", "attachments[]": [SimpleUploadedFile("a.txt", b"one")]}).json()

    path = in_account(acme, f"conversations/1/messages/{original['id']}/forward")
    for nobody in (unknown.pk, 999_999):
        refused = api(ana).post(path, {"contacts": [known.pk, nobody]})
        assert (refused.status_code, refused.json()["attributes"]) == (404, ["contacts"])
    assert not Message.objects.exclude(pk=original["id"]).filter(message_type=1).exists()
    assert api(ana).post(path, {"contacts": [known.pk]}).status_code == 200

    passed_on = Message.objects.exclude(pk=original["id"]).get(message_type=1)
    assert (passed_on.content, passed_on.conversation.contact_id) == ("see", known.pk)
    assert passed_on.conversation.assignee_id == ana.pk
    copy = passed_on.attachments.get()
    assert copy.file.read() == b"one"
    assert copy.file.name != Message.objects.get(pk=original["id"]).attachments.get().file.name


def test_files_of_a_conversation_are_listed_newest_first(acme, conversation, ana, api, send):
    for name in ("a.txt", "b.txt"):
        send(form={"content": "x", "attachments[]": [SimpleUploadedFile(name, b"one")]})

    payload = api(ana).get(in_account(acme, "conversations/1/attachments")).json()["payload"]

    assert [item["filename"] for item in payload] == ["b.txt", "a.txt"]
    assert payload[0]["sender"]["id"] == ana.pk
    assert payload[0]["created_at"] > 0


# ── canned responses ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def canned(acme, ana, api):
    """`canned("POST", {...})`."""

    def canned(method: str, body=None, *, rest: str = ""):
        return api(ana).call(method, in_account(acme, f"canned_responses{rest}"), body)

    return canned


@pytest.mark.feature("R-11", "V-CFG-02")
def test_canned_responses_are_kept_with_the_clients_own_fields(canned):
    made = canned(
        "POST",
        {
            "canned_response": {
                "short_code": "hi",
                "content": "Hello",
                "menu": True,
                "opcion": "1",
                "content_full": "x" * 5000,
            }
        },
    ).json()
    assert (made["short_code"], made["menu"], made["opcion"], len(made["content_full"])) == (
        "hi",
        True,
        "1",
        5000,
    )

    changed = canned("PUT", {"content": "Hello there"}, rest=f"/{made['id']}").json()
    assert (changed["short_code"], changed["content"], changed["menu"]) == ("hi", "Hello there", True)
    assert canned("GET").json() == [changed]
    assert canned("DELETE", rest=f"/{made['id']}").content == b""
    assert canned("GET").json() == []


@pytest.mark.feature("R-11")
def test_a_short_code_is_taken_once(canned):
    first = canned("POST", {"short_code": "hi", "content": "x"}).json()
    second = canned("POST", {"short_code": "ho", "content": "x"}).json()

    assert canned("POST", {"short_code": "hi", "content": "y"}).status_code == 422
    assert canned("PATCH", {"short_code": "hi"}, rest=f"/{second['id']}").status_code == 422
    assert canned("PATCH", {"short_code": "hi"}, rest=f"/{first['id']}").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"short_code": "hi"}, {"short_code": "", "content": "x"}, {"content": "x"}]
)
def test_a_canned_response_has_a_code_and_a_text(canned, body):
    answer = canned("POST", body)

    assert answer.status_code == 422
    assert answer.json()["attributes"]


def test_the_best_canned_response_comes_first(canned):
    for code, content in (("zz", "say hi"), ("ahi", "x"), ("hi", "x"), ("no", "x")):
        canned("POST", {"short_code": code, "content": content})

    assert [row["short_code"] for row in canned("GET", rest="?search=hi").json()] == ["hi", "ahi", "zz"]


@pytest.mark.feature("Z-25")
def test_what_only_a_mail_can_say_is_refused_elsewhere(send, conversation):
    for given in (
        {"to_emails": "a@b.cl"},
        {"cc_emails": ["a@b.cl"]},
        {"content_attributes": {"bcc_emails": ["x@y.cl"]}},
        {"content_attributes": {"forwarded_message_id": 1}},
    ):
        refused = send({"content": "Hello", **given})
        name = next(iter(given.get("content_attributes", given)))
        assert (refused.status_code, refused.json()["attributes"]) == (422, [name])
    assert not Message.objects.exists()
    # What clients send with every message and no one filled in says nothing.
    blank = {"cc_emails": "", "bcc_emails": None, "to_emails": [], "content_attributes": {"kept": True}}
    assert send({"content": "Hello", **blank}).json()["content_attributes"] == {"kept": True}
    conversation.refresh_from_db()
    assert conversation.waiting_since is None
