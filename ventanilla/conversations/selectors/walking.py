"""A page of a list of any length: the ids found by walking along indexes, then the keys of those alone.

What a reader may see is a sum of parts (Visibility.parts), each of which an index serves and no two of which share a row.
A page takes the first of each part and puts them in order; a count adds up the counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Q, QuerySet, Value

from ventanilla.conversations.models import Conversation
from ventanilla.conversations.selectors.orders import Order, Walk
from ventanilla.kit import statements

Statement = tuple[str, tuple[Any, ...]]
NOTHING: Statement = ("", ())  # the question can have no answer: a reader without any inbox
Keys = list[tuple[Any, ...]]

# The order rendering.conversations.KEY_COLUMNS has.
KEYS = ("id", "version", "contact__version", "contact_inbox__hmac_verified", "inbox_id", "last_incoming_at")


def compiled(rows: QuerySet[Any, Any]) -> Statement:
    """The statement; NOTHING where it could have no rows."""
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return NOTHING
    return sql, tuple(parameters)


def fetch(statement: Statement, *more: Any) -> Keys:
    """The rows of a compiled statement, `more` being its last parameters."""
    sql, parameters = statement
    return statements.fetch_all(sql, (*parameters, *more)) if sql else []


@dataclass(frozen=True)
class _Step:
    """One walk, ready to run. `parts` are as many as the reader's; `order` sorts what they bring."""

    parts: tuple[Statement, ...]
    order: str
    count: Statement

    def ids(self, size: int, start: int) -> list[int]:
        if not self.parts:
            return []
        if len(self.parts) == 1:
            found = fetch(self.parts[0], size, start)
        else:
            each = " UNION ALL ".join(
                f"SELECT * FROM ({sql} LIMIT %s OFFSET %s) AS part{number}"
                for number, (sql, _given) in enumerate(self.parts)
            )
            given = [value for _sql, values in self.parts for value in (*values, start + size, 0)]
            found = statements.fetch_all(
                f"SELECT * FROM ({each}) AS parts ORDER BY {self.order} LIMIT %s OFFSET %s",
                (*given, size, start),
            )
        return [row[0] for row in found]


Steps = tuple[_Step, ...]


def steps_of(rows: QuerySet[Conversation], parts: Iterable[Q], order: Order) -> Steps:
    """The walks of `order` over the rows of which a reader sees `parts`."""
    return tuple(_step(rows.filter(walk.only), tuple(parts), walk) for walk in order.walks)


def in_one_step(rows: QuerySet[Conversation]) -> Steps:
    """Rows that have their order already."""
    sql, parameters = compiled(rows.values_list("id"))
    return (_Step(((sql + " LIMIT %s OFFSET %s", parameters),) if sql else (), "", NOTHING),)


def _step(rows: QuerySet[Conversation], parts: Sequence[Q], walk: Walk) -> _Step:
    others = [name.removeprefix("-") for name in walk.order if name.removeprefix("-") != "id"]
    columns = ["id", *others]
    found = (compiled(rows.filter(part).order_by(*walk.order).values_list(*columns)) for part in parts)
    limited = tuple(statement for statement in found if statement[0])
    if len(limited) == 1:
        limited = ((limited[0][0] + " LIMIT %s OFFSET %s", limited[0][1]),)
    places = (
        f"{columns.index(name.removeprefix('-')) + 1}{' DESC' if name.startswith('-') else ''}"
        for name in walk.order
    )
    return _Step(limited, ", ".join(places), total(rows, parts))


def total(rows: QuerySet[Conversation], parts: Iterable[Q]) -> Statement:
    """How many of the rows are in any of the parts, in one statement."""
    counted = [
        compiled(
            rows.filter(part)
            .order_by()
            .values(one=Value(1))
            .annotate(count=Count("*"))
            .values_list("count", flat=True)
        )
        for part in parts
    ]
    some = [statement for statement in counted if statement[0]]
    if not some:
        return NOTHING
    # Grouped by a constant, a count over nothing has no row.
    added = " + ".join(f"COALESCE(({sql}), 0)" for sql, _given in some)
    return f"SELECT {added}", tuple(value for _sql, given in some for value in given)


def totals_of(*each: QuerySet[Conversation], parts: Sequence[Q]) -> Statement:
    """How many of each of these rows are in any of the parts: one row with a column for each."""
    counted = [total(rows, parts) for rows in each]
    if not any(sql for sql, _given in counted):
        return NOTHING
    columns = ", ".join(f"({sql})" if sql else "0" for sql, _given in counted)
    return f"SELECT {columns}", tuple(value for _sql, given in counted for value in given)


def page(steps: Steps, size: int, start: int) -> list[int]:
    """The ids of a page, in its order."""
    found: list[int] = []
    for step in steps:
        ids = step.ids(size - len(found), start)
        found += ids
        if len(found) == size:
            break
        if ids:
            start = 0
        elif start:
            start = max(0, start - _counted(step.count))
    return found


def _counted(statement: Statement) -> int:
    rows = fetch(statement)
    return int(rows[0][0]) if rows else 0
