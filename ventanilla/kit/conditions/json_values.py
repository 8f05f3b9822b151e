"""Reading one key of a JSON column as text, number or truth value, alike on SQLite and PostgreSQL.

Django's own key lookups would take a key such as "2024" for a place in a list and split keys at "__"; the keys
here are whatever an administrator typed. A value of another type than asked for reads as NULL, never as an error.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

    Compiled = tuple[str, tuple[Any, ...]]


class _JSONValue(Func):
    """Base: compiles the column, and hands it to the two dialects with the key as a parameter."""

    arity = 1

    def __init__(self, lookup: str, key: str) -> None:
        super().__init__(F(lookup))
        self._key = key

    def _column(self, compiler: SQLCompiler) -> Compiled:
        sql, params = compiler.compile(self.source_expressions[0])
        return sql, tuple(params)

    def _path(self) -> str:
        return f"$.{json.dumps(self._key, ensure_ascii=False)}"

    def _sqlite(self, template: str, compiler: SQLCompiler) -> Compiled:
        """Between bars in `template`: |type| is the JSON type of the value, |value| the value itself."""
        column, params = self._column(compiler)
        sql = ""
        all_params: list[Any] = []
        for piece in template.split("|"):
            if piece in {"type", "value"}:
                function = "JSON_TYPE" if piece == "type" else "JSON_EXTRACT"
                sql += f"{function}({column}, %s)"
                all_params += [*params, self._path()]
            else:
                sql += piece
        return sql, tuple(all_params)

    def _postgresql(self, template: str, compiler: SQLCompiler) -> Compiled:
        """The same for the other dialect; |value| is text here."""
        column, params = self._column(compiler)
        sql = ""
        all_params: list[Any] = []
        for piece in template.split("|"):
            if piece == "type":
                sql += f"jsonb_typeof({column} -> %s)"
                all_params += [*params, self._key]
            elif piece == "value":
                sql += f"({column} ->> %s)"
                all_params += [*params, self._key]
            else:
                sql += piece
        return sql, tuple(all_params)


class JSONText(_JSONValue):
    """The value as text; true and false as those words; NULL when it is missing or null."""

    output_field = models.TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Compiled:
        return self._sqlite(
            "CASE |type| WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(|value| AS TEXT) END",
            compiler,
        )

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        return self._postgresql("|value|", compiler)


class JSONNumber(_JSONValue):
    """The value as a number, also when it was stored as text that is a plain number; else NULL."""

    output_field = models.FloatField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Compiled:
        return self._sqlite(
            "CASE WHEN |type| IN ('integer', 'real') THEN CAST(|value| AS REAL)"
            " WHEN |type| = 'text' AND |value| GLOB '*[0-9]*' AND NOT |value| GLOB '*[^-0-9.]*'"
            " THEN CAST(|value| AS REAL) END",
            compiler,
        )

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        return self._postgresql(
            r"CASE WHEN |type| = 'number' THEN |value|::double precision"
            r" WHEN |type| = 'string' AND |value| ~ '^-?[0-9]+(\.[0-9]+)?$' THEN |value|::double precision END",
            compiler,
        )
