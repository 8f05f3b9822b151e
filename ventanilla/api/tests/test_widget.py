"""The widget's door, as a visitor's browser uses it."""

from __future__ import annotations

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from PIL import Image

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands import NewMessage, change_status, post_message
from ventanilla.conversations.models import Attachment, Conversation, Message, MessageType, Status
from ventanilla.events.models import Event
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.kit import own_mail_server, storage, tokens
from ventanilla.labels.commands import create_label

pytestmark = pytest.mark.django_db

BASE = "/api/v1/widget"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def acme() -> Account:
    return create_account("Acme", by=None, locale="es")


@pytest.fixture
def inbox(acme: Account) -> Inbox:
    return Inbox.objects.create(account=acme, name="Tienda", kind="webchat", enable_email_collect=False)


@pytest.fixture
def ana(acme: Account, inbox: Inbox) -> User:
    user = create_user("ana@acme.test", name="Ana Ruiz", by=None, confirmed=True)
    user.display_name = "Anita"
    user.save()
    add_member(acme, user=user, role="agent", by=None)
    InboxMember.objects.create(inbox=inbox, user=user)
    return user


class Visitor:
    """A browser with the widget open."""

    def __init__(self, inbox: Inbox, *, language: str = "es-CL,es;q=0.9") -> None:
        self.inbox = inbox
        self.language = language
        self.client = Client()
        self.token = ""
        config = self("POST", "/config").json()
        self.token = config["website_channel_config"]["auth_token"]
        self.config = config

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        words = "&".join(
            f"{key}={value}" for key, value in {"website_token": self.inbox.identifier, **query}.items()
        )
        headers = {"User-Agent": FIREFOX, "Accept-Language": self.language}
        if self.token:
            headers["X-Auth-Token"] = self.token
        return self.client.generic(
            method,
            f"{BASE}{path}?{words}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )

    @property
    def identity(self) -> ContactInbox:
        claims = jwt.decode(self.token, options={"verify_signature": False})
        return ContactInbox.objects.select_related("contact").get(source_id=claims["source_id"])

    @property
    def contact(self) -> Contact:
        return self.identity.contact

    def write(self, content: str, **fields: Any) -> Any:
        return self("POST", "/messages", {"message": {"content": content, **fields}})

    def read(self, **query: str) -> list[dict[str, Any]]:
        return self("GET", "/messages", **query).json()["payload"]


@pytest.fixture
def visitor(inbox: Inbox) -> Visitor:
    return Visitor(inbox)


def sign(inbox: Inbox, identifier: str) -> str:
    return tokens.hmac_sha256(inbox.hmac_token, identifier)


# ── beginning ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_visitor_gets_the_settings_and_a_session(visitor: Visitor, inbox: Inbox) -> None:
    config = visitor.config["website_channel_config"]
    assert config["website_token"] == inbox.identifier
    assert config["website_name"] == "Tienda"
    assert config["enabled_features"] == ["attachments", "emoji_picker", "end_conversation"]
    assert config["utc_off_set"] == "+00:00"
    assert {language["iso_639_1_code"] for language in config["enabled_languages"]} >= {
        "es",
        "en",
        "ar",
        "pt-BR",
    }
    assert len(config["working_hours"]) == 7
    claims = jwt.decode(visitor.token, options={"verify_signature": False})
    assert claims.keys() == {"source_id", "inbox_id"}
    contact = visitor.config["contact"]
    assert contact["id"] == visitor.contact.pk
    assert contact["pubsub_token"] == visitor.identity.pubsub_token
    assert "hmac_token" not in json.dumps(visitor.config)
    assert inbox.hmac_token not in json.dumps(visitor.config)


@pytest.mark.feature("W-12")
def test_a_returning_visitor_is_the_same_contact(visitor: Visitor) -> None:
    again = visitor("POST", "/config").json()
    assert again["contact"]["id"] == visitor.contact.pk
    assert again["website_channel_config"]["auth_token"] == visitor.token
    assert Contact.objects.count() == 1


def test_a_made_up_session_is_a_new_visitor(visitor: Visitor, inbox: Inbox) -> None:
    forged = jwt.encode(
        {"source_id": visitor.identity.source_id, "inbox_id": inbox.pk}, "guess" * 8, algorithm="HS256"
    )
    unsigned = jwt.encode(
        {"source_id": visitor.identity.source_id, "inbox_id": inbox.pk}, "", algorithm="none"
    )
    for token in (forged, unsigned, "x.y.z", "x"):
        other = Visitor(inbox)
        other.token = token
        assert other("POST", "/config").json()["contact"]["id"] != visitor.contact.pk
        assert other("GET", "/messages").status_code == 404
        assert other("GET", "/conversations").status_code == 404


def test_a_session_of_another_inbox_is_worth_nothing_here(visitor: Visitor, acme: Account) -> None:
    elsewhere = Inbox.objects.create(account=acme, name="Otra", kind="webchat")
    stranger = Visitor(elsewhere)
    stranger.token = visitor.token
    assert stranger("GET", "/messages").status_code == 404


def test_an_old_secret_key_still_knows_the_visitor(visitor: Visitor) -> None:
    from django.conf import settings

    with override_settings(
        SECRET_KEY="a new key for the whole installation", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    ):
        assert visitor("POST", "/config").json()["contact"]["id"] == visitor.contact.pk


@pytest.mark.parametrize("token", ["unknown", "", "x" * 500])
def test_an_unknown_website_token_is_not_found(token: str) -> None:
    assert Client().post(f"{BASE}/config?website_token={token}").status_code == 404


def test_the_token_of_an_api_inbox_opens_no_widget(acme: Account) -> None:
    api = Inbox.objects.create(account=acme, name="API", kind="api")
    assert Client().post(f"{BASE}/config?website_token={api.identifier}").status_code == 404


def test_a_suspended_account_is_closed_to_visitors(visitor: Visitor, acme: Account) -> None:
    acme.status = Account.Status.SUSPENDED
    acme.save()
    response = visitor("GET", "/messages")
    assert response.status_code == 401
    assert response.json()["error"]


def test_refusals_speak_the_visitors_language(visitor: Visitor) -> None:
    spanish = visitor("POST", "/messages", {"message": {"content": ""}}, locale="es").json()["error"]
    english = visitor("POST", "/messages", {"message": {"content": ""}}, locale="en").json()["error"]
    assert english == "Enter something first."
    assert spanish != english


def test_new_visitors_from_one_address_are_limited(inbox: Inbox, tmp_path: Path) -> None:
    with override_settings(
        DATA=tmp_path, RATE_LIMITS_ENABLED=True, RATE_LIMITS={"widget_visitors_per_ip": "1/1h"}
    ):
        known = Visitor(inbox)
        assert Client().post(f"{BASE}/config?website_token={inbox.identifier}").status_code == 429
        assert known("POST", "/config").status_code == 200


# ── writing and reading ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("W-01", "P-01")
def test_the_first_text_opens_a_conversation(visitor: Visitor, inbox: Inbox) -> None:
    assert visitor("GET", "/conversations").json() == {}
    assert visitor.read() == []
    sent = visitor.write(
        "Hola", timestamp="2024-01-02", referer_url="https://shop.example/p/1", echo_id="e1"
    ).json()
    assert sent["content"] == "Hola"
    assert sent["message_type"] == 0
    assert sent["echo_id"] == "e1"
    assert sent["private"] is False
    conversation = Conversation.objects.get()
    assert conversation.inbox == inbox
    assert conversation.contact == visitor.contact
    assert sent["conversation_id"] == conversation.display_id
    shown = visitor("GET", "/conversations").json()
    assert shown == {
        "id": conversation.display_id,
        "inbox_id": inbox.pk,
        "contact_last_seen_at": 0,
        "status": "open",
    }


@pytest.mark.feature("W-10")
def test_what_the_browser_says_is_kept_on_the_conversation(visitor: Visitor) -> None:
    visitor.write("Hola", timestamp="hoy", referer_url="https://shop.example/p/1")
    kept = Conversation.objects.get().additional_attributes
    assert kept["browser_language"] == "es"
    assert kept["browser"] == {
        "browser_name": "Firefox",
        "browser_version": "128.0",
        "device_name": "Other",
        "platform_name": "Linux",
        "platform_version": "",
    }
    assert kept["initiated_at"] == {"timestamp": "hoy"}
    assert kept["referer"] == "https://shop.example/p/1"


def test_a_referer_that_is_no_web_address_is_dropped(visitor: Visitor) -> None:
    visitor.write("Hola", referer_url="javascript:alert(1)")
    assert Conversation.objects.get().additional_attributes["referer"] is None


def test_the_next_text_goes_to_the_same_conversation_even_when_it_was_resolved(visitor: Visitor) -> None:
    visitor.write("uno")
    conversation = Conversation.objects.get()
    change_status(conversation, status=Status.RESOLVED, by=None)
    visitor.write("dos")
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
    assert [message["content"] for message in visitor.read()] == ["uno", "dos"]


def test_where_resolved_is_final_the_next_text_opens_another(visitor: Visitor, inbox: Inbox) -> None:
    inbox.allow_messages_after_resolved = False
    inbox.save()
    visitor.write("uno")
    change_status(Conversation.objects.get(), status=Status.RESOLVED, by=None)
    visitor.write("dos")
    assert Conversation.objects.count() == 2
    assert [message["content"] for message in visitor.read()] == ["dos"]


def test_a_text_sent_twice_is_there_once(visitor: Visitor) -> None:
    first = visitor.write("Hola", echo_id="e1").json()
    again = visitor.write("Hola", echo_id="e1").json()
    assert first["id"] == again["id"]
    assert Message.objects.filter(message_type=MessageType.INCOMING).count() == 1
    assert Conversation.objects.count() == 1


def test_a_conversation_begun_twice_with_one_key_is_one(visitor: Visitor) -> None:
    body = {
        "message": {"content": "Hola", "echo_id": "e1"},
        "contact": {"name": "Carla", "email": "carla@example.com"},
    }
    first, again = (
        visitor("POST", "/conversations", body).json(),
        visitor("POST", "/conversations", body).json(),
    )
    assert first["id"] == again["id"]
    assert Conversation.objects.count() == 1


@pytest.mark.feature("W-04", "W-13")
def test_the_form_before_the_chat_introduces_the_visitor(visitor: Visitor) -> None:
    response = visitor(
        "POST",
        "/conversations",
        {
            "contact": {"name": "Carla", "email": "Carla@Example.com", "phone_number": "+34600111222"},
            "message": {"content": "Hola"},
            "custom_attributes": {"order": "10356"},
        },
    )
    body = response.json()
    assert body["status"] == "open"
    assert body["custom_attributes"] == {"order": "10356"}
    assert [message["content"] for message in body["messages"]] == ["Hola"]
    contact = visitor.contact
    assert (contact.name, contact.email, contact.phone_number) == (
        "Carla",
        "carla@example.com",
        "+34600111222",
    )


def test_a_new_conversation_is_always_a_new_one(visitor: Visitor) -> None:
    for text in ("uno", "dos"):
        visitor("POST", "/conversations", {"message": {"content": text}})
    assert Conversation.objects.count() == 2
    assert [message["content"] for message in visitor.read()] == ["dos"]


def test_conversations_of_one_visitor_are_limited(visitor: Visitor, tmp_path: Path) -> None:
    with override_settings(
        DATA=tmp_path, RATE_LIMITS_ENABLED=True, RATE_LIMITS={"widget_conversations_per_visitor": "1/1h"}
    ):
        body = {"message": {"content": "Hola"}}
        assert visitor("POST", "/conversations", body).status_code == 200
        assert visitor("POST", "/conversations", body).status_code == 429


def test_an_answer_shows_its_author_as_customers_know_them_and_no_note_is_seen(
    visitor: Visitor, ana: User
) -> None:
    visitor.write("Hola")
    conversation = Conversation.objects.get()
    post_message(conversation, NewMessage("¿En qué te ayudo?"), by=ana)
    post_message(conversation, NewMessage("Cliente difícil", private=True), by=ana)
    change_status(conversation, status=Status.RESOLVED, by=ana)
    messages = visitor.read()
    assert [message["content"] for message in messages] == ["Hola", "¿En qué te ayudo?"]
    sender = messages[1]["sender"]
    assert sender["type"] == "user"
    assert sender["available_name"] == "Anita"
    assert "email" not in sender


def test_history_comes_in_pages_by_cursor(visitor: Visitor) -> None:
    for number in range(25):
        visitor.write(f"m{number}")
    newest = visitor.read()
    assert [message["content"] for message in newest] == [f"m{number}" for number in range(5, 25)]
    older = visitor.read(before=str(newest[0]["id"]))
    assert [message["content"] for message in older] == [f"m{number}" for number in range(5)]
    after = visitor.read(after=str(newest[-2]["id"]))
    assert [message["content"] for message in after] == ["m24"]
    between = visitor.read(after=str(older[0]["id"]), before=str(older[2]["id"]))
    assert [message["content"] for message in between] == ["m0", "m1"]
    assert len(visitor.read(before="x")) == 20


def test_an_answer_to_a_message_names_it_only_within_the_conversation(visitor: Visitor, inbox: Inbox) -> None:
    other = Visitor(inbox)
    foreign = other.write("ajeno").json()["id"]
    first = visitor.write("uno").json()["id"]
    assert visitor.write("dos", reply_to=first).json()["content_attributes"] == {"in_reply_to": first}
    assert visitor.write("tres", reply_to=foreign).json()["content_attributes"] == {}
    assert visitor.write("cuatro", reply_to="x").json()["content_attributes"] == {}


def test_a_text_that_is_too_long_is_refused(visitor: Visitor) -> None:
    visitor.write("Hola")
    response = visitor.write("x" * 150_001)
    assert response.status_code == 422
    assert response.json()["attributes"] == ["content"]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (500, 250), "#0b5c66").save(out, "PNG")
    return out.getvalue()


