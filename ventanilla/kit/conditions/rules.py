"""A rule in both its forms: as a question to the database, and as a yes or no of one row at hand.

Both are built together, piece by piece, so that what a list finds and what a live column is told cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.lookups import Exact, IsNull

from ventanilla.kit.conditions.json_values import JSONText

Row = Mapping[str, Any]  # the columns of one row, by their ORM paths; JSON columns as objects


@dataclass(frozen=True, slots=True)
class Rule:
    """`holds` reads the columns of one row and answers what `q` would: unknown counts as no."""

    q: Q
    holds: Callable[[Row], bool]

    def __and__(self, other: Rule) -> Rule:
        mine, theirs = self.holds, other.holds
        return Rule(self.q & other.q, lambda row: mine(row) and theirs(row))

    def __or__(self, other: Rule) -> Rule:
        mine, theirs = self.holds, other.holds
        return Rule(self.q | other.q, lambda row: mine(row) or theirs(row))

    def __invert__(self) -> Rule:
        mine = self.holds
        return Rule(~self.q, lambda row: not mine(row))


EVERYTHING = Rule(Q(pk__isnull=False), lambda _row: True)


def present(lookup: str) -> Rule:
    """There is a value in the column."""
    return Rule(Q(**{f"{lookup}__isnull": False}), lambda row: row[lookup] is not None)


def among(lookup: str, values: Collection[Any]) -> Rule:
    """The column's value is one of these; none of them is null."""
    # Tied to "there is a value", so that its complement is right: in SQL, NOT (NULL IN (1)) is NULL.
    wanted = frozenset(values)
    return Rule(
        Q(**{f"{lookup}__in": list(values), f"{lookup}__isnull": False}), lambda row: row[lookup] in wanted
    )


def json_text(value: Any) -> str | None:
    """A value of a JSON column as the databases give it as text (json_values.JSONText)."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_true(lookup: str, key: str) -> Rule:
    """The key of a JSON column is true; one that is not there is not."""
    value = JSONText(lookup, key)
    return Rule(
        Q(IsNull(value, False)) & Q(Exact(value, "true")),
        lambda row: json_text(row[lookup].get(key)) == "true",
    )
