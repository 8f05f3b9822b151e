"""The columns of a model, for statements written by hand: the list is the model's own, so a new column is in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Field, Model


def columns_of(
    model: type[Model], *, without: Iterable[str] = (), kind: type[Field[Any, Any]] | None = None
) -> tuple[str, ...]:
    """Names of the columns in the order of the model (`assignee_id`, not `assignee`); of one kind of field when given."""
    left_out = frozenset(without)
    fields = model._meta.concrete_fields
    return tuple(
        field.attname
        for field in fields
        if field.attname not in left_out and (kind is None or isinstance(field, kind))
    )


def names_of_choices(model: type[Model]) -> dict[str, dict[Any, str]]:
    """Of columns that keep a number for a word: the words by number."""
    return {
        field.attname: {value: str(name) for value, name in field.flatchoices if value is not None}
        for field in model._meta.concrete_fields
        if field.choices and field.get_internal_type() != "CharField"
    }


def defaults_of(model: type[Model], *, without: Iterable[str] = ()) -> dict[str, Callable[[], Any]]:
    """What makes the value of each column that is not given, by column."""
    left_out = frozenset(without)
    return {
        field.attname: field.get_default
        for field in model._meta.concrete_fields
        if field.attname not in left_out
    }
