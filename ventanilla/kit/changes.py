"""What a command changed, in the form events carry it: {field: [old, new]}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from ventanilla.kit.errors import NotFound

Changes = dict[str, list[Any]]


def assign(row: Model, values: Mapping[str, Any]) -> Changes:
    """Set the attributes that differ and say which. Nothing is saved."""
    changes: Changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [before, value]
    return changes


def lock(row: Model) -> None:
    """Read the row anew and keep others from changing it until the transaction ends. Raises NotFound when it is gone.

    What was read before the transaction began may be old: merging into it would undo someone's change, and a
    version would be given out twice.
    """
    try:
        row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())
    except type(row).DoesNotExist:  # type: ignore[attr-defined]  # every concrete model has it
        raise NotFound