def send_form(visitor: Visitor, **fields: Any) -> Any:
    return visitor.client.post(
        f"{BASE}/messages?website_token={visitor.inbox.identifier}",
        fields,
        headers={"X-Auth-Token": visitor.token},
    )


def test_files_come_by_form(visitor: Visitor) -> None:
    response = send_form(
        visitor,
        **{
            "message[content]": "mira",
            "message[echo_id]": "e1",
            "message[attachments][]": [
                SimpleUploadedFile("foto.png", png(), "image/png"),
                SimpleUploadedFile("guia.pdf", b"%PDF-1.7 x", "application/pdf"),
            ],
        },
    )
    assert response.status_code == 200, response.content
    picture, document = response.json()["attachments"]
    assert picture["file_type"] == "image"
    assert (picture["width"], picture["height"]) == (500, 250)
    assert "/rails/active_storage/blobs/redirect/" in picture["data_url"]
    assert "/rails/active_storage/representations/redirect/" in picture["thumb_url"]
    assert document["file_type"] == "file"
    assert document["file_size"] == 10
    assert visitor.client.get(picture["thumb_url"], follow=True).status_code == 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90\x00\x03"),
        ("pagina.html", b"<html><script>"),
        ("foto.png", b"<svg onload=alert(1)>"),
    ],
)
def test_files_that_visitors_may_not_send_are_refused(visitor: Visitor, name: str, content: bytes) -> None:
    response = send_form(
        visitor, **{"message[attachments][]": SimpleUploadedFile(name, content, "image/png")}
    )
    assert response.status_code == 422
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()


