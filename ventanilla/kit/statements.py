"""Running a statement by the short way: what the few hot ones use instead of Django's cursor.

Django's SQLite cursor rewrites the placeholders of each statement with a regular expression each time it runs, and
wraps each call three times. Here the rewriting is done once. Whoever watches queries (tests, debugging) gets the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connections

Row = tuple[Any, ...]


@lru_cache(maxsize=2048)
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _run(sql: str, parameters: Sequence[Any]) -> Any:
    """A cursor in which the statement ran."""
    connection = connections["default"]
    if _is_sqlite() and not connection.queries_logged and not connection.execute_wrappers:
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            return connection.connection.execute(_with_question_marks(sql), parameters)
    cursor = connection.cursor()
    cursor.execute(sql, parameters)
    return cursor


@cache
def _is_sqlite() -> bool:
    return bool(connections["default"].vendor == "sqlite")


def as_moment(value: datetime) -> Any:
    """An aware time as the database takes it: text of the UTC one on SQLite."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ") if _is_sqlite() else value


def fetch_all(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows. Placeholders are %s, as Django has them."""
    cursor = _run(sql, parameters)
    try:
        return list(cursor.fetchall())
    finally:
        cursor.close()


def fetch_one(sql: str, parameters: Sequence[Any] = ()) -> Row | None:
    """The first row."""
    cursor = _run(sql, parameters)
    try:
        row: Row | None = cursor.fetchone()
        return row
    finally:
        cursor.close()


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run it; how many rows it touched."""
    cursor = _run(sql, parameters)
    try:
        return int(cursor.rowcount)
    finally:
        cursor.close()
