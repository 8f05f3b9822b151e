"""What leaves as bytes is what the OpenAPI document says: the desk's typed client is made from it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from ventanilla.api.application.account import AccountShape, CacheKeysAnswer
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.contact_notes import NoteShape
from ventanilla.api.application.contacts import (
    ContactableInboxesAnswer,
    ContactAnswer,
    ContactPage,
    ContactShape,
)
from ventanilla.api.application.custom_attributes import AttributeDefinitionShape
from ventanilla.api.application.inboxes import AgentsAnswer, InboxesAnswer, InboxShape
from ventanilla.api.application.labels import LabelsAnswer, TitlesAnswer
from ventanilla.api.application.profile import UserAccountShape, UserShape
from ventanilla.api.application.teams import TeamShape
from ventanilla.api.desk.session import BootShape
from ventanilla.attributes.commands import create_definition
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.commands.notes import create_note
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import in_account

CASES: list[tuple[str, Any]] = [
    ("", AccountShape),
    ("agents", list[AgentShape]),
    ("teams", list[TeamShape]),
    ("labels", LabelsAnswer),
    ("custom_attribute_definitions", list[AttributeDefinitionShape]),
    ("inboxes", InboxesAnswer),
    ("inboxes/channels", list[dict[str, Any]]),
    ("inboxes/{inbox}", InboxShape),
    ("inboxes/{inbox}/assignable_agents", AgentsAnswer),
    ("inbox_members/{inbox}", AgentsAnswer),
    ("contacts", ContactPage),
    ("contacts/search?q=carla&page=1", ContactPage),
    ("contacts/{contact}", ContactAnswer),
    ("contacts/{contact}/labels", TitlesAnswer),
    ("contacts/{contact}/notes", list[NoteShape]),
    ("contacts/{contact}/contactable_inboxes", ContactableInboxesAnswer),
    ("cache_keys", CacheKeysAnswer),
]


@pytest.mark.parametrize(("path", "shape"), CASES)
def test_a_body_has_the_documented_shape(path, shape, acme, admin, carla, web_inbox, api_inbox, api):
    create_label(acme, title="vip", by=admin)
    create_definition(acme, key="k", display_name="K", by=admin)
    create_note(carla, content="x", by=admin)
    create_contact_inbox(carla, inbox=api_inbox)
    for inbox in (web_inbox, api_inbox):
        address = in_account(acme, path.format(inbox=inbox.pk, contact=carla.pk)).rstrip("/")
        answer = api(admin).get(address)
        assert answer.status_code == 200, answer.content
        TypeAdapter(shape).validate_python(answer.json(), strict=True)


def test_the_user_and_the_boot_document_have_the_documented_shape(ana, api):
    TypeAdapter(UserShape).validate_python(api(ana).get("/api/v1/profile").json(), strict=True)
    for caller in (api(ana), api()):
        TypeAdapter(BootShape).validate_python(caller.get("/api/desk/boot").json(), strict=True)


def test_no_documented_field_of_an_object_is_missing_and_none_is_undocumented(
    acme, admin, carla, web_inbox, api
):
    caller = api(admin)
    agent = caller.get(in_account(acme, "agents")).json()[0]
    assert set(agent) == set(AgentShape.model_fields)
    user = caller.get("/api/v1/profile").json()
    assert set(user) == set(UserShape.model_fields)
    assert set(user["accounts"][0]) == set(UserAccountShape.model_fields)
    contact = caller.get(in_account(acme, f"contacts/{carla.pk}")).json()["payload"]
    assert set(contact) == set(ContactShape.model_fields) - {"last_activity_at"}
    inbox = caller.get(in_account(acme, f"inboxes/{web_inbox.pk}")).json()
    assert set(inbox) <= set(InboxShape.model_fields)
