"""The calls of the contract's mobile app, row by row (A.11), with the three headers it sends and no others."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import strict_shapes as shapes
from ventanilla.accounts.commands.teams import add_team_members, create_team
from ventanilla.accounts.models import Role
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import (
    NewMessage,
    assign_agent,
    post_message,
    receive_message,
    start_conversation,
)
from ventanilla.conversations.models import Conversation, Message
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import PASSWORD, in_account, make_user

pytestmark = pytest.mark.django_db
Shape = TypeVar("Shape")


class Phone:
    """The app on someone's phone: what it keeps of the sign-in are three headers."""

    def __init__(self, user) -> None:
        self.http = Client()
        body = json.dumps({"email": user.email, "password": PASSWORD})
        answer = self.http.post("/auth/sign_in", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        self.user = msgspec.convert(answer.json()["data"], shapes.User)
        self.headers = {name: answer.headers[name] for name in ("access-token", "uid", "client")}
        self.http.cookies.clear()

    def call(self, method: str, path: str, body: Any = None, **given: Any) -> Any:
        """JSON when there is a body; the signed-in person stays signed in, and their token is not rotated."""
        data = b"" if body is None else json.dumps(body).encode()
        answer = self.http.generic(
            method, path, data, content_type="application/json", headers=self.headers, **given
        )
        assert answer.status_code != 401, f"{method} {path} would sign the person out"
        assert (
            answer.headers.get("access-token", self.headers["access-token"]) == self.headers["access-token"]
        )
        return answer

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.status_code == 200, answer.content
        return answer.json() if answer.content else None

    def decode(self, path: str, shape: type[Shape], *, method: str = "GET", body: Any = None) -> Shape:
        """The answer as a strict decoder reads it."""
        answer = self.call(method, path, body)
        assert answer.status_code == 200, answer.content
        return msgspec.json.decode(answer.content, type=shape)

    def form(self, path: str, fields: dict[str, Any]) -> Any:
        answer = self.http.post(path, fields, headers=self.headers)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    made = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    receive_message(made, NewMessage("¿Tienen el azul?"), sender=carla)
    return made


@pytest.fixture
def phone(ana) -> Phone:
    return Phone(ana)


@pytest.fixture
def at(acme, conversation):
    """The address of something of the conversation."""
    return lambda path="": in_account(acme, f"conversations/{conversation.display_id}/{path}".rstrip("/"))


def test_the_install_check_tells_a_version_the_app_accepts():
    answer = Client().get("/api").json()
    assert tuple(int(part) for part in answer["version"].split(".")) >= (3, 13, 0)
    assert {"timestamp", "queue_services", "data_services"} <= set(answer)


def test_signing_in_answers_in_headers_and_three_of_them_are_enough(phone, ana):
    assert phone.headers["uid"] == ana.email
    assert phone.user.pubsub_token
    assert phone.decode("/api/v1/profile", shapes.User).email == ana.email
    validated = phone.ok("GET", "/auth/validate_token")["payload"]
    assert validated["success"] is True
    assert validated["data"]["id"] == ana.pk


def test_a_wrong_password_and_a_forgotten_one(ana, mailoutbox, drain_log):
    body = json.dumps({"email": ana.email, "password": "no"})
    answer = Client().post("/auth/sign_in", body, content_type="application/json")
    assert (answer.status_code, answer.json()["success"]) == (401, False)
    assert answer.json()["errors"]
    body = json.dumps({"email": ana.email})
    assert Client().post("/auth/password", body, content_type="application/json").status_code == 200


POLLED = (
    "conversations?status=open&assignee_type=me&page=1&sort_by=latest", "conversations/meta", "labels", "teams", "inboxes",
    "agents", "canned_responses", "macros", "notifications", "notifications/unread_count", "custom_filters",
    "dashboard_apps", "custom_attribute_definitions", "contacts", "notification_settings", "cache_keys", "",
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AGENT, Role.ANALYST])
def test_what_the_app_polls_is_never_a_401_for_somebody_who_belongs_there(role, acme, conversation):
    """Also not for a new colleague who is a member of nothing yet: a 401 would sign them out."""
    phone = Phone(make_user(acme, "nueva@acme.example", name="Nueva", role=role))
    for path in POLLED:
        answer = phone.call("GET", in_account(acme, path).rstrip("/"))
        assert answer.status_code == 200, (path, answer.content)
    if role == Role.AGENT:
        assert phone.ok("GET", in_account(acme, "inboxes")) == {"payload": []}
    assert phone.ok("GET", in_account(acme, "macros")) == {"payload": []}
    assert phone.ok("GET", in_account(acme, "canned_responses")) == []


