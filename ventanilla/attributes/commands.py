"""Definitions of custom attributes: made, changed, deleted. Values stay where they are: unknown keys are allowed."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.attributes.events import (
    AttributeDefinitionCreated,
    AttributeDefinitionDeleted,
    AttributeDefinitionUpdated,
)
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.events.log import record
from ventanilla.kit import limits
from ventanilla.kit.changes import assign
from ventanilla.kit.errors import Invalid

_KEY = re.compile(r"[\w.-]{1,128}")
_MAX_CHOICES = 1000


def _number_of(value: Any, choices: type[AttributeModel] | type[DisplayType], field: str) -> int:
    """The contract takes both the number and its name."""
    for choice in choices:
        if str(value) in {str(choice.value), choice.label}:
            return int(choice.value)
    raise Invalid(fields={field: [_("This isn't one of the known values.")]})


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in fields.items() if value is not None}
    if "attribute_model" in values:
        values["attribute_model"] = _number_of(values["attribute_model"], AttributeModel, "attribute_model")
    if "display_type" in values:
        values["display_type"] = _number_of(values["display_type"], DisplayType, "attribute_display_type")
    if "key" in values:
        values["key"] = values["key"].strip()
        if not _KEY.fullmatch(values["key"]):
            raise Invalid(
                fields={"attribute_key": [_("Use letters, numbers, hyphens and underscores in a key.")]}
            )
    if "display_name" in values:
        values["display_name"] = values["display_name"].strip()
        if not values["display_name"]:
            raise Invalid(fields={"attribute_display_name": [_("Enter an attribute name.")]})
    if "values" in values and (
        len(values["values"]) > _MAX_CHOICES
        or any(not isinstance(choice, str | int | float) for choice in values["values"])
    ):
        raise Invalid(fields={"attribute_values": [_("The choices must be a list of texts.")]})
    for name, longest in (
        ("display_name", 255),
        ("description", 2000),
        ("regex_pattern", 1024),
        ("regex_cue", 255),
    ):
        if len(str(values.get(name, ""))) > longest:
            raise Invalid(fields={name: [_("This text is too long.")]})
    limits.check_attributes(
        {name: value for name, value in values.items() if isinstance(value, str)}, field="base"
    )
    return values


@transaction.atomic
def create_definition(
    account: Account, *, key: str, display_name: str, by: User | None, **fields: Any
) -> AttributeDefinition:
    """Define an attribute: attribute_model and display_type (number or name), description, values, regex_pattern,
    regex_cue.

    Raises Invalid. Records attribute_definition.created.
    """
    values = _clean(
        {"attribute_model": AttributeModel.CONVERSATION, **fields, "key": key, "display_name": display_name}
    )
    try:
        with transaction.atomic():
            definition = AttributeDefinition.objects.create(account=account, **values)
    except IntegrityError:
        raise Invalid(fields={"attribute_key": [_("There's already an attribute with this key.")]})
    record(
        AttributeDefinitionCreated(account_id=account.pk, attribute_definition_id=definition.pk),
        actor=actor_of(by),
    )
    return definition


@transaction.atomic
def update_definition(
    definition: AttributeDefinition, *, by: User | None, **fields: Any
) -> AttributeDefinition:
    """Change name, description, type, choices or pattern; key and model never change, but may be said again.

    Raises Invalid. Records attribute_definition.updated.
    """
    _check_same(definition, _clean({key: fields.get(key) for key in ("key", "attribute_model")}))
    known = {"display_name", "description", "display_type", "values", "regex_pattern", "regex_cue"}
    changes = assign(definition, _clean({key: value for key, value in fields.items() if key in known}))
    if changes:
        definition.save(update_fields=[*changes, "updated_at"])
        record(
            AttributeDefinitionUpdated(
                account_id=definition.account_id,
                attribute_definition_id=definition.pk,
                key=definition.key,
                attribute_model=AttributeModel(definition.attribute_model).label,
                changes=changes,
            ),
            actor=actor_of(by),
        )
    return definition


def _check_same(definition: AttributeDefinition, said: dict[str, Any]) -> None:
    fixed = {"key": "attribute_key", "attribute_model": "attribute_model"}
    problems = {
        fixed[name]: [_("This can't be changed any more.")]
        for name, value in said.items()
        if getattr(definition, name) != value
    }
    if problems:
        raise Invalid(fields=problems)


@transaction.atomic
def delete_definition(definition: AttributeDefinition, *, by: User | None) -> None:
    """Delete the definition. Records attribute_definition.deleted."""
    fact = AttributeDefinitionDeleted(
        account_id=definition.account_id,
        attribute_definition_id=definition.pk,
        key=definition.key,
        attribute_model=AttributeModel(definition.attribute_model).label,
    )
    definition.delete()
    record(fact, actor=actor_of(by))