def test_a_large_file_goes_straight_to_the_storage(visitor: Visitor) -> None:
    content = png()
    blob = {"filename": "foto.png", "byte_size": len(content), "content_type": "image/png", "checksum": ""}
    prepared = visitor("POST", "/direct_uploads", {"blob": blob}).json()
    assert (
        visitor.client.put(prepared["direct_upload"]["url"], content, content_type="image/png").status_code
        == 204
    )
    sent = visitor.write("", attachments=[prepared["signed_id"]]).json()
    assert sent["attachments"][0]["file_type"] == "image"
    # The same file again is a copy: deleting one message must not empty the other.
    visitor.write("otra vez", attachments=[prepared["signed_id"]])
    assert len({attachment.file.name for attachment in Attachment.objects.all()}) == 2


def test_an_upload_that_is_not_what_it_says_is_refused(visitor: Visitor) -> None:
    content = b"<html><script>alert(1)</script>"
    blob = {"filename": "foto.png", "byte_size": len(content), "content_type": "image/png"}
    prepared = visitor("POST", "/direct_uploads", {"blob": blob}).json()
    visitor.client.put(prepared["direct_upload"]["url"], content, content_type="image/png")
    assert visitor.write("", attachments=[prepared["signed_id"]]).status_code == 422


def test_a_made_up_or_empty_upload_is_refused(visitor: Visitor) -> None:
    never = storage.Blob(key=storage.new_key(), filename="a.png", content_type="image/png", byte_size=3)
    for signed in ("made-up", storage.signed_id(never)):
        assert visitor.write("x", attachments=[signed]).status_code == 422


