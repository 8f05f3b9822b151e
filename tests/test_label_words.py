"""Any word may label a conversation or a contact, and it is the same label at every door (decision Q-14)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from ventanilla.contacts.commands.identities import ensure_contact_inbox
from ventanilla.conversations.commands import NewMessage, receive_message, start_conversation
from ventanilla.conversations.models import Conversation, Message
from ventanilla.labels.commands import create_label, ensure_labels
from ventanilla.labels.models import Label
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db

# As written, and as kept: in lower case, trimmed, accents written in one way, never on two lines.
WORDS = {
    "x": "x", "Two Words": "two words", "a,b": "a,b", " VIP ": "vip", "50%": "50%", "a/b": "a/b", "a/": "a/",
    "que\u0301 tal": "qu\u00e9 tal", "uno\ndos": "uno dos", "#1?&=+": "#1?&=+", '"quoted"': '"quoted"', "\\back": "\\back",
    "日本": "日本", "👩‍👩‍👧": "👩‍👩‍👧", "_": "_", "../up": "../up", "%2F": "%2f", "ÑANDÚ": "ñandú", "x" * 255: "x" * 255,
}  # fmt: skip
NOTHING = ["", "  ", "\n", "\u200b", "\x00"]


@pytest.fixture
def conversation(carla, web_inbox) -> Conversation:
    made = start_conversation(ensure_contact_inbox(carla, inbox=web_inbox), by=None)
    receive_message(made, NewMessage("Hola"), sender=carla)
    return made


def condition(title: str) -> dict[str, Any]:
    return {
        "attribute_key": "labels",
        "filter_operator": "equal_to",
        "values": [title],
        "query_operator": None,
    }


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_the_same_label_at_every_door(word, acme, admin, ana, carla, conversation, api):
    kept, caller = WORDS[word], api(ana)
    at = in_account(acme, f"conversations/{conversation.display_id}/labels")
    on_contact = in_account(acme, f"contacts/{carla.pk}/labels")
    assert caller.post(at, {"labels": [word]}).json() == {"payload": [kept]}
    assert caller.post(on_contact, {"labels": [word.upper()]}).json() == {"payload": [kept.upper().lower()]}
    assert caller.post(on_contact, form={"labels[]": [word]}).json() == {"payload": [kept]}
    assert Label.objects.filter(title=kept).count() == 1

    asked = urlencode({"labels[]": word})
    listed = caller.get(in_account(acme, f"conversations?{asked}")).json()["data"]
    assert (len(listed["payload"]), listed["meta"]["all_count"]) == (1, 1)
    assert caller.get(in_account(acme, f"contacts?{asked}")).json()["meta"]["count"] == 1
    for kind in ("conversations", "contacts"):
        found = caller.post(in_account(acme, f"{kind}/filter"), {"payload": [condition(word)]})
        assert len(found.json()["payload"]) == 1

    bulk = {"type": "Conversation", "ids": [conversation.display_id]}
    assert (
        caller.post(in_account(acme, "bulk_actions"), {**bulk, "labels": {"remove": [word]}}).status_code
        == 200
    )
    assert caller.get(at).json() == {"payload": []}
    assert (
        caller.post(in_account(acme, "bulk_actions"), {**bulk, "labels": {"add": [word]}}).status_code == 200
    )
    assert caller.get(at).json() == {"payload": [kept]}

    label = Label.objects.get(title=kept)
    setting = in_account(acme, f"labels/{label.pk}")
    recoloured = api(admin).patch(setting, {"label": {"title": kept, "color": "#112233"}})
    assert (recoloured.status_code, recoloured.json()["color"]) == (200, "#112233")


@pytest.mark.parametrize("word", WORDS)
def test_a_visitor_takes_a_label_away_whatever_stands_in_its_name(word, acme, ana, web_inbox, api):
    http, token = Client(), web_inbox.identifier
    config = http.post(f"/api/v1/widget/config?website_token={token}").json()["website_channel_config"]
    visitor = {"X-Auth-Token": config["auth_token"]}
    body = {"website_token": token, "message": {"content": "Hola"}}
    http.post("/api/v1/widget/messages", body, content_type="application/json", headers=visitor)
    conversation = Conversation.objects.get()
    at = in_account(acme, f"conversations/{conversation.display_id}/labels")
    ask = {"website_token": token, "label": word}
    unknown = http.post("/api/v1/widget/labels", ask, content_type="application/json", headers=visitor)
    assert (unknown.status_code, Label.objects.count()) == (204, 0)
    api(ana).post(at, {"labels": [word, "other"]})
    api(ana).post(at, {"labels": ["other"]})
    http.post("/api/v1/widget/labels", ask, content_type="application/json", headers=visitor)
    assert set(api(ana).get(at).json()["payload"]) == {WORDS[word], "other"}
    address = f"/api/v1/widget/labels/{quote(WORDS[word] if chr(10) in word else word, safe='')}?website_token={token}"
    assert http.delete(address, headers=visitor).status_code == 204
    assert api(ana).get(at).json() == {"payload": ["other"]}


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_word_of_which_nothing_is_seen_is_none(nothing, acme, ana, carla, conversation, api):
    for path in (f"conversations/{conversation.display_id}/labels", f"contacts/{carla.pk}/labels"):
        answer = api(ana).post(in_account(acme, path), {"labels": [nothing, "vip"]})
        assert answer.json() == {"payload": ["vip"]}


def test_too_long_or_too_many_are_refused_by_name_and_change_nothing(acme, ana, carla, conversation, api):
    for path in (f"conversations/{conversation.display_id}/labels", f"contacts/{carla.pk}/labels"):
        for labels in (["x" * 256], [f"n{number}" for number in range(101)]):
            answer = api(ana).post(in_account(acme, path), {"labels": labels})
            assert (answer.status_code, answer.json()["attributes"]) == (422, ["labels"])
    assert not Label.objects.exists()


def test_the_line_in_the_thread_tells_one_label_with_a_comma_from_two(acme, ana, conversation, api):
    at = in_account(acme, f"conversations/{conversation.display_id}/labels")
    api(ana).post(at, {"labels": ["a,b", "two words"]})
    line = Message.objects.filter(message_type=2).latest("pk")
    assert line.content == "Ana Agente added “a,b”, two words"


def test_settings_keep_their_rule(acme, admin, api):
    for title in ("x", "Two Words", "a,b", "-x"):
        answer = api(admin).post(in_account(acme, "labels"), {"title": title})
        assert (answer.status_code, answer.json()["attributes"]) == (422, ["title"])


def test_a_renamed_label_is_renamed_wherever_it_stood(acme, admin, ana, carla, conversation, api, drain_log):
    titles = ['a "b" \\ %_', "ñ/,"]
    paths = (f"conversations/{conversation.display_id}/labels", f"contacts/{carla.pk}/labels")
    for path in paths:
        api(ana).post(in_account(acme, path), {"labels": titles})
    drain_log()
    for number, title in enumerate(titles):
        label = Label.objects.get(title=title)
        api(admin).patch(in_account(acme, f"labels/{label.pk}"), {"title": f"new{number}"})
    drain_log()
    for path in paths:
        assert api(ana).get(in_account(acme, path)).json() == {"payload": ["new0", "new1"]}


def test_a_word_that_is_named_twice_is_one_label(acme):
    create_label(acme, title="vip", by=None)
    assert [label.title for label in ensure_labels(acme, titles=["VIP", "vip ", "new"], by=None)] == [
        "vip",
        "new",
    ]
    assert Label.objects.count() == 2
