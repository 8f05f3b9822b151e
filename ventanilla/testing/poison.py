"""A row that the database itself refuses to change: what odd data or a fault of ours do to work on many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def refusing(row: models.Model, verb: str) -> Iterator[None]:
    """Until the block ends, each UPDATE or DELETE (`verb`) of that row raises, on SQLite as on PostgreSQL."""
    table = row._meta.db_table
    if connection.vendor == "postgresql":
        made = [
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'poison'; END $$",
            f"CREATE TRIGGER poison BEFORE {verb} ON {table} FOR EACH ROW "
            f"WHEN (OLD.id = {row.pk}) EXECUTE FUNCTION poison()",
        ]
        gone = [f"DROP TRIGGER poison ON {table}", "DROP FUNCTION poison()"]
    else:
        made = [
            f"CREATE TRIGGER poison BEFORE {verb} ON {table} WHEN OLD.id = {row.pk} "
            "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        ]
        gone = ["DROP TRIGGER poison"]
    with connection.cursor() as cursor:
        for statement in made:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in gone:
                cursor.execute(statement)