@pytest.mark.parametrize(
    "blob",
    [
        {"filename": "a.exe", "byte_size": 3, "content_type": "application/x-msdownload"},
        {"filename": "a.png", "byte_size": 0, "content_type": "image/png"},
        {"filename": "a.png", "byte_size": 50_000_000, "content_type": "image/png"},
        {"filename": "a.png", "byte_size": 3, "content_type": "image/png", "checksum": "x"},
        {"byte_size": 3},
    ],
)
def test_an_upload_must_be_announced_truthfully(visitor: Visitor, blob: dict[str, Any]) -> None:
    assert visitor("POST", "/direct_uploads", {"blob": blob}).status_code == 422


# ── forms, surveys and the email question ────────────────────────────────────────────────────────────


def ask(visitor: Visitor, content_type: str, **attributes: Any) -> Message:
    visitor.write("Hola")
    return post_message(
        Conversation.objects.get(),
        NewMessage("¿?", content_type=content_type, content_attributes=attributes),
        by=None,
    )


@pytest.mark.feature("W-03", "P-08")
def test_the_answer_to_the_email_question_is_kept_on_the_contact(visitor: Visitor, inbox: Inbox) -> None:
    inbox.enable_email_collect = True
    inbox.save()
    visitor.write("Hola")
    question = next(message for message in visitor.read() if message["content_type"] == "input_email")
    response = visitor("PATCH", f"/messages/{question['id']}", {"contact": {"email": "Carla@Example.com"}})
    assert response.json()["contact"]["email"] == "carla@example.com"
    assert visitor.contact.email == "carla@example.com"
    answered = next(message for message in visitor.read() if message["id"] == question["id"])
    assert answered["content_attributes"]["submitted_email"] == "carla@example.com"


