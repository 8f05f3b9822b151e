"""The client API of API inboxes, as a customer's own app uses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.models import Account
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands import NewMessage, change_status, post_message
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import tokens
from ventanilla.kit.clock import now

pytestmark = pytest.mark.django_db

BASE = "/public/api/v1/inboxes"


@pytest.fixture
def acme() -> Account:
    return create_account("Acme", by=None, locale="es")


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return Inbox.objects.create(account=acme, name="App", kind="api")


class App:
    """A customer's program that speaks for its users."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.client = Client()

    def __call__(self, method: str, path: str = "", body: Any = None) -> Any:
        return self.client.generic(
            method,
            f"{BASE}/{self.inbox.identifier}{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
        )

    def sign(self, identifier: str) -> str:
        return tokens.hmac_sha256(self.inbox.hmac_token, identifier)

    def trust(self) -> None:
        """Let the inbox believe what no one signed."""
        self.inbox.channel_settings["accept_unsigned_identity"] = True
        self.inbox.save()

    def contact(self, **fields: Any) -> dict[str, Any]:
        response = self("POST", "/contacts", fields)
        assert response.status_code == 200, response.content
        return response.json()

    def conversation(self, source_id: str, **fields: Any) -> int:
        response = self("POST", f"/contacts/{source_id}/conversations", fields)
        assert response.status_code == 200, response.content
        return response.json()["id"]

    def write(self, source_id: str, conversation: int, content: str, **fields: Any) -> Any:
        return self(
            "POST",
            f"/contacts/{source_id}/conversations/{conversation}/messages",
            {"content": content, **fields},
        )

    def read(self, source_id: str, conversation: int, query: str = "") -> list[dict[str, Any]]:
        return self("GET", f"/contacts/{source_id}/conversations/{conversation}/messages{query}").json()


@pytest.fixture
def app(inbox: Inbox) -> App:
    return App(inbox)


def identity(source_id: str) -> ContactInbox:
    return ContactInbox.objects.select_related("contact").get(source_id=source_id)


def test_the_inbox_tells_its_name_and_hours_and_no_key(app: App) -> None:
    shown = app("GET").json()
    assert shown.keys() == {
        "identifier", "identity_validation_enabled", "name", "timezone", "working_hours", "working_hours_enabled",
        "csat_survey_enabled", "csat_response_visible", "greeting_enabled",
    }  # fmt: skip
    assert shown["identifier"] == app.inbox.identifier
    assert app.inbox.hmac_token not in json.dumps(shown)


@pytest.mark.feature("I-05")
def test_a_conversation_from_first_word_to_answer(app: App) -> None:
    contact = app.contact(name="Carla", email="Carla@Example.com", phone_number="+34600111222")
    assert contact.keys() == {"source_id", "pubsub_token", "id", "name", "email", "phone_number"}
    assert (contact["email"], contact["phone_number"]) == ("carla@example.com", "+34600111222")
    source = contact["source_id"]
    number = app.conversation(source, custom_attributes={"order": "1"})
    sent = app.write(source, number, "Hola", echo_id="e1").json()
    assert (sent["content"], sent["message_type"], sent["echo_id"]) == ("Hola", 0, "e1")
    assert not sent.keys() & {"status", "private", "source_id"}
    post_message(Conversation.objects.get(), NewMessage("Hola, Carla"), by=None)
    post_message(Conversation.objects.get(), NewMessage("nota", private=True), by=None)
    assert [message["content"] for message in app.read(source, number)] == ["Hola", "Hola, Carla"]
    shown = app("GET", f"/contacts/{source}/conversations/{number}").json()
    assert shown["status"] == "open"
    assert shown["contact"]["name"] == "Carla"
    assert [message["content"] for message in shown["messages"]] == ["Hola", "Hola, Carla"]
    assert [row["id"] for row in app("GET", f"/contacts/{source}/conversations").json()] == [number]
    assert Conversation.objects.get().custom_attributes == {"order": "1"}


