"""Every route of the application API, asked by people who have no business there.

The routes come from the OpenAPI document, so one that is added tomorrow is tested tomorrow.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from ventanilla.accounts.commands.teams import create_team
from ventanilla.attributes.commands import create_definition
from ventanilla.config.urls import api as ninja_api
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.commands.notes import create_note
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.integrations.commands import create_dashboard_app
from ventanilla.kit.clock import now
from ventanilla.labels.commands import create_label

ACCOUNT = re.compile(r"^/api/(v1|v2|desk)/accounts/\{account_id\}")
SCHEMA = ninja_api.get_openapi_schema()["paths"]
ROUTES = [
    (method.upper(), path, operation.get("operationId", ""))
    for path, operations in SCHEMA.items()
    if ACCOUNT.match(path)
    for method, operation in operations.items()
]
WITH_IDS = [route for route in ROUTES if "{" in ACCOUNT.sub("", route[1])]

# A body that satisfies most inputs, so that what is refused is refused for who asks and not for what they sent.
BODY: dict[str, Any] = {
    "name": "stranger", "title": "stranger", "content": "stranger", "email": "stranger@example.com",
    "short_code": "stranger", "status": "open", "priority": "low", "typing_status": "on", "labels": ["stranger"],
    "user_ids": [], "emails": [], "payload": [], "custom_attributes": {"stranger": True}, "agent_bot": None,
    "send_at": 4102444800,
    "snoozed_until": 4102444800, "assignee_id": 0, "before": 0, "type": "Conversation", "ids": [], "fields": {},
    "filename": "a.txt", "byte_size": 1, "content_type": "text/plain", "checksum": "",
}  # fmt: skip


@pytest.fixture
def things(acme, admin, ana, bruno, carla, web_inbox):
    """One of each thing of acme, as path parameters."""
    conversation = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)
    message = post_message(conversation, by=ana, content="Hola")
    definition = create_definition(acme, key="k", display_name="K", by=admin)
    pages = [{"type": "frame", "url": "https://acme.example"}]
    return {
        "account_id": acme.pk,
        "user_id": bruno.pk,
        "team_id": create_team(acme, name="sales", by=admin).pk,
        "label_id": create_label(acme, title="label", by=admin).pk,
        "definition_id": definition.pk,
        "app_id": create_dashboard_app(acme, title="Orders", content=pages, by=admin).pk,
        "inbox_id": web_inbox.pk,
        "contact_id": carla.pk,
        "note_id": create_note(carla, content="note", by=ana).pk,
        "conversation_id": conversation.display_id,
        "message_id": message.pk,
        "mode": "reply",
        "scheduled_id": schedule_message(
            conversation, by=ana, content="Luego", send_at=now() + timedelta(days=1)
        ).pk,
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
