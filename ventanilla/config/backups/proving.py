"""A backup is proved by reading it back from where it is kept, restoring its database elsewhere, and counting.

SQLite is restored into a file of its own, PostgreSQL into a database of its own on the same server; both are gone
afterwards. What was there is not touched.
"""

from __future__ import annotations

import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from ventanilla.config.backups.making import counts_of_sqlite, names_of_tables, run_postgres
from ventanilla.config.backups.places import SCRATCH, Place
from ventanilla.config.cli import archive
from ventanilla.config.cli.output import Stop

_SCRATCH_DATABASE = "ventanilla_check_"


class Damaged(Exception):
    """What is kept is not what was made."""


class CannotProve(Exception):
    """There was no way to try it. `code` says why, `said` what the system said."""

    def __init__(self, code: str, said: object = "") -> None:
        super().__init__(f"{code}: {said}")
        self.code = code
        self.said = str(said)


def prove(place: Place, name: str, *, key: str) -> archive.Manifest:
    """Restore the backup elsewhere and count. Raises Damaged or CannotProve."""
    try:
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=place.scratch) as made:
            folder = Path(made)
            with place.open(name) as stored, archive.reading(stored, shown=name, key=key) as found:
                found.take(folder, wanted=lambda member: member in {archive.SQLITE, archive.POSTGRES})
                manifest = found.manifest
            counts = _restored_sqlite(folder) if manifest.engine == "sqlite" else _restored_postgres(folder)
    except Stop as stop:
        if stop.code == "backup_unreadable":
            raise Damaged(stop.sentence()) from stop
        raise CannotProve(stop.code, stop.values.get("reason", "")) from stop
    if counts != manifest.counts:
        different = sorted(
            table for table in counts | manifest.counts if counts.get(table) != manifest.counts.get(table)
        )
        raise Damaged(", ".join(different[:5]))
    return manifest


def _restored_sqlite(folder: Path) -> dict[str, int]:
    path = folder / archive.SQLITE
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as asked:
            if (found := asked.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise Damaged(found)
        return counts_of_sqlite(path)
    except sqlite3.DatabaseError as error:
        raise Damaged(str(error)) from error


def _restored_postgres(folder: Path) -> dict[str, int]:
    with _scratch_database() as name:
        words = ["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", name]
        try:
            run_postgres("pg_restore", *words, str(folder / archive.POSTGRES))
        except Stop as stop:
            raise CannotProve("not_restored", stop.values.get("reason", "")) from stop
        with _connected(name) as asked:
            there = {
                str(row[0])
                for row in asked.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                )
            }
            counts = {}
            for table in names_of_tables():
                if table in there:
                    row = asked.execute(
                        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
                    ).fetchone()
                    counts[table] = int(row[0]) if row else 0
            return counts


@contextmanager
def _scratch_database() -> Iterator[str]:
    """A database of its own on the same server. Raises CannotProve when our role may make none."""
    ours = str(settings.DATABASES["default"]["NAME"])
    name = f"{_SCRATCH_DATABASE}{secrets.token_hex(4)}"
    with _connected(ours) as server:
        for left in _left_behind(server, ours):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(left)))
        try:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            # Whose it is: what a killed run leaves behind is found by its comment, not by its name alone.
            server.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(_mark(ours)))
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise CannotProve("no_scratch_database", error) from error
        try:
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _left_behind(server: psycopg.Connection[tuple[Any, ...]], ours: str) -> list[str]:
    found = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        " AND shobj_description(oid, 'pg_database') = %s",
        [_SCRATCH_DATABASE, _mark(ours)],
    )
    return [str(row[0]) for row in found]


def _mark(ours: str) -> str:
    return f"Trial of a backup of {ours}; may be dropped."


def _connected(name: str) -> psycopg.Connection[tuple[Any, ...]]:
    given = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key not in {"cursor_factory", "context", "prepare_threshold"}
    }
    return psycopg.connect(**(given | {"dbname": name}), autocommit=True)
