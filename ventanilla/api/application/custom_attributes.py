"""Definitions of custom attributes (B.6): every member may read and write them, an analyst only reads."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.attributes import commands
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.rendering import definition_json
from ventanilla.attributes.selectors import definitions_of, get_definition

router = Router(tags=["Custom attributes"])


class AttributeDefinitionShape(Schema):
    """The definition of a custom attribute."""

    id: int
    attribute_display_name: str
    attribute_display_type: Literal[
        "text", "number", "currency", "percent", "link", "date", "list", "checkbox"
    ]
    attribute_description: str
    attribute_key: str
    regex_pattern: str | None
    regex_cue: str | None
    attribute_values: list[str | int | float]
    attribute_model: Literal["conversation_attribute", "contact_attribute"]
    default_value: Any
    created_at: str
    updated_at: str


_COLUMNS = {
    "attribute_display_name": "display_name",
    "attribute_description": "description",
    "attribute_display_type": "display_type",
    "attribute_key": "key",
    "attribute_model": "attribute_model",
    "attribute_values": "values",
    "regex_pattern": "regex_pattern",
    "regex_cue": "regex_cue",
}


class DefinitionBody(Body):
    """An attribute. Type and model may be given by number or by name."""

    wrapper = "custom_attribute_definition"
    attribute_display_name: str | None = None
    attribute_description: str | None = None
    attribute_display_type: int | str | None = None
    attribute_key: str | None = None
    attribute_model: int | str | None = None
    attribute_values: list[str | int | float] | None = None
    regex_pattern: str | None = None
    regex_cue: str | None = None


def _columns(given: DefinitionBody) -> dict[str, Any]:
    values = {_COLUMNS[name]: value for name, value in given.given.items()}
    for name in ("regex_pattern", "regex_cue", "description"):
        if name in values and values[name] is None:
            values[name] = ""  # null takes the pattern away
    return values


@router.get("", operation_id="list_attribute_definitions", response=list[AttributeDefinitionShape])
def index(request: Request, account_id: int, attribute_model: str = "") -> HttpResponse:
    """All definitions, or those of one kind: 0 or conversation_attribute, 1 or contact_attribute."""
    model = next((item for item in AttributeModel if attribute_model in {str(item.value), item.label}), None)
    return json_reply([definition_json(row) for row in definitions_of(request.auth.account, model=model)])


@router.post("", operation_id="create_attribute_definition", response=AttributeDefinitionShape)
def create(request: Request, account_id: int, given: DefinitionBody = Given()) -> HttpResponse:
    """Define an attribute."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    values = {"key": "", "display_name": "", **_columns(given)}
    definition = commands.create_definition(request.auth.account, by=request.auth.person, **values)
    return json_reply(definition_json(definition))


@router.get(
    "/{int:definition_id}", operation_id="show_attribute_definition", response=AttributeDefinitionShape
)
def show(request: Request, account_id: int, definition_id: int) -> HttpResponse:
    """One definition."""
    return json_reply(definition_json(get_definition(request.auth.account, definition_id=definition_id)))


@router.patch(
    "/{int:definition_id}", operation_id="update_attribute_definition", response=AttributeDefinitionShape
)
def change(
    request: Request, account_id: int, definition_id: int, given: DefinitionBody = Given()
) -> HttpResponse:
    """Change what is given; key and model never change."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    definition = get_definition(request.auth.account, definition_id=definition_id)
    changed = commands.update_definition(definition, by=request.auth.person, **_columns(given))
    return json_reply(definition_json(changed))


@router.delete("/{int:definition_id}", operation_id="delete_attribute_definition", response={204: None})
def destroy(request: Request, account_id: int, definition_id: int) -> HttpResponse:
    """Delete the definition; values stay where they are."""
    request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    definition = get_definition(request.auth.account, definition_id=definition_id)
    commands.delete_definition(definition, by=request.auth.person)
    return empty_reply(status=204)
