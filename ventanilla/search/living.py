"""Holding what an index says against the living rows."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models.expressions import RawSQL

from ventanilla.search.documents import Document, table_of
from ventanilla.search.engines import engine
from ventanilla.search.expressions import Expression


def ids_that_say(document: Document, expression: Expression, *, beside: Collection[int] = ()) -> RawSQL:
    """The ids that say it, and those `beside` them, as a subquery for `__in`."""
    table = table_of(document)
    condition, given = engine().condition(table, expression)
    sql = f"SELECT {engine().key} FROM {table} f WHERE {condition}"
    sql += " UNION ALL SELECT %s" * len(beside)
    return RawSQL(sql, [*given, *beside])  # noqa: S611
