"""Expressions to sort by that stand in a statement exactly as in the index that serves it, on both databases."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Func, OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression


class BlanksLast(OrderBy):
    """A column from its highest value down, blanks last. SQLite sorts so by itself, and takes no word of it in an index."""

    def __init__(self, expression: Any, **options: Any) -> None:
        options = {"descending": True, "nulls_last": True} | options
        super().__init__(models.F(expression) if isinstance(expression, str) else expression, **options)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        plain = self.copy()
        plain.nulls_last = None  # type: ignore[assignment]
        return OrderBy.as_sql(plain, compiler, connection, **context)


IndexExpression.register_wrappers(OrderBy, BlanksLast, Collate)


class Folded(Func):
    """A text without capitals; an empty one is none."""

    function = "LOWER"
    template = "NULLIF(%(function)s(%(expressions)s), '')"
    arity = 1
    output_field = models.CharField()