def test_a_source_id_that_is_known_comes_back_unchanged(app: App) -> None:
    first = app.contact(source_id="device-1", name="Carla")
    again = app.contact(source_id="device-1", name="Otra", email="otra@example.com")
    assert again == first
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "key", [{"identifier": "u-1"}, {"email": "carla@example.com"}, {"phone_number": "+34600111222"}]
)
def test_where_the_company_believes_it_a_contact_is_found_by_what_is_said_of_them(
    app: App, acme: Account, key: dict[str, str]
) -> None:
    carla = create_contact(
        acme, by=None, name="Carla", identifier="u-1", email="carla@example.com", phone_number="+34600111222"
    )
    assert app.contact(**key)["id"] != carla.pk
    app.trust()
    assert app.contact(**key)["id"] == carla.pk


def test_the_same_email_under_another_identifier_is_another_person(app: App, acme: Account) -> None:
    app.trust()
    carla = create_contact(acme, by=None, name="Carla", identifier="u-1", email="carla@example.com")
    other = app.contact(identifier="u-2", identifier_hash=app.sign("u-2"), email="carla@example.com")
    assert other["id"] != carla.pk
    assert Contact.objects.get(pk=other["id"]).identifier == "u-2"


def test_someone_without_a_name_gets_two_words(app: App) -> None:
    assert len(app.contact()["name"].split("-")) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "carla@"}, "email"),
        ({"phone_number": "600"}, "phone_number"),
        ({"source_id": "a/b"}, "source_id"),
        ({"source_id": "x" * 300}, "source_id"),
    ],
)
def test_what_is_not_valid_is_refused_with_its_field(app: App, wrong: dict[str, str], field: str) -> None:
    response = app("POST", "/contacts", wrong)
    assert response.status_code == 422
    assert response.json()["attributes"] == [field]


def test_where_the_company_believes_it_a_changed_contact_may_turn_out_to_be_known(
    app: App, acme: Account
) -> None:
    app.trust()
    carla = create_contact(acme, by=None, name="Carla", email="carla@example.com")
    source = app.contact(name="Visita")["source_id"]
    number = app.conversation(source)
    changed = app("PATCH", f"/contacts/{source}", {"email": "carla@example.com"}).json()
    assert changed["id"] == carla.pk
    assert identity(source).contact == carla
    assert Conversation.objects.get(display_id=number).contact == carla


def test_put_is_patch_and_a_trailing_slash_does_no_harm(app: App) -> None:
    source = app.contact(name="Carla")["source_id"]
    assert app("PUT", f"/contacts/{source}", {"name": "Carla Dos"}).json()["name"] == "Carla Dos"
    assert app("GET", f"/contacts/{source}/").json()["name"] == "Carla Dos"


def test_single_conversation_inboxes_give_the_latest_back(app: App) -> None:
    app.inbox.lock_to_single_conversation = True
    app.inbox.save()
    source = app.contact()["source_id"]
    assert app.conversation(source) == app.conversation(source)
    assert Conversation.objects.count() == 1


def test_other_inboxes_open_a_new_one_each_time(app: App) -> None:
    source = app.contact()["source_id"]
    assert app.conversation(source) != app.conversation(source)