def test_the_profile_is_read_written_and_its_availability_set(acme, phone):
    account = {"account_id": acme.pk}
    given = {"profile": {"display_name": "Anita", "ui_settings": {"rtl_view": True}}}
    assert phone.decode("/api/v1/profile", shapes.User, method="PUT", body=given).available_name == "Anita"
    busy = {"profile": {"availability": "busy", **account}}
    user = phone.decode("/api/v1/profile/availability", shapes.User, method="POST", body=busy)
    assert [a.availability for a in user.accounts] == ["busy"]
    assert phone.ok("PUT", "/api/v1/profile/set_active_account", {"profile": account}) is None


def test_conversations_are_listed_as_the_app_asks(acme, web_inbox, phone, conversation, ana):
    path = f"conversations?inbox_id={web_inbox.pk}&assignee_type=all&status=open&page=1&sort_by=latest"
    listed = phone.decode(in_account(acme, path), shapes.ConversationList).data
    assert [row.id for row in listed.payload] == [conversation.display_id]
    assert listed.meta.unassigned_count == 1
    mine = in_account(acme, "conversations?assignee_type=me&status=open&page=1&sort_by=latest")
    assert phone.decode(mine, shapes.ConversationList).data.payload == []
    assign_agent(conversation, assignee=ana, by=ana)
    assert len(phone.decode(mine, shapes.ConversationList).data.payload) == 1
    assert phone.decode(in_account(acme, "conversations?page=2"), shapes.ConversationList).data.payload == []


def test_messages_are_paged_backwards(phone, at, conversation, carla):
    for number in range(25):
        receive_message(conversation, NewMessage(f"{number}"), sender=carla)
    newest = phone.decode(at("messages"), shapes.Thread).payload
    assert len(newest) == 20
    older = phone.decode(at(f"messages?before={newest[0].id}"), shapes.Thread).payload
    assert older
    assert max(row.id for row in older) < newest[0].id
    assert [row.id for row in older] == sorted(row.id for row in older)


def test_a_contact_with_its_labels_and_conversations(acme, phone, carla, conversation):
    path = f"contacts/{carla.pk}"
    assert phone.decode(in_account(acme, path), shapes.ContactAnswer).payload.email == carla.email
    create_label(acme, title="vip", by=None)
    assert phone.ok("POST", in_account(acme, path + "/labels"), {"labels": ["vip"]}) == {"payload": ["vip"]}
    assert phone.ok("GET", in_account(acme, path + "/labels")) == {"payload": ["vip"]}
    rows = phone.ok("GET", in_account(acme, path + "/conversations"))["payload"]
    assert [msgspec.convert(row, shapes.Conversation).id for row in rows] == [conversation.display_id]


def test_assigning_is_a_query_string_with_an_empty_body(acme, phone, at, conversation, bruno):
    team = create_team(acme, name="ventas", by=None)
    add_team_members(team, user_ids=[bruno.pk], by=None)
    agent = phone.decode(at(f"assignments?assignee_id={bruno.pk}"), shapes.Agent, method="POST")
    assert agent.id == bruno.pk
    assert phone.ok("POST", at(f"assignments?team_id={team.pk}"))["id"] == team.pk
    shown = phone.decode(at(), shapes.Conversation)
    assert isinstance(shown.meta.assignee, shapes.Agent)
    assert shown.meta.team["id"] == team.pk
    assert phone.ok("POST", at("assignments?assignee_id=0")) is None
    assert phone.ok("POST", at("assignments?team_id=0")) is None
    conversation.refresh_from_db()
    assert (conversation.assignee_id, conversation.team_id) == (None, None)
    shown = phone.decode(at(), shapes.Conversation)
    assert shown.meta.assignee is msgspec.UNSET
    assert shown.meta.team is msgspec.UNSET


