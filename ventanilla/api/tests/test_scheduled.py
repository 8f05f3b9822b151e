"""The desk's doors for messages that wait: who may, what they answer, and that the contract does not see them."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.accounts.commands.agents import update_agent
from ventanilla.accounts.commands.roles import create_role
from ventanilla.accounts.models import Membership
from ventanilla.accounts.policies import Capability
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.models import ScheduledMessage
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.kit.clock import now
from ventanilla.testing.cast import ApiClient

HOUR = 3600


@pytest.fixture
def conversation(carla, web_inbox):
    return talk(carla, web_inbox, "Hola")


@pytest.fixture
def mail_inbox(acme, ana):
    channel = {"type": "email", "email": "hola@acme.example"}
    inbox = create_inbox(acme, name="Soporte", channel=channel, by=None)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    return inbox


@pytest.fixture
def path(acme, conversation):
    return f"/api/desk/accounts/{acme.pk}/conversations/{conversation.display_id}/scheduled"


@pytest.fixture
def thread(acme, conversation):
    return f"/api/v1/accounts/{acme.pk}/conversations/{conversation.display_id}/messages"


def in_seconds(seconds: int) -> int:
    return int(time.time()) + seconds


def test_from_scheduling_to_sending_now(path, thread, ana, bruno, conversation):
    api = ApiClient(ana)
    made = api.post(path, {"content": "Mañana te cuento", "send_at": in_seconds(HOUR), "echo_id": "k"})
    assert made.status_code == 200
    body = made.json()
    assert body["author"] == {"id": ana.pk, "name": "Ana Agente"}
    assert (body["state"], body["files"], body["conversation_id"]) == (
        "waiting",
        [],
        conversation.display_id,
    )
    again = api.post(path, {"content": "Mañana te cuento", "send_at": in_seconds(HOUR), "echo_id": "k"})
    assert again.json()["id"] == body["id"]
    # A colleague sees it; the contract's clients do not.
    assert [one["id"] for one in ApiClient(bruno).get(path).json()] == [body["id"]]
    assert [one["content"] for one in api.get(thread).json()["payload"]] == ["Hola"]
    moved = ApiClient(bruno).patch(
        f"{path}/{body['id']}", {"send_at": (now() + timedelta(days=2)).isoformat()}
    )
    assert moved.json()["send_at"] > body["send_at"]
    sent = ApiClient(bruno).post(f"{path}/{body['id']}/send_now")
    assert (sent.json()["content"], sent.json()["sender"]["id"]) == ("Mañana te cuento", ana.pk)
    assert api.get(path).json() == []
    assert api.call("DELETE", f"{path}/{body['id']}").status_code == 404
    assert (
        api.post(
            path, {"content": "Mañana te cuento", "send_at": in_seconds(HOUR), "echo_id": "k"}
        ).status_code
        == 409
    )


def test_a_form_with_files_and_cancelling(path, ana):
    api = ApiClient(ana)
    form = {
        "content": "",
        "send_at": str(in_seconds(HOUR)),
        "attachments[]": SimpleUploadedFile("hola.txt", b"hola"),
    }
    [file] = api.post(path, form=form).json()["files"]
    assert (file["filename"], file["size"]) == ("hola.txt", 4)
    assert api.get(file["url"]).status_code in {200, 302}
    [row] = api.get(path).json()
    assert api.call("DELETE", f"{path}/{row['id']}").status_code == 200
    assert api.get(path).json() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"send_at": 1}, "send_at"),
        ({"send_at": 9_999_999_999}, "send_at"),
        ({"send_at": "2099-01-01T09:00:00"}, "send_at"),
        ({"send_at": "soon"}, "send_at"),
        ({}, "send_at"),
        ({"private": True}, "message_type"),
        ({"message_type": "incoming"}, "message_type"),
    ],
)
def test_refusals_name_the_field(path, ana, given, field):
    body = {"content": "Hola", "send_at": in_seconds(HOUR)} | given
    if not given:
        del body["send_at"]
    refused = ApiClient(ana).post(path, body)
    assert refused.status_code == 422
    assert field in refused.json()["fields"]
    assert not ScheduledMessage.objects.exists()


def test_who_only_looks_or_is_a_stranger_may_not(path, vera, gus, conversation, ana, globex):
    row = schedule_message(conversation, by=ana, content="Luego", send_at=now() + timedelta(days=1))
    assert [one["id"] for one in ApiClient(vera).get(path).json()] == [row.pk]
    body = {"content": "Hola", "send_at": in_seconds(HOUR)}
    assert ApiClient(vera).post(path, body).status_code == 403
    assert ApiClient(vera).post(f"{path}/{row.pk}/send_now").status_code == 403
    assert ApiClient(gus).get(path).status_code in {401, 404}
    own = path.replace(f"/accounts/{conversation.account_id}/", f"/accounts/{globex.pk}/")
    assert ApiClient(gus).call("DELETE", f"{own}/{row.pk}").status_code == 404
    assert ScheduledMessage.objects.filter(pk=row.pk).exists()


def test_one_of_another_conversation_is_not_found(path, ana, conversation, acme, carla, web_inbox):
    other = talk(carla, web_inbox, "Otra cosa")
    row = schedule_message(other, by=ana, content="Luego", send_at=now() + timedelta(days=1))
    assert ApiClient(ana).call("DELETE", f"{path}/{row.pk}").status_code == 404


@pytest.mark.feature("Z-03", "Z-07")
def test_a_reply_is_held_or_waits_by_the_desks_doors(path, thread, acme, ana, bruno, conversation):
    acme.undo_send_seconds = 20
    acme.save(update_fields=["undo_send_seconds"])
    api = ApiClient(ana)
    hello = api.get(thread).json()["payload"][-1]["id"]
    assert ApiClient(bruno).post(thread, {"content": "Voy", "seen_message_id": hello}).status_code == 200
    for door, more in ((thread, {}), (path, {"undo": True})):
        refused = api.post(door, {"content": "Yo también", "seen_message_id": hello, **more})
        newest = api.get(thread).json()["payload"][-1]["id"]
        assert refused.status_code == 409
        assert (refused.json()["code"], refused.json()["newest_message_id"]) == ("not_seen", newest)
    kept = api.post(path, {"content": "Yo también", "seen_message_id": newest, "undo": True}).json()
    assert kept["undoable"]
    assert 15_000 < kept["leaves_in_ms"] <= 20_000
    assert [one["content"] for one in api.get(thread).json()["payload"]][-1] == "Voy"
    assert api.delete(f"{path}/{kept['id']}").status_code == 200
    assert api.post(path, {"content": "Sin hora"}).status_code == 422


@pytest.mark.feature("Z-06", "Z-07")
def test_what_is_forwarded_can_wait_too(acme, ana, carla, mail_inbox, conversation, path):
    mailed = talk(carla, mail_inbox, "¿Y mi pedido?")
    door = f"/api/desk/accounts/{acme.pk}/conversations/{mailed.display_id}/scheduled"
    message = mailed.messages.get(content="¿Y mi pedido?")
    asked = {
        "content": "Mira esto",
        "send_at": in_seconds(HOUR),
        "to_emails": "taller@example.com",
        "content_attributes": {"forwarded_message_id": message.pk},
    }
    api = ApiClient(ana)
    kept = api.post(door, asked).json()
    assert kept["content_attributes"]["forwarded_message_id"] == message.pk
    sent = api.post(f"{door}/{kept['id']}/send_now").json()
    assert sent["content_attributes"]["to_emails"] == ["taller@example.com"]
    assert str(message.pk) in str(sent["content_attributes"])
    # Without a recipient, of a message that is not there, or where mail means nothing: refused, and nothing is kept.
    assert api.post(door, {**asked, "to_emails": ""}).status_code == 422
    gone = {**asked, "content_attributes": {"forwarded_message_id": 10**9}}
    assert api.post(door, gone).status_code == 404
    assert api.post(path, asked).status_code == 422
    assert not ScheduledMessage.objects.exists()


@pytest.mark.feature("Z-06", "Z-07")
def test_the_desks_door_takes_what_comes_after_and_sends_soon(acme, ana, carla, mail_inbox):
    mailed = talk(carla, mail_inbox, "¿Y mi pedido?")
    door = f"/api/desk/accounts/{acme.pk}/conversations/{mailed.display_id}/scheduled"
    api = ApiClient(ana)
    and_snooze = {"content": "Mañana", "undo": True, "then_status": "snoozed", "then_until": "tomorrow"}
    kept = api.post(door, and_snooze).json()
    assert (kept["then_status"], kept["undoable"]) == ("snoozed", True)
    assert 5_000 < kept["leaves_in_ms"] <= 10_000
    assert ScheduledMessage.objects.get(pk=kept["id"]).then_until is not None
    for wrong in ({"then_status": "asleep"}, {"then_status": "pending"}):
        refused = api.post(door, and_snooze | wrong)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["then_status"])
    later = api.post(door, {"content": "Luego", "send_at": in_seconds(HOUR)}).json()
    soon = api.patch(f"{door}/{later['id']}", {"undo": True}).json()
    assert soon["leaves_in_ms"] <= 10_000
    assert api.patch(f"{door}/{later['id']}", {}).status_code == 422


@pytest.mark.feature("Z-06", "Z-17")
def test_who_may_not_resolve_does_not_resolve_by_sending(acme, ana, carla, mail_inbox):
    role = create_role(
        acme, name="Escribe", by=None, sight="inboxes", capabilities=[Capability.CONVERSATIONS_WRITE]
    )
    update_agent(Membership.objects.get(account=acme, user=ana), custom_role_id=role.pk, by=None)
    mailed = talk(carla, mail_inbox, "¿Y mi pedido?")
    door = f"/api/desk/accounts/{acme.pk}/conversations/{mailed.display_id}/scheduled"
    asked = {"content": "Listo", "undo": True}
    assert ApiClient(ana).post(door, asked | {"then_status": "resolved"}).status_code in {401, 403}
    assert not ScheduledMessage.objects.exists()
    assert ApiClient(ana).post(door, asked).status_code == 200
