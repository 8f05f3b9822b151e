"""What the desk asks when a conversation is opened is what it would hear by asking for each part."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ventanilla.conversations import commands
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.conversations.tests.scenes import talk
from ventanilla.events.log import Position
from ventanilla.events.tests.facts import settle
from ventanilla.kit.clock import now
from ventanilla.testing.cast import ApiClient

pytestmark = pytest.mark.feature("Z-21")


@pytest.fixture
def conversation(carla, web_inbox, ana, bruno):
    found = talk(carla, web_inbox, "Hola", "¿Hay alguien?")
    commands.post_message(found, commands.NewMessage("Aquí estoy."), by=ana)
    commands.post_message(found, commands.NewMessage("Cliente de siempre.", private=True), by=ana)
    commands.set_participants(found, user_ids=[ana.pk, bruno.pk], by=ana)
    schedule_message(found, by=ana, content="Luego", send_at=now() + timedelta(days=1))
    return found


def test_the_opening_is_all_its_parts_in_one_answer(acme, ana, carla, web_inbox, conversation):
    other = talk(carla, web_inbox, "Otra cosa")
    api = ApiClient(ana)
    plain, desk = f"/api/v1/accounts/{acme.pk}", f"/api/desk/accounts/{acme.pk}"
    one = f"/conversations/{conversation.display_id}"
    with time_machine.travel(now(), tick=False):  # what is scheduled says for how long it still waits
        answer = api.get(f"{desk}{one}/opening")
        scheduled = api.get(f"{desk}{one}/scheduled").json()
    assert answer.status_code == 200
    body = answer.json()
    assert body["scheduled"] == scheduled
    assert body["conversation"] == api.get(f"{plain}{one}").json()
    assert body["messages"] == api.get(f"{plain}{one}/messages").json()["payload"]
    assert body["participants"] == api.get(f"{plain}{one}/participants").json()
    assert body["card"] == api.get(f"{desk}/contacts/{carla.pk}/card").json()
    assert body["claims"] == api.get(f"{desk}/contacts/{carla.pk}/claims").json()
    listed = api.get(f"{plain}/contacts/{carla.pk}/conversations").json()["payload"]
    assert [row["id"] for row in listed if row["id"] != conversation.display_id] == [other.display_id]
    assert [(row["id"], row["status"], row["last_message"]) for row in body["previous"]] == [
        (other.display_id, "open", "Otra cosa")
    ]


def test_previous_conversations_that_the_caller_may_not_see_stay_unseen(
    acme, ana, bruno, carla, web_inbox, api_inbox, conversation
):
    hidden = talk(carla, api_inbox, "De otra bandeja")
    path = f"/api/desk/accounts/{acme.pk}/conversations"
    assert ApiClient(bruno).get(f"{path}/{hidden.display_id}/opening").status_code == 404
    assert ApiClient(bruno).get(f"{path}/{conversation.display_id}/opening").json()["previous"] == []


@pytest.mark.feature("Z-01")
@pytest.mark.django_db(transaction=True)  # what is not committed is settled for no one
def test_boot_says_where_the_log_stands_to_who_is_signed_in(acme, ana, conversation):
    client = Client()
    assert client.get("/api/desk/boot").json()["position"] == ""
    client.force_login(ana)
    before = Position.parse(client.get("/api/desk/boot").json()["position"])
    commands.post_message(conversation, commands.NewMessage("Una más"), by=ana)
    settle()
    assert Position.parse(client.get("/api/desk/boot").json()["position"]) > before
