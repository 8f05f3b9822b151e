"""Answers that pay for it leave compressed to who takes them so; those that hold keys never do."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from ventanilla.accounts.models import AccessToken
from ventanilla.conversations.tests.scenes import talk
from ventanilla.kit.encodings import accepts
from ventanilla.testing.cast import in_account

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


@pytest.mark.parametrize(
    ("said", "takes"),
    [("gzip", True), ("br;q=1.0, GZIP;q=0.5", True), ("gzip;q=0", False), ("xgzip", False), ("", False)],
)
def test_who_takes_gzip(rf, said, takes):
    assert accepts(rf.get("/", headers={"Accept-Encoding": said}), "gzip") is takes