def test_an_email_that_cannot_be_is_refused(visitor: Visitor) -> None:
    question = ask(visitor, "input_email")
    assert visitor("PATCH", f"/messages/{question.pk}", {"contact": {"email": "carla@"}}).status_code == 422
    assert visitor.contact.email is None


def test_a_choice_is_one_of_those_offered(visitor: Visitor) -> None:
    question = ask(
        visitor, "input_select", items=[{"title": "Sí", "value": "yes"}, {"title": "No", "value": "no"}]
    )
    path = f"/messages/{question.pk}"
    assert (
        visitor(
            "PATCH", path, {"message": {"submitted_values": [{"title": "Sí", "value": "yes"}]}}
        ).status_code
        == 200
    )
    question.refresh_from_db()
    assert question.content_attributes["submitted_values"] == [{"title": "Sí", "value": "yes"}]
    for wrong in ([{"title": "Quizá", "value": "maybe"}], [], "yes", [1], None):
        assert visitor("PATCH", path, {"message": {"submitted_values": wrong}}).status_code == 422


def test_a_survey_takes_one_to_five(visitor: Visitor) -> None:
    question = ask(visitor, "input_csat")
    answer = {"csat_survey_response": {"rating": 5, "feedback_message": "Genial"}}
    path = f"/messages/{question.pk}"
    assert visitor("PATCH", path, {"message": {"submitted_values": answer}}).status_code == 200
    for wrong in (0, 6, "x", None):
        body = {"message": {"submitted_values": {"csat_survey_response": {"rating": wrong}}}}
        assert visitor("PATCH", path, body).status_code == 422


def test_a_plain_text_cannot_be_answered_like_a_form(visitor: Visitor) -> None:
    sent = visitor.write("Hola").json()
    body = {"message": {"submitted_values": [{"name": "a", "value": "b"}]}}
    assert visitor("PATCH", f"/messages/{sent['id']}", body).status_code == 422


# ── what the visitor does with the conversation ───────────────────────────────────────────────────────


def test_ending_the_chat_resolves_it_where_the_inbox_lets_visitors(visitor: Visitor, inbox: Inbox) -> None:
    assert visitor("GET", "/conversations/toggle_status").status_code == 404
    visitor.write("Hola")
    assert visitor("GET", "/conversations/toggle_status").status_code == 200
    assert Conversation.objects.get().status == Status.RESOLVED
    inbox.channel_settings = {"selected_feature_flags": []}
    inbox.save()
    assert visitor("GET", "/conversations/toggle_status").status_code == 403


