"""What the document says of a desk's socket is what the facts say of themselves, and what the socket says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from django.utils.timezone import now

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation, Draft, Message
from ventanilla.events import facts
from ventanilla.events.facts import DESK, Fact, Hearers
from ventanilla.events.log import LoggedEvent
from ventanilla.notifications.kinds.conversation_assignment import ConversationAssignment
from ventanilla.notifications.models import Notification
from ventanilla.realtime import stream
from ventanilla.testing.described import document


def test_the_document_names_every_event_and_kind_that_desks_are_told() -> None:
    schemas = document()["components"]["schemas"]
    told = facts.names_where(lambda kind: DESK in kind.told.shapes)
    assert set(schemas["DeskEventName"]["enum"]) == {*told, "conversation.hidden", "column.matched"}
    kinds = set(schemas["DeskKind"]["enum"])
    assert {"agent", "label", "own"} <= kinds
    assert not kinds & {"message", "conversation", "contact"}


def test_the_document_says_of_each_event_what_it_is_about() -> None:
    described = document()["components"]["schemas"]["DeskEvents"]["properties"]
    told = facts.names_where(lambda kind: DESK in kind.told.shapes)
    about = {name: one for one, event in described.items() for name in event["properties"]["name"]["enum"]}
    assert about == {name: facts.kind_of(name).told.about for name in told} | {
        "conversation.hidden": "gone_conversation",
        "column.matched": "column_match",
    }


@pytest.mark.django_db
@pytest.mark.feature("X-01")
def test_what_a_desk_is_told_has_the_fields_that_the_document_promises(
    acme: Account, ana: User, carla: Contact, conversation: Conversation
) -> None:
    """Each fact that desks are told, recorded of things that stand, comes as the document says it."""
    schemas = document()["components"]["schemas"]
    message = conversations.post_message(conversation, conversations.NewMessage(content="Hola"), by=ana)
    known = _standing(ana, carla, message)
    events = [
        LoggedEvent(number, 0, acme.pk, kind.name, _payload(kind, known), None, None, now())
        for number, kind in enumerate(_told_to_desks(), start=1)
    ]

    rendered = stream.render(events, lambda _account: stream.EVERYTHING)

    for event, item in zip(events, rendered, strict=True):
        assert item.live is not None, event.name
        said = json.loads(item.live.at("https://desk.example"))
        told = schemas["DeskEvents"]["properties"][said["about"]]
        jsonschema_rs.validate({**told, "components": {"schemas": schemas}}, said)
        assert set(said["data"]) == set(told["properties"]["data"]["properties"]), event.name
        if item.audience is Hearers.USER:
            assert item.user_id == ana.pk, event.name


def _told_to_desks() -> list[type[Fact]]:
    return [facts.kind_of(name) for name in sorted(facts.names_where(lambda kind: DESK in kind.told.shapes))]


def _standing(user: User, contact: Contact, message: Message) -> dict[str, Any]:
    """What the fields of facts name, of rows that are there."""
    conversation = message.conversation
    told = Notification.objects.create(
        account=conversation.account, user=user, conversation=conversation, kind=ConversationAssignment.number
    )
    return {
        "conversation_id": conversation.pk,
        "message_id": message.pk,
        "contact_id": contact.pk,
        "user_id": user.pk,
        "notification_id": told.pk,
        "kind": ConversationAssignment.name,
        "ways": ["sound"],
        "mode": Draft.Mode.REPLY.value,
        "changes": {},
        "added": [],
        "removed": [],
        "keys": {},
    }


def _payload(kind: type[Fact], known: dict[str, Any]) -> dict[str, Any]:
    return {name: known.get(name, 7) for name in kind.__struct_fields__ if name != "account_id"}
