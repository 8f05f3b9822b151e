"""What desks are told, as the API's document says it: from the facts' own words (events.facts.Told)."""

from __future__ import annotations

from typing import Any

from ventanilla.events import facts
from ventanilla.events.facts import DESK
from ventanilla.realtime.stream import HIDDEN, has_form


def schemas() -> dict[str, Any]:
    """The names of the events of a desk's socket, and the kinds that it is told to fetch again."""
    facts.load_all()
    names = facts.names_where(lambda kind: DESK in kind.told.shapes)
    about = {facts.kind_of(name).told.about for name in names}
    return {
        "DeskEventName": _one_of(
            {*names, HIDDEN}, "An event of the desk's socket; message, conversation or contact come with it."
        ),
        "DeskKind": _one_of(
            {kind for kind in about if not has_form(kind)},
            "What a desk fetches again when an event names it as its `kind`.",
        ),
    }


def _one_of(values: set[str], description: str) -> dict[str, Any]:
    return {"type": "string", "enum": sorted(values), "description": description}
