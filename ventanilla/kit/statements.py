"""Running a statement by the short way: what the few hot ones use instead of Django's cursor.

Django's SQLite cursor rewrites the placeholders of each statement with a regular expression each time it runs, and
wraps each call three times. Here the rewriting is done once. Whoever watches queries (tests, debugging) gets the long way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connections, transaction

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


_TURN_SECONDS = 10.0  # as long as SQLite itself is patient (settings.DATABASES)
_turn = threading.RLock()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes at once: the threads of a process take turns instead of quarrelling over the file.

    SQLite has one writer, and whoever finds it busy only looks again later: that cost a tenth of the CPU of posting
    messages and a fifth of the time. Inside a transaction the turn is ours already.
    """
    if connections["default"].in_atomic_block or not _is_sqlite():
        with transaction.atomic():
            yield
        return
    has_turn = _turn.acquire(timeout=_TURN_SECONDS)
    try:
        with transaction.atomic():
            yield
    finally:
        if has_turn:
            _turn.release()


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
