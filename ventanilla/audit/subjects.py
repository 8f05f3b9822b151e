"""How what an entry is about is called, for any model of the house: no list of them is kept here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from ventanilla.events.facts import Fact

PERSON = "accounts.User"
# People's names are not copied: who is erased must not go on standing here.
_UNNAMED = frozenset({PERSON, "contacts.Contact"})
_NAMING = ("name", "title", "display_name", "short_code")
Subject = tuple[str, int | None]


def key_of(kind: type[Fact]) -> str:
    """The field of the fact with the id of what it is about; "" when it is about no one row."""
    about = kind.administrative
    key = (about.key or kind.told.key) if about is not None else ""
    return key if key in kind.__struct_fields__ else ""


def names_of(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """What those that are still there are called, by one question for each model."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for model, pk in subjects:
        if pk is not None and model not in _UNNAMED:
            wanted[model].add(pk)
    found: dict[Subject, str] = {}
    for label, ids in wanted.items():
        kind, column = _naming(label)
        if kind is not None and column:
            rows = kind._default_manager.filter(pk__in=ids).values_list("pk", column)
            found |= {(label, pk): str(name)[:255] for pk, name in rows}
    return found


def _naming(label: str) -> tuple[type[Model] | None, str]:
    try:
        model = apps.get_model(label)
    except LookupError:  # of another version of the program
        return None, ""
    for column in _NAMING:
        try:
            model._meta.get_field(column)
        except FieldDoesNotExist:
            continue
        return model, column
    return model, ""
