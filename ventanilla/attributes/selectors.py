"""Questions about definitions."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.accounts.models import Account
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.kit.conditions import CustomField
from ventanilla.kit.errors import NotFound


def definitions_of(
    account: Account | int, *, model: AttributeModel | None = None
) -> QuerySet[AttributeDefinition]:
    """Definitions in the order they were made, of one kind of thing when `model` is given."""
    rows = AttributeDefinition.objects.filter(account=account).order_by("pk")
    return rows if model is None else rows.filter(attribute_model=model)


def get_definition(account: Account, *, definition_id: int) -> AttributeDefinition:
    """One definition of the account. Raises NotFound."""
    definition = definitions_of(account).filter(pk=definition_id).first()
    if definition is None:
        raise NotFound
    return definition


def filter_fields(
    account: Account | int,
    *,
    model: AttributeModel | None = None,
    lookups: dict[AttributeModel, str] | None = None,
) -> list[CustomField]:
    """The definitions as the filter language wants them; `lookups` says where each kind keeps its values."""
    paths = lookups or {}
    return [
        CustomField(
            key=definition.key,
            display_type=DisplayType(definition.display_type).label,
            model=AttributeModel(definition.attribute_model).label,
            lookup=paths.get(AttributeModel(definition.attribute_model), "custom_attributes"),
            title=definition.display_name,
            values=[str(value) for value in definition.values],
        )
        for definition in definitions_of(account, model=model)
    ]
