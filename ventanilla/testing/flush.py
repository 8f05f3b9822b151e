"""Emptying the tables after a test that commits.

Django empties every table, on PostgreSQL by a truncation that makes new files for each, and then writes its content types
and permissions anew: seconds for a hundred tables of which a test filled three. Here those three are emptied, and what
belongs to the schema stays.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connection

from ventanilla.search.documents import documents, table_of


def be_quick() -> None:
    """From now on a flush of this process empties only what is not empty."""
    flush.sql_flush = _sql_flush  # type: ignore[attr-defined]
    flush.emit_post_migrate_signal = _nothing  # type: ignore[attr-defined]


def _nothing(*given: Any, **named: Any) -> None:
    """What the signal would write is there still."""


def _sql_flush(*given: Any, **named: Any) -> list[str]:
    statements = [f"DELETE FROM {table}" for table in _filled()]
    if statements and connection.vendor == "sqlite":
        names, made = _guards()
        statements = [f"DROP TRIGGER {name}" for name in names] + statements + made
    if statements and connection.vendor == "postgresql":
        # Foreign keys are triggers there: they need not look while everything goes. Tests own their server.
        statements.insert(0, "SET LOCAL session_replication_role = replica")
    return statements


def _guards() -> tuple[list[str], list[str]]:
    """What keeps entries of the audit log from being deleted, and how it is put back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_auditentry'"
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def _filled() -> list[str]:
    tables = _tables()
    looks = [f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})" for number, table in enumerate(tables)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return [tables[row[0]] for row in cursor.fetchall()]


@cache
def _tables() -> tuple[str, ...]:
    stay = {ContentType._meta.db_table, Permission._meta.db_table}
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    indexes = {table_of(document) for document in documents().values()}
    return tuple(connection.ops.quote_name(name) for name in sorted(set(names) - stay | indexes))