def test_looking_marks_what_was_sent_as_read(visitor: Visitor, ana: User) -> None:
    assert visitor("POST", "/conversations/update_last_seen").status_code == 200
    visitor.write("Hola")
    conversation = Conversation.objects.get()
    answer = post_message(conversation, NewMessage("Hola"), by=ana)
    assert visitor("POST", "/conversations/update_last_seen").status_code == 200
    answer.refresh_from_db()
    assert answer.get_status_display() == "read"
    assert visitor("GET", "/messages").json()["meta"]["contact_last_seen_at"] > 0


def test_typing_needs_a_conversation(visitor: Visitor) -> None:
    assert visitor("POST", "/conversations/toggle_typing", {"typing_status": "on"}).status_code == 404
    visitor.write("Hola")
    assert visitor("POST", "/conversations/toggle_typing", {"typing_status": "on"}).status_code == 200


def test_a_copy_is_mailed_to_the_address_we_know(visitor: Visitor) -> None:
    visitor.write("Hola")
    assert visitor("POST", "/conversations/transcript").status_code == 200
    assert not Event.objects.filter(name="conversation.transcript_requested").exists()
    visitor("PATCH", "/contact", {"email": "carla@example.com"})
    assert visitor("POST", "/conversations/transcript").status_code == 200
    assert "carla@example.com" in Event.objects.get(name="conversation.transcript_requested").payload


@pytest.mark.feature("Z-22")
def test_a_copy_that_cannot_be_mailed_is_refused_in_words(visitor: Visitor, settings: Any) -> None:
    visitor.write("Hola")
    visitor("PATCH", "/contact", {"email": "carla@example.com"})
    settings.EMAIL_BACKEND = own_mail_server.BACKEND  # and no server for it
    answer = visitor("POST", "/conversations/transcript")
    assert (answer.status_code, "correo" in answer.json()["error"]) == (422, True)
    assert "Ventanilla" not in answer.json()["error"]  # a visitor sets up nothing
    assert not Event.objects.filter(name="conversation.transcript_requested").exists()


def test_attributes_of_the_conversation_are_replaced_and_forgotten(visitor: Visitor) -> None:
    visitor.write("Hola")
    visitor("POST", "/conversations/set_custom_attributes", {"custom_attributes": {"a": 1, "b": 2}})
    assert Conversation.objects.get().custom_attributes == {"a": 1, "b": 2}
    visitor("POST", "/conversations/destroy_custom_attributes", {"custom_attribute": ["a"]})
    assert Conversation.objects.get().custom_attributes == {"b": 2}


def test_only_labels_of_the_account_can_be_set(visitor: Visitor, acme: Account) -> None:
    create_label(acme, title="vip", by=None)
    assert visitor("POST", "/labels", {"label": "vip"}).status_code == 204  # no conversation yet
    visitor.write("Hola")
    assert visitor("POST", "/labels", {"label": "vip"}).status_code == 204
    assert visitor("POST", "/labels", {"label": "invented"}).status_code == 204
    assert Conversation.objects.get().label_titles == ["vip"]
    assert visitor("DELETE", "/labels/vip").status_code == 204
    assert Conversation.objects.get().label_titles == []


def test_opening_the_widget_is_told_with_what_the_browser_said(visitor: Visitor) -> None:
    body = {"name": "webwidget.triggered", "event_info": {"referer": "https://shop.example/"}}
    assert visitor("POST", "/events", body, locale="es").status_code == 204
    event = json.loads(Event.objects.get(name="webwidget.triggered").payload)
    assert event["event_info"]["referer"] == "https://shop.example/"
    assert event["event_info"]["browser_language"] == "es"
    assert event["event_info"]["widget_language"] == "es"
    assert visitor("POST", "/events", {"name": "anything.else"}).status_code == 204
    assert Event.objects.filter(name="webwidget.triggered").count() == 1


def test_who_answers_here_is_shown_without_addresses(visitor: Visitor, ana: User) -> None:
    shown = visitor("GET", "/inbox_members").json()["payload"]
    assert shown == [{"id": ana.pk, "name": "Anita", "avatar_url": "", "availability_status": "offline"}]


def test_there_are_no_campaigns_while_none_exist(visitor: Visitor) -> None:
    assert visitor("GET", "/campaigns").json() == []


