"""What desks are told, as the API's document says it: from the facts' own words (events.facts.Told) and their forms."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from types import GenericAlias, UnionType
from typing import Any, get_args

from ventanilla.events import facts
from ventanilla.events.facts import DESK
from ventanilla.realtime import presence, viewing
from ventanilla.realtime.stream import FORMS, HIDDEN, HIDDEN_ABOUT, MATCHED, MATCHED_ABOUT, TYPING_TOLD

# What lasts a moment and stands in no log, by the name in its frame.
MOMENTS = {"presence": presence.TOLD, "typing": TYPING_TOLD, "viewing": viewing.TOLD}

_TYPES = {int: "integer", str: "string", bool: "boolean", type(None): "null"}


def schemas() -> dict[str, Any]:
    """What a desk's socket tells, by what it is about; the names of its events, and the kinds to fetch again."""
    facts.load_all()
    by_about: defaultdict[str, set[str]] = defaultdict(set)
    for name in facts.names_where(lambda kind: DESK in kind.told.shapes):
        by_about[facts.kind_of(name).told.about].add(name)
    by_about[HIDDEN_ABOUT].add(HIDDEN)
    by_about[MATCHED_ABOUT].add(MATCHED)
    return {
        "DeskEvents": {
            **_fields({about: _event(about, by_about[about]) for about in sorted(by_about)}),
            "description": "The events of the desk's socket, by what they are about.",
        },
        "DeskMoments": {
            **_schema(MOMENTS),
            "description": "What a desk's socket tells of and keeps no record of: who is there, types, looks.",
        },
        "DeskEventName": _one_of(
            {name for names in by_about.values() for name in names}, "An event of the desk's socket."
        ),
        "DeskKind": _one_of(
            {about for about in by_about if about not in FORMS},
            "What a desk fetches again when an event names it as its `kind`.",
        ),
    }


def _event(about: str, names: set[str]) -> dict[str, Any]:
    form = FORMS.get(about)
    data = _fields_of_kind(about, names) if form is None else _schema(form.desk)
    return _fields({"about": _one_of({about}), "name": _one_of(names), "data": data})


def _fields_of_kind(kind: str, names: set[str]) -> dict[str, Any]:
    row = {"id": _schema(int)} if all(facts.kind_of(name).told.key for name in names) else {}
    return _fields({"kind": _one_of({kind})} | row)


def _schema(declared: Any) -> dict[str, Any]:
    """A field of a form (stream.Form) as the document has it."""
    if isinstance(declared, str):
        return {"$ref": f"#/components/schemas/{declared}"}
    if isinstance(declared, UnionType):
        return {"anyOf": [_schema(one) for one in get_args(declared)]}
    if isinstance(declared, dict):
        return _fields({name: _schema(one) for name, one in declared.items()})
    if isinstance(declared, list):
        return {"type": "array", "items": _schema(declared[0])}
    if isinstance(declared, GenericAlias) and declared.__origin__ is list:
        return {"type": "array", "items": _schema(get_args(declared)[0])}
    if isinstance(declared, GenericAlias):
        return {"type": "object", "additionalProperties": _schema(get_args(declared)[1])}
    if declared is dict:
        return {"type": "object", "additionalProperties": True}
    if issubclass(declared, Enum):
        return _one_of({one.value for one in declared})
    return {"type": _TYPES[declared]}


def _fields(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _one_of(values: set[str], description: str = "") -> dict[str, Any]:
    said = {"description": description} if description else {}
    return {"type": "string", "enum": sorted(values), **said}