def test_the_state_of_a_conversation(acme, phone, at, conversation):
    toggled = phone.decode(
        at("toggle_status"), shapes.ToggleAnswer, method="POST", body={"status": "pending"}
    )
    assert toggled.payload.current_status == "pending"
    body = {"status": "snoozed", "snoozed_until": 4102444800}
    toggled = phone.decode(at("toggle_status"), shapes.ToggleAnswer, method="POST", body=body)
    assert (toggled.payload.snoozed_until or "").startswith("2100-01-01T00:00:00")
    toggled = phone.decode(at("toggle_status"), shapes.ToggleAnswer, method="POST", body={"status": "open"})
    seen = phone.decode(at("update_last_seen"), shapes.Conversation, method="POST")
    assert (seen.id, seen.unread_count) == (conversation.display_id, 0)
    assert seen.agent_last_seen_at > 0
    assert phone.decode(at("unread"), shapes.Conversation, method="POST").unread_count == 1
    for word, muted in (("mute", True), ("unmute", False)):
        phone.ok("POST", at(word))
        assert phone.decode(at(), shapes.Conversation).muted is muted
    create_label(acme, title="vip", by=None)
    assert phone.ok("POST", at("labels"), {"labels": ["vip"]}) == {"payload": ["vip"]}
    for typing in ("on", "off"):
        phone.ok("POST", at("toggle_typing_status"), {"typing_status": typing, "is_private": False})


def test_bulk_actions(acme, phone, conversation, bruno, drain_log):
    create_label(acme, title="vip", by=None)
    body = {
        "type": "Conversation", "ids": [conversation.display_id], "fields": {"assignee_id": bruno.pk, "status": "resolved"},
        "labels": {"add": ["vip"]},
    }  # fmt: skip
    phone.ok("POST", in_account(acme, "bulk_actions"), body)
    drain_log()
    shown = phone.decode(in_account(acme, f"conversations/{conversation.display_id}"), shapes.Conversation)
    assert (shown.status, shown.labels) == ("resolved", ["vip"])
    assert isinstance(shown.meta.assignee, shapes.Agent)


def test_participants_are_put_and_come_from_the_agents_of_the_inbox(acme, phone, at, ana, bruno, web_inbox):
    path = in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}")
    offered = phone.decode(path, shapes.Agents).payload
    assert {ana.pk, bruno.pk} <= {agent.id for agent in offered}
    kept = phone.decode(
        at("participants"), list[shapes.Agent], method="PUT", body={"user_ids": [bruno.pk, ana.pk]}
    )
    assert {agent.id for agent in kept} == {ana.pk, bruno.pk}
    phone.ok("PUT", at("participants"), {"user_ids": [ana.pk]})
    assert [agent.id for agent in phone.decode(at("participants"), list[shapes.Agent])] == [ana.pk]


def test_a_message_as_json(phone, at, conversation):
    asked = Message.objects.get(conversation=conversation, message_type=0)
    body = {
        "content": "Sí", "private": False, "echo_id": "c7b1", "content_attributes": {"in_reply_to": asked.pk},
        "cc_emails": "", "bcc_emails": "", "template_params": None,
    }  # fmt: skip
    sent = phone.decode(at("messages"), shapes.Message, method="POST", body=body)
    assert (sent.content, sent.echo_id, sent.message_type, sent.private) == ("Sí", "c7b1", 1, False)
    assert sent.content_attributes["in_reply_to"] == asked.pk


@pytest.mark.parametrize(("private", "is_note"), [("true", True), ("false", False)])
def test_a_message_as_a_form_with_files(private, is_note, phone, at, conversation):
    asked = Message.objects.get(conversation=conversation, message_type=0)
    files = [SimpleUploadedFile(f"{n}.txt", b"Hola", content_type="text/plain") for n in ("uno", "dos")]
    sent = phone.form(
        at("messages"),
        {
            "content": "Mira", "attachments[]": files, "private": private, "echo_id": "c7b2", "cc_emails": "",
            "bcc_emails": "", "to_emails": "", "content_attributes": json.dumps({"in_reply_to": asked.pk}),
        },
    )  # fmt: skip
    message = msgspec.convert(sent, shapes.Message)
    assert (message.private, message.echo_id) == (is_note, "c7b2")
    assert message.content_attributes["in_reply_to"] == asked.pk
    assert [file.file_type for file in message.attachments] == ["file", "file"]
    assert message.attachments[0].data_url.startswith("http")


def test_a_message_is_deleted(phone, at, conversation, ana):
    message = post_message(conversation, NewMessage("Perdón, no era aquí"), by=ana)
    deleted = phone.decode(at(f"messages/{message.pk}"), shapes.Message, method="DELETE")
    assert deleted.content_attributes["deleted"] is True
    assert "Perdón" not in (deleted.content or "")


