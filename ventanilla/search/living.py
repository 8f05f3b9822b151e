"""Holding what an index says against the living rows."""

from __future__ import annotations

from django.db.models.expressions import RawSQL

from ventanilla.search.documents import Document, table_of
from ventanilla.search.engines import engine
from ventanilla.search.expressions import Expression


def ids_that_say(document: Document, expression: Expression) -> RawSQL:
    """The ids that say it, as a subquery for `__in`."""
    table = table_of(document)
    condition, given = engine().condition(table, expression)
    return RawSQL(f"SELECT {engine().key} FROM {table} f WHERE {condition}", given)  # noqa: S611
