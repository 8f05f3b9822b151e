"""Answers that pay for it leave compressed to who takes them so; those that hold keys never do."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from ventanilla.accounts.models import AccessToken
from ventanilla.conversations.tests.scenes import talk
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.kit.encodings import accepts
from ventanilla.testing.cast import ApiClient, in_account

pytestmark = pytest.mark.feature("Z-21")


@pytest.fixture
def conversation(carla, web_inbox):
    return talk(carla, web_inbox, *(f"Mensaje {number}" for number in range(12)))


@pytest.fixture
def ask(ana):
    token = AccessToken.objects.get(user=ana).sealed

    def call(path, **headers):
        return Client().get(path, headers={"api_access_token": token, **headers})

    return call


def test_a_list_leaves_compressed_and_says_the_same(acme, ask, conversation):
    path = in_account(acme, "conversations")
    plain, packed = ask(path), ask(path, accept_encoding="br, gzip")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_each_form_has_its_own_tag_and_is_not_sent_twice(acme, ask, conversation):
    path = in_account(acme, f"conversations/{conversation.display_id}/messages")
    plain, packed = ask(path), ask(path, accept_encoding="gzip")
    assert plain.headers["ETag"] != packed.headers["ETag"]
    again = ask(path, accept_encoding="gzip", if_none_match=packed.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert ask(path, if_none_match=packed.headers["ETag"]).status_code == 200


def test_its_length_tells_nothing_of_what_is_in_it(acme, ask, conversation):
    path = in_account(acme, "conversations")
    lengths = {len(ask(path, accept_encoding="gzip").content) for _ in range(20)}
    assert len(lengths) > 5


@pytest.mark.parametrize("path", ["/api/v1/profile", "/api/desk/boot", "inboxes", "contacts"])
def test_what_holds_keys_goes_as_it_is(acme, ask, conversation, path):
    answer = ask(path if path.startswith("/") else in_account(acme, path), accept_encoding="gzip")
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_the_desk_asks_for_inboxes_without_their_keys(acme, admin, web_inbox, api_inbox):
    for number in range(6):
        create_inbox(acme, name=f"Programa {number}", channel={"type": "api"}, by=None)
    path = f"/api/desk/accounts/{acme.pk}/inboxes"
    answer = ApiClient(admin).get(path)
    listed = answer.json()
    whole = ApiClient(admin).get(in_account(acme, "inboxes")).json()["payload"]
    assert [row["id"] for row in listed] == [row["id"] for row in whole]
    assert listed == [{key: row.get(key) for key in listed[0]} for row in whole]
    for key in ("hmac_token", "inbox_identifier", "website_token"):
        assert not [row for row in whole if row.get(key) and row[key].encode() in answer.content]
    token = AccessToken.objects.get(user=admin).sealed
    packed = Client().get(path, headers={"api_access_token": token, "accept_encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == listed


@pytest.mark.parametrize(
    "path", ["channels/email/form", "inboxes/{inbox}/channel_form", "inboxes/{inbox}/settings_form"]
)
def test_forms_of_channels_go_as_they_are(acme, admin, web_inbox, path):
    token = AccessToken.objects.get(user=admin).sealed
    answer = Client().get(
        f"/api/desk/accounts/{acme.pk}/{path.format(inbox=web_inbox.pk)}",
        headers={"api_access_token": token, "accept_encoding": "gzip"},
    )
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    ("said", "takes"),
    [("gzip", True), ("br;q=1.0, GZIP;q=0.5", True), ("gzip;q=0", False), ("xgzip", False), ("", False)],
)
def test_who_takes_gzip(rf, said, takes):
    assert accepts(rf.get("/", headers={"Accept-Encoding": said}), "gzip") is takes
