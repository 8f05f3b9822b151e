"""A definition as the contract shows it."""

from __future__ import annotations

from typing import Any

from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.kit.clock import iso


def definition_json(definition: AttributeDefinition) -> dict[str, Any]:
    return {
        "id": definition.pk,
        "attribute_display_name": definition.display_name,
        "attribute_display_type": DisplayType(definition.display_type).label,
        "attribute_description": definition.description,
        "attribute_key": definition.key,
        "regex_pattern": definition.regex_pattern or None,
        "regex_cue": definition.regex_cue or None,
        "attribute_values": definition.values,
        "attribute_model": AttributeModel(definition.attribute_model).label,
        "default_value": None,
        "created_at": iso(definition.created_at),
        "updated_at": iso(definition.updated_at),
    }