def test_a_client_can_only_resolve(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    for _ in range(2):
        assert (
            app("POST", f"/contacts/{source}/conversations/{number}/toggle_status").json()["status"]
            == "resolved"
        )
    assert Message.objects.filter(message_type=MessageType.ACTIVITY).count() == 1


def test_a_resolved_conversation_opens_when_the_contact_writes(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    change_status(Conversation.objects.get(), status=Status.RESOLVED, by=None)
    app.write(source, number, "otra cosa")
    assert Conversation.objects.get().status == Status.OPEN


def test_a_message_sent_twice_is_there_once(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    assert (
        app.write(source, number, "a", echo_id="e").json()["id"]
        == app.write(source, number, "a", echo_id="e").json()["id"]
    )
    assert len(app.read(source, number)) == 1


def test_an_empty_message_is_refused(app: App) -> None:
    source = app.contact()["source_id"]
    assert app.write(source, app.conversation(source), "  ").status_code == 422


def test_files_come_by_form(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    response = app.client.post(
        f"{BASE}/{app.inbox.identifier}/contacts/{source}/conversations/{number}/messages",
        {"content": "guía", "attachments[]": [SimpleUploadedFile("guia.pdf", b"%PDF-1.7 x")]},
    )
    assert response.json()["attachments"][0]["extension"] == "pdf"


def test_looking_and_typing_are_told(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    answer = post_message(Conversation.objects.get(), NewMessage("Hola"), by=None)
    path = f"/contacts/{source}/conversations/{number}"
    assert app("POST", f"{path}/update_last_seen").status_code == 200
    assert app("POST", f"{path}/toggle_typing", {"typing_status": "on"}).status_code == 200
    answer.refresh_from_db()
    assert answer.get_status_display() == "read"


def test_history_comes_in_pages(app: App) -> None:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    for count in range(23):
        app.write(source, number, f"m{count}")
    newest = app.read(source, number)
    assert [message["content"] for message in newest] == [f"m{count}" for count in range(3, 23)]
    older = app.read(source, number, f"?before={newest[0]['id']}")
    assert [message["content"] for message in older] == ["m0", "m1", "m2"]


def survey(app: App) -> tuple[str, Message]:
    source = app.contact()["source_id"]
    number = app.conversation(source)
    message = post_message(
        Conversation.objects.get(), NewMessage("¿Qué tal?", content_type="input_csat"), by=None
    )
    return f"/contacts/{source}/conversations/{number}/messages/{message.pk}", message


def test_a_survey_is_answered_and_closes_after_fourteen_days(app: App) -> None:
    path, _message = survey(app)
    answer = {"submitted_values": {"csat_survey_response": {"rating": 4, "feedback_message": "bien"}}}
    told = app("PATCH", path, answer).json()
    assert told["content_attributes"]["submitted_values"] == answer["submitted_values"]
    with time_machine.travel(now().timestamp() + 15 * 86400):
        late = app("PATCH", path, answer)
    assert late.status_code == 422
    assert late.json()["error"]


# ── signatures ────────────────────────────────────────────────────────────────────────────────────────


def test_a_signed_contact_sees_the_conversations_of_all_their_signed_devices(app: App) -> None:
    who = {"identifier": "u-1", "identifier_hash": app.sign("u-1")}
    phone, laptop = app.contact(source_id="phone", **who), app.contact(source_id="laptop", **who)
    assert phone["id"] == laptop["id"]
    number = app.conversation("phone")
    app.write("phone", number, "desde el teléfono")
    assert [message["content"] for message in app.read("laptop", number)] == ["desde el teléfono"]


def test_an_unsigned_claim_sees_only_what_it_wrote_itself(app: App) -> None:
    app.contact(
        source_id="phone",
        identifier="u-1",
        identifier_hash=app.sign("u-1"),
        email="carla@example.com",
        phone_number="+34600111222",
    )
    number = app.conversation("phone")
    app.write("phone", number, "privado")
    thief = app.contact(source_id="thief", identifier="u-1")
    assert (thief["email"], thief["phone_number"]) == (None, None)
    assert app("GET", "/contacts/thief/conversations").json() == []
    assert app("GET", f"/contacts/thief/conversations/{number}").status_code == 404
    assert app("GET", f"/contacts/thief/conversations/{number}/messages").status_code == 404
    assert app("GET", "/contacts/thief").json()["email"] is None


@pytest.mark.parametrize("signature", ["", "0" * 64, "not hexadecimal"])
def test_where_signatures_are_mandatory_nothing_goes_without(app: App, signature: str) -> None:
    source = app.contact(source_id="known")["source_id"]
    app.inbox.hmac_mandatory = True
    app.inbox.save()
    who = {"identifier": "u-1", "identifier_hash": signature}
    for answer in (
        app("POST", "/contacts", who),
        app("PATCH", f"/contacts/{source}", {**who, "name": "x"}),
        app("GET", f"/contacts/{source}?identifier=u-1&identifier_hash={signature.replace(' ', '+')}"),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"]
    assert not Contact.objects.filter(identifier="u-1").exists()
    good = app.sign("u-1")
    assert app("POST", "/contacts", {"identifier": "u-1", "identifier_hash": good}).status_code == 200
    assert (
        app("PATCH", f"/contacts/{source}", {"identifier": "u-1", "identifier_hash": good}).status_code == 200
    )
    assert app("GET", f"/contacts/{source}?identifier=u-1&identifier_hash={good}").status_code == 200


def test_a_wrong_signature_is_refused_also_where_none_is_needed(app: App) -> None:
    assert (
        app("POST", "/contacts", {"identifier": "u-1", "identifier_hash": app.sign("u-2")}).status_code == 401
    )


def test_a_good_signature_of_one_person_opens_nothing_of_another(app: App) -> None:
    app.contact(source_id="phone", identifier="u-1", identifier_hash=app.sign("u-1"))
    response = app(
        "PATCH", "/contacts/phone", {"identifier": "u-2", "identifier_hash": app.sign("u-2"), "name": "x"}
    )
    assert response.status_code == 401
    assert app("GET", f"/contacts/phone?identifier=u-2&identifier_hash={app.sign('u-2')}").status_code == 401
    assert identity("phone").contact.identifier == "u-1"


# ── strangers ─────────────────────────────────────────────────────────────────────────────────────────


def test_one_contact_cannot_reach_anothers_conversation(app: App) -> None:
    path, message = survey(app)
    number = Conversation.objects.get().display_id
    app.contact(source_id="stranger")
    own = app.conversation("stranger")
    base = f"/contacts/stranger/conversations/{number}"
    answer = {"submitted_values": {"csat_survey_response": {"rating": 1}}}
    for method, tail, body in (
        ("GET", "", None),
        ("POST", "/toggle_status", None),
        ("POST", "/toggle_typing", {"typing_status": "on"}),
        ("POST", "/update_last_seen", None),
        ("GET", "/messages", None),
        ("POST", "/messages", {"content": "x"}),
        ("PATCH", f"/messages/{message.pk}", answer),
    ):
        assert app(method, base + tail, body).status_code == 404
    assert (
        app("PATCH", f"/contacts/stranger/conversations/{own}/messages/{message.pk}", answer).status_code
        == 404
    )
    assert app("PATCH", path.replace(str(number), str(own), 1), answer).status_code == 404
    message.refresh_from_db()
    assert message.content_attributes == {}


def test_what_does_not_exist_is_not_found(app: App, acme: Account) -> None:
    website = Inbox.objects.create(account=acme, name="Web", kind="webchat")
    source = app.contact()["source_id"]
    for inbox in ("unknown", website.identifier, "x" * 300):
        assert Client().get(f"{BASE}/{inbox}").status_code == 404
        assert Client().get(f"{BASE}/{inbox}/contacts/{source}").status_code == 404
    assert app("GET", "/contacts/unknown").status_code == 404
    assert app("GET", f"/contacts/{source}/conversations/999").status_code == 404
    assert app("GET", f"/contacts/{source}/conversations/{2**70}").status_code in {404, 422}


def test_a_contact_of_another_inbox_is_unknown_here(app: App, acme: Account) -> None:
    other = App(Inbox.objects.create(account=acme, name="Otra", kind="api"))
    source = app.contact()["source_id"]
    assert other("GET", f"/contacts/{source}").status_code == 404


def test_a_suspended_account_is_closed(app: App, acme: Account) -> None:
    acme.status = Account.Status.SUSPENDED
    acme.save()
    assert app("GET").status_code == 401


def test_any_page_may_call_and_read(app: App) -> None:
    response = app.client.get(f"{BASE}/{app.inbox.identifier}", headers={"Origin": "https://shop.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