# ── who the visitor is ────────────────────────────────────────────────────────────────────────────────


def test_only_whether_keys_are_known_is_told(visitor: Visitor) -> None:
    body = {
        "name": "Carla",
        "email": "carla@example.com",
        "phone_number": "nonsense",
        "custom_attributes": {"plan": "pro"},
    }
    answer = visitor("PATCH", "/contact", body).json()
    assert answer == {
        "id": visitor.contact.pk,
        "has_email": True,
        "has_name": True,
        "has_phone_number": False,
        "identifier": None,
    }
    assert visitor("GET", "/contact").json() == answer
    assert visitor.contact.custom_attributes == {"plan": "pro"}
    forgotten = visitor("POST", "/contact/destroy_custom_attributes", {"custom_attributes": ["plan"]})
    assert forgotten.json()["custom_attributes"] == {}


@pytest.mark.feature("W-12")
def test_a_signed_user_on_another_browser_finds_the_earlier_conversation(
    inbox: Inbox, visitor: Visitor
) -> None:
    who = {"identifier": "u-1", "identifier_hash": sign(inbox, "u-1"), "name": "Carla"}
    visitor("PATCH", "/contact/set_user", who)
    visitor.write("desde el portátil")
    phone = Visitor(inbox)
    answer = phone("PATCH", "/contact/set_user", who).json()
    assert "widget_auth_token" not in answer
    assert answer["identifier"] == "u-1"
    assert phone.contact == visitor.contact
    assert [message["content"] for message in phone.read()] == ["desde el portátil"]
    assert Contact.objects.count() == 1


def test_an_unsigned_claim_is_a_contact_of_its_own_and_shows_nothing_of_the_known_one(
    inbox: Inbox, visitor: Visitor
) -> None:
    who = {
        "identifier": "u-1",
        "identifier_hash": sign(inbox, "u-1"),
        "name": "Carla",
        "email": "carla@example.com",
        "phone_number": "+34600111222",
    }
    visitor("PATCH", "/contact/set_user", who)
    visitor.write("privado")
    thief = Visitor(inbox)
    thief("PATCH", "/contact/set_user", {"identifier": "u-1", "name": "Carla"})
    assert thief.contact != visitor.contact
    assert thief.read() == []
    told = json.dumps(thief("POST", "/config").json())
    assert "carla@example.com" not in told
    assert "+34600111222" not in told
    thief.write("hola")
    assert "carla@example.com" not in json.dumps(thief.read())
    assert [message["content"] for message in visitor.read()] == ["privado"]


def test_whoever_claims_an_imported_email_does_not_read_the_phone_that_goes_with_it(
    acme: Account, visitor: Visitor
) -> None:
    create_contact(
        acme, by=None, name="Carla", email="carla@example.com", phone_number="+34600111222", identifier="u-9"
    )
    body = {"contact": {"email": "carla@example.com"}, "message": {"content": "Hola"}}
    told = (
        visitor("POST", "/conversations", body).content
        + visitor("POST", "/config").content
        + visitor("GET", "/contact").content
    )
    assert visitor.contact.identifier is None
    assert b"+34600111222" not in told
    assert b"u-9" not in told


@pytest.mark.parametrize("signature", ["", "0" * 64, "x"])
def test_where_signatures_are_mandatory_a_wrong_or_missing_one_is_refused(
    inbox: Inbox, visitor: Visitor, signature: str
) -> None:
    inbox.hmac_mandatory = True
    inbox.save()
    response = visitor("PATCH", "/contact/set_user", {"identifier": "u-1", "identifier_hash": signature})
    assert response.status_code == 401
    assert response.json()["error"]
    assert visitor.contact.identifier is None


def test_a_signature_of_another_identifier_or_inbox_is_refused(
    inbox: Inbox, visitor: Visitor, acme: Account
) -> None:
    elsewhere = Inbox.objects.create(account=acme, name="Otra", kind="webchat")
    for signature in (sign(inbox, "u-2"), sign(elsewhere, "u-1")):
        response = visitor("PATCH", "/contact/set_user", {"identifier": "u-1", "identifier_hash": signature})
        assert response.status_code == 401


