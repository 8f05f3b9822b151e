"""What real clients depend on without any document saying so (A.12), one test for each point."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.models import AccessToken
from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import NewMessage, receive_message, start_conversation
from ventanilla.conversations.models import Conversation, Message
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    made = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    receive_message(made, NewMessage("Hola"), sender=carla)
    return made


@pytest.fixture
def at(acme, conversation):
    return lambda path="": in_account(acme, f"conversations/{conversation.display_id}/{path}".rstrip("/"))


@pytest.mark.parametrize(
    "name", ["api_access_token", "Api-Access-Token", "API-ACCESS-TOKEN", "api-access-token"]
)
def test_1_the_token_has_two_spellings_and_a_foreign_bearer_is_ignored(name, acme, ana):
    headers = {name: AccessToken.objects.get(user=ana).sealed, "Authorization": "Bearer foreign"}
    assert Client().get(in_account(acme, "labels"), headers=headers).status_code == 200
    assert Client().get(in_account(acme, "labels"), headers={name: "no"}).json()["error"]
    alone = Client().get(in_account(acme, "labels"), headers={"Authorization": "Bearer foreign"})
    assert (alone.status_code, type(alone.json()["errors"])) == (401, list)


def test_2_a_session_outlives_many_requests_and_other_sign_ins(acme, ana):
    def sign_in() -> dict[str, str]:
        body = json.dumps({"email": ana.email, "password": "Secreto-1"})
        answer = Client().post("/auth/sign_in", body, content_type="application/json")
        return {name: answer.headers[name] for name in ("access-token", "uid", "client")}

    first = sign_in()
    for _ in range(3):
        sign_in()
        assert Client().get(in_account(acme, "inboxes"), headers=first).status_code == 200
    wrong = {**first, "access-token": "no"}
    assert Client().get(in_account(acme, "inboxes"), headers=wrong).status_code == 401


def test_3_query_parameters_count_as_body_parameters(acme, at, ana, api, conversation):
    team = create_team(acme, name="ventas", by=None)
    assert api(ana).post(at(f"assignments?team_id={team.pk}")).json()["id"] == team.pk
    assert api(ana).post(at("assignments?team_id=0")).content == b"null"
    conversation.refresh_from_db()
    assert conversation.team_id is None


def test_3_json_urlencoded_and_multipart_say_the_same(at, ana, api):
    token = {"api_access_token": AccessToken.objects.get(user=ana).sealed}
    encoded = Client().post(
        at("messages"),
        "content=uno&private=false",
        content_type="application/x-www-form-urlencoded",
        headers=token,
    )
    parts = Client().post(at("messages"), {"content": "dos", "private": "false"}, headers=token)
    body = api(ana).post(at("messages"), {"content": "tres", "private": "false"})
    wrapped = api(ana).post(at("messages"), {"message": {"content": "cuatro", "private": False}})
    answers = [answer.json() for answer in (encoded, parts, body, wrapped)]
    assert [row["content"] for row in answers] == ["uno", "dos", "tres", "cuatro"]
    assert not any(row["private"] for row in answers)


def test_3_ids_come_as_strings_and_blank_means_not_given(acme, at, ana, api, carla, web_inbox):
    assert api(ana).post(at("assignments"), {"assignee_id": str(ana.pk)}).json()["id"] == ana.pk
    body = {
        "contact_id": str(carla.pk),
        "inbox_id": str(web_inbox.pk),
        "status": "",
        "team_id": "",
        "assignee_id": "",
    }
    made = api(ana).post(in_account(acme, "conversations"), body)
    assert (made.status_code, made.json()["status"]) == (200, "open")
    query = "conversations?status=&assignee_type=&team_id=&inbox_id=&page=&sort_by="
    assert len(api(ana).get(in_account(acme, query)).json()["data"]["payload"]) == 2


def test_3_a_post_may_promise_json_and_send_nothing(at, ana, api):
    answer = api(ana).post(at("toggle_status")).json()["payload"]
    assert (answer["success"], answer["current_status"]) == (True, "resolved")


def test_3_attributes_may_be_a_json_string_and_lists_have_brackets(
    acme, at, ana, api, conversation, web_inbox
):
    asked = Message.objects.get(conversation=conversation, message_type=0)
    files = [SimpleUploadedFile("a.txt", b"x", content_type="text/plain")]
    form: dict[str, Any] = {
        "content_attributes": json.dumps({"in_reply_to": asked.pk}),
        "attachments[]": files,
    }
    sent = api(ana).post(at("messages"), form=form).json()
    assert (sent["content_attributes"]["in_reply_to"], len(sent["attachments"])) == (asked.pk, 1)
    for title in ("vip", "pedido"):
        create_label(acme, title=title, by=None)
    kept = api(ana).post(at("labels"), form={"labels[]": ["vip", "pedido"]}).json()["payload"]
    assert set(kept) == {"vip", "pedido"}
    found = api(ana).get(in_account(acme, "conversations?labels[]=vip&labels[]=nothing")).json()["data"]
    assert [row["id"] for row in found["payload"]] == [conversation.display_id]
    offered = (
        api(ana).get(in_account(acme, f"assignable_agents?inbox_ids[]={web_inbox.pk}")).json()["payload"]
    )
    assert ana.pk in {agent["id"] for agent in offered}


def test_4_a_trailing_slash_is_no_redirect_and_put_is_patch(acme, admin, at, api):
    label = create_label(acme, title="vip", by=None)
    path = in_account(acme, f"labels/{label.pk}")
    for method, address, color in (
        ("PUT", path, "#111111"),
        ("PATCH", f"{path}/", "#222222"),
        ("PUT", f"{path}/", "#333333"),
    ):
        answer = api(admin).call(method, address, {"label": {"color": color}})
        assert (answer.status_code, answer.json()["color"]) == (200, color)
    assert api(admin).get(in_account(acme, "conversations/")).status_code == 200
    assert api(admin).post(at("toggle_status") + "/", {"status": "open"}).status_code == 200


ENVELOPES: list[tuple[str, Any]] = [
    ("conversations", {"data": {"meta": dict, "payload": list}}),
    ("conversations/meta", {"meta": dict}),
    ("conversations/search?q=Hola", {"meta": dict, "payload": list}),
    ("conversations/{cid}/messages", {"meta": dict, "payload": list}),
    ("conversations/{cid}/labels", {"payload": list}),
    ("conversations/{cid}/participants", list),
    ("contacts", {"meta": dict, "payload": list}),
    ("contacts/search?q=carla", {"meta": dict, "payload": list}),
    ("contacts/{contact}", {"payload": dict}),
    ("contacts/{contact}/conversations", {"payload": list}),
    ("contacts/{contact}/labels", {"payload": list}),
    ("inboxes", {"payload": list}),
    ("labels", {"payload": list}),
    ("macros", {"payload": list}),
    ("assignable_agents?inbox_ids[]={inbox}", {"payload": list}),
    ("inbox_members/{inbox}", {"payload": list}),
    ("agents", list),
    ("teams", list),
    ("canned_responses", list),
    ("custom_attribute_definitions", list),
    ("custom_filters", list),
    ("dashboard_apps", list),
    ("notifications", {"data": {"meta": dict, "payload": list}}),
    ("notifications/unread_count", int),
]


@pytest.mark.parametrize(("path", "envelope"), ENVELOPES)
def test_5_each_endpoint_has_the_envelope_that_clients_open(
    path, envelope, acme, admin, carla, web_inbox, conversation, api
):
    address = path.format(cid=conversation.display_id, contact=carla.pk, inbox=web_inbox.pk)
    body = api(admin).get(in_account(acme, address)).json()

    def fits(value: Any, wanted: Any) -> bool:
        if isinstance(wanted, dict):
            return set(value) == set(wanted) and all(fits(value[key], inner) for key, inner in wanted.items())
        return type(value) is wanted

    assert fits(body, envelope), body


def test_5_what_is_written_comes_back_in_its_envelope(acme, admin, ana, carla, web_inbox, at, api):
    caller = api(admin)
    made = caller.post(in_account(acme, "contacts"), {"name": "Nueva", "inbox_id": web_inbox.pk}).json()
    assert set(made["payload"]) == {"contact", "contact_inbox"}
    assert set(made["payload"]["contact_inbox"]) == {"inbox", "source_id"}
    assert set(caller.put(in_account(acme, f"contacts/{carla.pk}"), {"name": "Carla"}).json()) == {"payload"}
    toggled = caller.post(at("toggle_status"), {"status": "open"}).json()["payload"]
    assert set(toggled) == {"success", "conversation_id", "current_status", "snoozed_until"}
    condition = {
        "attribute_key": "status",
        "filter_operator": "equal_to",
        "values": ["open"],
        "query_operator": None,
    }
    found = caller.post(in_account(acme, "conversations/filter"), {"payload": [condition]}).json()
    assert set(found) == {"meta", "payload"}
    assert caller.post(at("assignments"), {"assignee_id": ana.pk}).json()["id"] == ana.pk
    assert caller.post(at("assignments"), {"assignee_id": None}).json() is None


def test_8_the_widget_page_may_be_framed_and_the_visitor_is_known_by_a_token(web_inbox):
    token = web_inbox.identifier
    page = Client().get(f"/widget?website_token={token}&locale=es&cw_conversation=")
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers
    assert "frame-ancestors 'self'" not in page.headers.get("Content-Security-Policy", "")
    assert Client().get("/widget?website_token=no").status_code == 404
    config = Client().post(f"/api/v1/widget/config?website_token={token}").json()
    visitor = {"X-Auth-Token": config["website_channel_config"]["auth_token"]}
    told = Client().get(f"/api/v1/widget/contact?website_token={token}", headers=visitor).json()
    assert {"id", "has_email", "has_name"} <= set(told)
    assert not {"email", "name", "phone_number"} & set(told)
