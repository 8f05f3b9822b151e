"""What leaves as bytes is what the OpenAPI document says: the desk's typed client is made from it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from ventanilla.api.application import shapes
from ventanilla.api.desk.session import BootShape
from ventanilla.attributes.commands import create_definition
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.commands.notes import create_note
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import in_account

CASES: list[tuple[str, Any]] = [
    ("", shapes.AccountShape),
    ("agents", list[shapes.AgentShape]),
    ("teams", list[shapes.TeamShape]),
    ("labels", shapes.LabelsAnswer),
    ("custom_attribute_definitions", list[shapes.AttributeDefinitionShape]),
    ("inboxes", shapes.InboxesAnswer),
    ("inboxes/channels", list[dict[str, Any]]),
    ("inboxes/{inbox}", shapes.InboxShape),
    ("inboxes/{inbox}/assignable_agents", shapes.AgentsAnswer),
    ("inbox_members/{inbox}", shapes.AgentsAnswer),
    ("contacts", shapes.ContactPage),
    ("contacts/search?q=carla&page=1", shapes.ContactPage),
    ("contacts/{contact}", shapes.ContactAnswer),
    ("contacts/{contact}/labels", shapes.TitlesAnswer),
    ("contacts/{contact}/notes", list[shapes.NoteShape]),
    ("contacts/{contact}/contactable_inboxes", shapes.ContactableInboxesAnswer),
    ("cache_keys", shapes.CacheKeysAnswer),
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
    TypeAdapter(shapes.UserShape).validate_python(api(ana).get("/api/v1/profile").json(), strict=True)
    for caller in (api(ana), api()):
        TypeAdapter(BootShape).validate_python(caller.get("/api/desk/boot").json(), strict=True)


def test_no_documented_field_of_an_object_is_missing_and_none_is_undocumented(
    acme, admin, carla, web_inbox, api
):
    caller = api(admin)
    agent = caller.get(in_account(acme, "agents")).json()[0]
    assert set(agent) == set(shapes.AgentShape.model_fields)
    user = caller.get("/api/v1/profile").json()
    assert set(user) == set(shapes.UserShape.model_fields)
    assert set(user["accounts"][0]) == set(shapes.UserAccountShape.model_fields)
    contact = caller.get(in_account(acme, f"contacts/{carla.pk}")).json()["payload"]
    assert set(contact) == set(shapes.ContactShape.model_fields) - {"last_activity_at"}
    inbox = caller.get(in_account(acme, f"inboxes/{web_inbox.pk}")).json()
    assert set(inbox) <= set(shapes.InboxShape.model_fields)