def test_another_user_on_the_same_browser_gets_a_session_of_their_own(inbox: Inbox, visitor: Visitor) -> None:
    visitor("PATCH", "/contact/set_user", {"identifier": "u-1", "identifier_hash": sign(inbox, "u-1")})
    visitor.write("de la primera")
    answer = visitor(
        "PATCH", "/contact/set_user", {"identifier": "u-2", "identifier_hash": sign(inbox, "u-2")}
    ).json()
    other = Visitor(inbox)
    other.token = answer["widget_auth_token"]
    assert other.contact.identifier == "u-2"
    assert other.read() == []
    assert [message["content"] for message in visitor.read()] == ["de la primera"]


def test_a_signed_visitor_who_claims_anothers_email_stays_who_they_are(inbox: Inbox, acme: Account) -> None:
    victim, thief = Visitor(inbox), Visitor(inbox)
    victim("PATCH", "/contact", {"email": "carla@example.com"})
    victim.write("privado")
    thief("PATCH", "/contact/set_user", {"identifier": "u-1", "identifier_hash": sign(inbox, "u-1")})
    thief("PATCH", "/contact", {"email": "carla@example.com"})
    assert thief.contact != victim.contact
    assert thief.identity.hmac_verified
    assert "privado" not in json.dumps(thief.read())


# ── strangers ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/contact", None),
        ("PATCH", "/contact", {"name": "x"}),
        ("PATCH", "/contact/set_user", {"identifier": "x"}),
        ("POST", "/contact/destroy_custom_attributes", {"custom_attributes": ["x"]}),
        ("GET", "/conversations", None),
        ("POST", "/conversations", {"message": {"content": "x"}}),
        ("POST", "/conversations/toggle_typing", {"typing_status": "on"}),
        ("POST", "/conversations/update_last_seen", None),
        ("GET", "/conversations/toggle_status", None),
        ("POST", "/conversations/transcript", None),
        ("POST", "/conversations/set_custom_attributes", {"custom_attributes": {}}),
        ("POST", "/conversations/destroy_custom_attributes", {"custom_attribute": []}),
        ("POST", "/labels", {"label": "x"}),
        ("DELETE", "/labels/x", None),
        ("GET", "/messages", None),
        ("POST", "/messages", {"message": {"content": "x"}}),
        ("PATCH", "/messages/{message}", {"message": {"submitted_values": []}}),
        ("POST", "/events", {"name": "webwidget.triggered"}),
        ("POST", "/direct_uploads", {"blob": {"filename": "a.png", "byte_size": 1}}),
    ],
)
def test_without_a_session_every_route_is_closed(visitor: Visitor, method: str, path: str, body: Any) -> None:
    message = visitor.write("Hola").json()["id"]
    nobody = Visitor(visitor.inbox)
    for token in ("", visitor.token + "x"):
        nobody.token = token
        assert nobody(method, path.format(message=message), body).status_code == 404


def test_a_visitor_can_neither_see_nor_touch_anothers_messages(visitor: Visitor, inbox: Inbox) -> None:
    question = ask(visitor, "input_email")
    stranger = Visitor(inbox)
    stranger.write("otra")
    path = f"/messages/{question.pk}"
    assert stranger("PATCH", path, {"contact": {"email": "evil@example.com"}}).status_code == 404
    assert (
        stranger("PATCH", f"/messages/{2**70}", {"contact": {"email": "evil@example.com"}}).status_code == 404
    )
    assert [message["content"] for message in stranger.read()] == ["otra"]
    assert stranger.read(after="0") == stranger.read()
    question.refresh_from_db()
    assert "submitted_email" not in question.content_attributes


def test_a_visitors_token_opens_no_other_door(visitor: Visitor, acme: Account) -> None:
    response = visitor.client.get(
        f"/api/v1/accounts/{acme.pk}/labels", headers={"X-Auth-Token": visitor.token}
    )
    assert response.status_code in {401, 404}


@pytest.mark.django_db(transaction=True)
def test_first_messages_that_come_at_once_open_one_conversation(inbox: Inbox) -> None:
    visitor = Visitor(inbox)
    ready = threading.Barrier(4)

    def write(number: int) -> int:
        ready.wait()
        try:
            # Two tries of one message, and two other messages.
            return int(visitor.write(f"m{number // 2}", echo_id=f"e{number // 2}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(write, range(4)))
    assert answers == [200, 200, 200, 200]
    assert Conversation.objects.count() == 1
    assert sorted(message["content"] for message in visitor.read()) == ["m0", "m1"]