def test_notifications_are_listed_read_unread_and_deleted(acme, phone, conversation, ana, drain_log):
    assign_agent(conversation, assignee=ana, by=None)
    drain_log()
    path = in_account(acme, "notifications")
    query = f"{path}?sort_order=desc&includes[]=snoozed&includes[]=read&page=1"
    listed = phone.decode(query, shapes.Notifications).data
    assert listed.meta.unread_count == len(listed.payload) == 1
    note = listed.payload[0]
    assert note.primary_actor["id"] == conversation.display_id
    assert phone.ok("GET", f"{path}/unread_count") == 1
    actor = {"primary_actor_id": note.primary_actor_id, "primary_actor_type": note.primary_actor_type}
    phone.ok("POST", f"{path}/read_all", actor)
    assert phone.ok("GET", f"{path}/unread_count") == 0
    assert phone.decode(path, shapes.Notifications).data.payload == []
    assert len(phone.decode(query, shapes.Notifications).data.payload) == 1
    phone.ok("POST", f"{path}/{note.id}/unread")
    assert phone.ok("GET", f"{path}/unread_count") == 1
    phone.ok("DELETE", f"{path}/{note.id}")
    assert phone.decode(query, shapes.Notifications).data.payload == []


def test_notification_settings_are_saved_with_put(acme, phone):
    path = in_account(acme, "notification_settings")
    flags = ["email_conversation_assignment"]
    body = {"notification_settings": {"selected_email_flags": flags, "selected_push_flags": []}}
    saved = phone.decode(path, shapes.NotificationSettings, method="PUT", body=body)
    assert (saved.selected_email_flags, saved.selected_push_flags) == (flags, [])
    assert phone.decode(path, shapes.NotificationSettings).selected_email_flags == flags
    assert set(flags) <= set(saved.all_email_flags)


def test_a_phone_subscribes_unwrapped_and_leaves_with_a_body(phone):
    path = "/api/v1/notification_subscriptions"
    device = {
        "deviceName": "Pixel", "devicePlatform": "android", "apiLevel": 34, "brandName": "google", "buildNumber": "1",
        "push_token": "token-1", "device_id": "device-1",
    }  # fmt: skip
    body = {"subscription_type": "fcm", "subscription_attributes": device}
    first = phone.ok("POST", path, body)
    again = phone.ok("POST", path, {**body, "subscription_attributes": {**device, "push_token": "token-2"}})
    assert first["id"] == again["id"]
    phone.ok("DELETE", path, {"push_token": "token-2"})
    assert phone.ok("POST", path, body)["id"] != first["id"]


def test_the_lists_hold_before_a_strict_decoder(acme, admin, conversation, api_inbox, carla):
    """Types hold in every list, also where things are unset (A.12.6)."""
    create_label(acme, title="vip", by=None)
    create_team(acme, name="ventas", by=None)
    start_conversation(
        ensure_contact_inbox(carla, inbox=api_inbox), by=None
    )  # empty: no message, no one assigned
    phone = Phone(admin)
    listed = phone.decode(in_account(acme, "conversations?status=all"), shapes.ConversationList).data.payload
    assert len(listed) == 2
    empty = next(row for row in listed if row.inbox_id == api_inbox.pk)
    assert (empty.messages, empty.labels, empty.contact_last_seen_at, empty.first_reply_created_at) == (
        [],
        [],
        0,
        0,
    )
    assert empty.meta.assignee is msgspec.UNSET
    condition = {
        "attribute_key": "status",
        "filter_operator": "equal_to",
        "values": ["open"],
        "query_operator": None,
    }
    body = {"payload": [condition]}
    found = phone.decode(
        in_account(acme, "conversations/filter"), shapes.FilterAnswer, method="POST", body=body
    )
    assert len(found.payload) == 2
    lists: list[tuple[str, Any]] = [
        ("agents", list[shapes.Agent]), ("teams", list[shapes.Team]), ("labels", shapes.Labels), ("inboxes", shapes.Inboxes),
        ("contacts", shapes.ContactPage), ("contacts/search?q=carla", shapes.ContactPage),
        (f"inboxes/{api_inbox.pk}/assignable_agents", shapes.Agents), (f"inbox_members/{api_inbox.pk}", shapes.Agents),
    ]  # fmt: skip
    for path, shape in lists:
        decoded = phone.decode(in_account(acme, path), shape)
        assert decoded if isinstance(decoded, list) else decoded.payload, path
