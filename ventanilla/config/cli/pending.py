"""The changes that this version would make to the database, and which large tables they would write anew."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

LARGE_ROWS = 100_000

# What never writes rows that are there already. Everything else that names a model is taken to: SQLite copies the table
# for nearly every change of a column, PostgreSQL for some, and a guess that is too high does no harm.
_LEAVES_ROWS = (
    migrations.CreateModel,
    migrations.DeleteModel,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)


class Rewrite(msgspec.Struct, frozen=True):
    """A large table that is written anew, or read through for an index: its rows."""

    table: str
    rows: int


def steps() -> list[migrations.Migration]:
    """The migrations that are missing in the database, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _backwards in plan]


def rewrites(missing: list[migrations.Migration]) -> list[Rewrite]:
    """The large tables among those that they change."""
    there = set(connection.introspection.table_names())
    state = MigrationExecutor(connection).loader.project_state()
    tables = {
        table
        for migration in missing
        for operation in _flat(migration.operations)
        if (table := _table(operation, migration.app_label, state)) in there
    }
    counted = [Rewrite(table, _rows(table)) for table in sorted(tables)]
    return [one for one in counted if one.rows >= LARGE_ROWS]


def _flat(operations: Sequence[Operation]) -> list[Operation]:
    flat: list[Operation] = []
    for operation in operations:
        inner = getattr(operation, "database_operations", None)
        flat += _flat(inner) if inner is not None else [operation]
    return flat


def _table(operation: Operation, app: str, state: ProjectState) -> str:
    name = getattr(operation, "model_name", None) or getattr(operation, "name_lower", "")
    if isinstance(operation, _LEAVES_ROWS) or not isinstance(name, str):
        return ""
    model = state.models.get((app, name.lower()))
    if model is None:
        return ""
    return str(model.options.get("db_table") or f"{app}_{name.lower()}")


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])
