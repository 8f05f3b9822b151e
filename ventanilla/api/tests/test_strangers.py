"""Every route of the application API, asked by people who have no business there.

The routes come from the OpenAPI document and the things from the rooms, so what is added tomorrow is tested tomorrow.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from ventanilla.testing.described import document
from ventanilla.testing.standing import *  # noqa: F403
from ventanilla.testing.strangers import samples

ACCOUNT = re.compile(r"^/api/(v1|v2|desk)/accounts/\{account_id\}")
SCHEMA = document()["paths"]
ROUTES = [
    (method.upper(), path, operation.get("operationId", ""))
    for path, operations in SCHEMA.items()
    if ACCOUNT.match(path)
    for method, operation in operations.items()
]
WITH_IDS = [route for route in ROUTES if "{" in ACCOUNT.sub("", route[1])]

SAMPLES = samples()

# A body that satisfies most inputs, so that what is refused is refused for who asks and not for what they sent.
BODY: dict[str, Any] = {"payload": []} | {
    name: value for sample in SAMPLES for name, value in sample.body.items()
}


def address(path: str, things: dict[str, Any], **other: Any) -> str:
    """The path with ids put in; for a thing this test does not make, one that exists nowhere."""
    values = {**things, **other}
    return re.sub(r"\{(\w+)\}", lambda match: str(values.get(match[1], 999_999_999)), path)


def body_for(path: str, things: dict[str, Any]) -> dict[str, Any]:
    contact_id = things["contact_id"]
    ids = {"inbox_id": things["inbox_id"], "contact_id": contact_id}
    body = {**BODY, **ids, "base_contact_id": contact_id, "mergee_contact_id": contact_id}
    if path.endswith("destroy_custom_attributes"):
        body["custom_attributes"] = ["stranger"]
    if path.endswith("/split"):
        body["message_id"] = things["message_id"]
    if path.endswith("bulk_actions"):
        body["labels"] = {"add": ["stranger"]}
    return body


def call(caller: Any, method: str, path: str, things: dict[str, Any]) -> Any:
    return caller.call(method, path, None if method == "GET" else body_for(path, things))


@pytest.mark.parametrize(("method", "path", "operation"), ROUTES)
@pytest.mark.feature("X-02")
def test_nobody_and_members_of_another_account_are_a_401(method, path, operation, things, gus, api):
    assert call(api(), method, address(path, things), things).status_code == 401
    assert call(api(gus), method, address(path, things), things).status_code == 401


@pytest.mark.parametrize(("method", "path", "operation"), WITH_IDS)
def test_ids_of_another_account_are_a_404_in_ones_own(method, path, operation, things, globex, gus, api):
    answer = call(api(gus), method, address(path, things, account_id=globex.pk), things)
    if "/drafts/{mode}" in path or "draft_messages" in path:
        assert answer.status_code in {404, 422}
        return
    assert answer.status_code == 404, answer.content
