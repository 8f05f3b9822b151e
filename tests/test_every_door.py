"""Every operation of every root, walked: what no honest program sends is answered 4xx in JSON, and blank is not given."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from ventanilla.accounts.commands.platform import create_platform_app
from ventanilla.accounts.models import AccessToken
from ventanilla.conversations.tests.scenes import talk
from ventanilla.testing.described import document

pytestmark = pytest.mark.django_db

DOCUMENT = document()
DEEP = b'{"x":' + b"[" * 1_200 + b"]" * 1_200 + b"}"
HUGE = 10**30
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
WITH_BODY = [one for one in OPERATIONS if "requestBody" in one[2]]
ASKING = [(m, p, o) for m, p, o in OPERATIONS if any(q["in"] == "query" for q in o.get("parameters", []))]


def named(operations: list[tuple[str, str, Any]]) -> list[str]:
    return [f"{method} {path}" for method, path, _operation in operations]


@pytest.fixture
def call(acme, admin, carla, web_inbox, api_inbox):
    """Calls an operation as whoever it is for, about things that exist."""
    conversation = talk(carla, web_inbox, "Hola")
    mine = talk(carla, api_inbox, "Hola")
    _app, operators = create_platform_app("partner")
    config = Client().post(f"/api/v1/widget/config?website_token={web_inbox.identifier}").json()
    headers = {
        "/platform/": {"api_access_token": operators},
        "/api/v1/widget/": {"X-Auth-Token": config["website_channel_config"]["auth_token"]},
        "/": {"api_access_token": AccessToken.objects.get(user=admin).sealed},
    }
    ids = {
        "account_id": acme.pk, "inbox_id": web_inbox.pk, "contact_id": carla.pk, "user_id": admin.pk,
        "inbox_identifier": api_inbox.identifier, "source_id": mine.contact_inbox.source_id,
        "conversation_uuid": mine.uuid, "mode": "reply",
    }  # fmt: skip

    def call(method: str, path: str, body: bytes = b"", **query: Any) -> Any:
        number = mine if path.startswith("/public/") else conversation
        known = {**ids, "conversation_id": number.display_id}
        for part in [part for part in path.split("/") if part.startswith("{")]:
            name = part.strip("{}").rpartition(":")[2]
            path = path.replace(part, str(known.get(name, 1)))
        if path.startswith("/api/v1/widget/"):
            query = {"website_token": web_inbox.identifier, **query}
        sent = next(found for prefix, found in headers.items() if path.startswith(prefix))
        return Client().generic(
            method, f"{path}?{urlencode(query)}", body, content_type="application/json", headers=sent
        )

    return call


def refused_in_json(answer: Any, said: object) -> None:
    assert 400 <= answer.status_code < 500, (said, answer.status_code, answer.content[:300])
    assert answer["Content-Type"].startswith("application/json"), (said, answer.content[:300])
    assert answer.json(), said


def test_json_without_end_is_unreadable_at_every_door(call):
    for method, path, _operation in WITH_BODY:
        answer = call(method, path, DEEP)
        refused_in_json(answer, (method, path))
        assert answer.status_code == 400, (method, path, answer.status_code, answer.content[:300])


def test_a_number_beyond_64_bits_is_refused_by_name_at_every_door(call):
    for method, path, operation in WITH_BODY:
        for field in fields_of(operation):
            answer = call(method, path, json.dumps({field: 2**70}).encode())
            refused_in_json(answer, (method, path, field))
            assert answer.status_code == 422, (method, path, field, answer.content[:300])
            assert field in answer.json()["attributes"], (method, path, field, answer.content[:300])


def test_odd_numbers_in_queries_are_answered_in_json_and_blank_is_not_given(call):
    for method, path, operation in ASKING:
        if method != "GET":
            continue
        for name in [one["name"] for one in operation["parameters"] if one["in"] == "query"]:
            for value in (HUGE, -HUGE):
                answer = call(method, path, **{name: value})
                assert answer.status_code < 500, (path, name, value, answer.content[:300])
                if answer.status_code >= 400:
                    refused_in_json(answer, (path, name, value))
            without = call(method, path)
            blank = call(method, path, **{name: ""})
            assert blank.status_code == without.status_code, (path, name, blank.content[:300])


def fields_of(operation: dict[str, Any]) -> list[str]:
    """The fields of the body, as the document has them."""
    found: list[str] = []
    for content in operation["requestBody"]["content"].values():
        schema = content["schema"]
        while "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        found += schema.get("properties", {})
    return found


def test_a_method_that_an_address_does_not_take_is_told_in_json(call):
    known = {path: {m for m, p, _o in OPERATIONS if p == path} for _m, path, _o in OPERATIONS}
    for path, methods in known.items():
        answer = call("DELETE" if "DELETE" not in methods else "PATCH", path)
        if {"DELETE", "PATCH"} <= methods:
            continue
        refused_in_json(answer, path)
