"""What happens to definitions of custom attributes."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import About, Fact, collection


class AttributeDefinitionCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "attribute_definition.created"
    administrative = About("attributes.AttributeDefinition", noun="CustomAttributeDefinition")
    told = collection("attribute_definition", "attribute_definition_id")
    attribute_definition_id: int


class AttributeDefinitionUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "attribute_definition.updated"
    administrative = About("attributes.AttributeDefinition", noun="CustomAttributeDefinition")
    told = collection("attribute_definition", "attribute_definition_id")
    attribute_definition_id: int
    key: str
    attribute_model: str
    changes: dict[str, list[Any]]


class AttributeDefinitionDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "attribute_definition.deleted"
    administrative = About("attributes.AttributeDefinition", noun="CustomAttributeDefinition")
    told = collection("attribute_definition", "attribute_definition_id")
    attribute_definition_id: int
    key: str
    attribute_model: str
