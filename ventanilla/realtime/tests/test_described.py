"""What the document says of a desk's socket is what the facts say of themselves."""

from __future__ import annotations

from ventanilla.config.urls import api
from ventanilla.events import facts
from ventanilla.events.facts import DESK


def test_the_document_names_every_event_and_kind_that_desks_are_told() -> None:
    schemas = api.get_openapi_schema()["components"]["schemas"]
    told = facts.names_where(lambda kind: DESK in kind.told.shapes)
    assert set(schemas["DeskEventName"]["enum"]) == {*told, "conversation.hidden"}
    kinds = set(schemas["DeskKind"]["enum"])
    assert {"agent", "label", "own"} <= kinds
    assert not kinds & {"message", "conversation", "contact"}
