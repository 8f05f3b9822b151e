"""Running a statement by the short way: what the few hot ones use instead of Django's cursor.

Django's SQLite cursor rewrites the placeholders of each statement with a regular expression each time it runs, and
wraps each call three times. Here the rewriting is done once. Whoever watches queries (tests, debugging) gets the long way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from ventanilla.kit.faults import Fault

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


# How long a write waits for its turn, in this process and then at the database. Jobs have time; a web process sets
# `be_brisk`, because a person waits behind each of its writes and the next ones queue up behind it.
PATIENT_SECONDS = 10.0
BRISK_SECONDS = 2.5
_NOTICEABLE_SECONDS = 0.2
_patience = PATIENT_SECONDS
_turn = threading.RLock()


def be_brisk() -> None:
    """Let every write of this process get its turn within BRISK_SECONDS or fail with a passing fault (kit.faults)."""
    global _patience
    _patience = BRISK_SECONDS
    connection_created.connect(_wait_no_longer, dispatch_uid="statements.be_brisk")


def _wait_no_longer(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Told of each new connection."""
    milliseconds = int(_patience * 1000)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")
        else:
            cursor.execute(f"SET lock_timeout = {milliseconds}")


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
    began = time.monotonic()
    if not _turn.acquire(timeout=_patience):
        raise NoTurn
    try:
        waited = time.monotonic() - began
        with (
            _rest_of_patience(waited) if waited > _NOTICEABLE_SECONDS else nullcontext(),
            transaction.atomic(),
        ):
            yield
    finally:
        _turn.release()


class NoTurn(OperationalError):
    """Other threads of this process held the turn to write for as long as we are patient."""

    fault = Fault.DATABASE_BUSY


@contextmanager
def _rest_of_patience(waited: float) -> Iterator[None]:
    """What was waited for the turn is not waited once more at the file."""
    left = max(0.05, _patience - waited)
    execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
    try:
        yield
    finally:
        execute(f"PRAGMA busy_timeout = {int(_patience * 1000)}")


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


_MANY = 500  # parameters of one statement; SQLite takes 32,766, PostgreSQL 65,535


def filled_up(values: Collection[Any]) -> list[Any]:
    """The values, the last one repeated until they are 1, 2, 4, 8, …: so that a database sees few statements."""
    listed = list(values)
    return listed + listed[-1:] * ((1 << (len(listed) - 1).bit_length()) - len(listed))


def fetch_among(sql: str, values: Collection[Any], parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows of a statement that asks for a set: `{}` stands for its values, and comes before any other %s."""
    found: list[Row] = []
    listed = list(values)
    for start in range(0, len(listed), _MANY):
        some = filled_up(listed[start : start + _MANY])
        found += fetch_all(sql.format(", ".join(["%s"] * len(some))), [*some, *parameters])
    return found


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
