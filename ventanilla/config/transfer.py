"""Copies every row of one database into another of the other kind, in steps that can be cut short and taken up again.

Rows travel by the models' own fields, so each value is written as its database writes it, with the numbers they have.
What was copied is noted in the target, in the transaction that copied it; a copy that was cut short continues there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ventanilla.events.log import GAP
from ventanilla.events.models import ConsumerCursor, Event

ROWS = 1_000  # of one step; few enough that the memory they take does not matter
_NOTES = "ventanilla_transfer"
Told = Callable[[str, int], None]


class Unequal(Exception):
    """A table does not hold as many rows as its source. `table`, `source` and `target` say which and how many."""

    def __init__(self, table: str, source: int, target: int) -> None:
        super().__init__(f"{table}: {source} ≠ {target}")
        self.table, self.source, self.target = table, source, target


@dataclass(frozen=True)
class Transfer:
    """From the database with the alias `source` into `target`, whose tables are there and hold nothing of anyone's."""

    source: str
    target: str

    def run(self, told: Told = lambda table, rows: None) -> dict[str, int]:
        """Copy what is missing; the rows of each table, equal on both sides. `told` hears of each step.

        Raises Unequal when the source changed meanwhile.
        """
        notes = _Notes(connections[self.target])
        with _without_references(connections[self.target], notes):
            for model in tables():
                for rows in self._copy(model, notes):
                    told(model._meta.db_table, rows)
        counts = self._compare()
        self._begin_numbers_after_the_last()
        if connections[self.target].vendor == "sqlite":
            self._read_by_number_alone()
        notes.drop()
        return counts

    def is_begun(self) -> bool:
        """Whether the target holds a copy that was cut short."""
        return _NOTES in connections[self.target].introspection.table_names()

    def _copy(self, model: type[models.Model], notes: _Notes) -> Iterator[int]:
        table, key = model._meta.db_table, model._meta.pk
        # What a database reckons from the other columns it takes from no one.
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        names = [field.attname for field in fields]
        noted = notes.of(table)
        if noted is None:  # what preparing the target wrote by itself, such as the kinds of content
            with transaction.atomic(using=self.target):
                self._empty(table)
                notes.write(table, None, done=False)
        elif noted.done:
            return
        last, total = (noted.last if noted else None), 0
        while True:
            waiting = model._base_manager.using(self.source).order_by(key.attname)
            if last is not None:
                waiting = waiting.filter(**{f"{key.attname}__gt": last})
            batch = list(waiting.values_list(*names)[:ROWS])
            with transaction.atomic(using=self.target):
                if batch:
                    self._insert(table, fields, batch)
                    last = batch[-1][names.index(key.attname)]
                notes.write(table, last, done=len(batch) < ROWS)
            total += len(batch)
            yield total
            if len(batch) < ROWS:
                return

    def _empty(self, table: str) -> None:
        """By hand: the model's own way would take along what refers to these rows and has been copied already."""
        with connections[self.target].cursor() as cursor:
            cursor.execute(f"DELETE FROM {connections[self.target].ops.quote_name(table)}")

    def _insert(self, table: str, fields: list[models.Field[Any, Any]], batch: list[tuple[Any, ...]]) -> None:
        target = connections[self.target]
        quote = target.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        blanks = ", ".join(["%s"] * len(fields))
        rows = [
            [
                field.get_db_prep_save(value, connection=target)
                for field, value in zip(fields, row, strict=True)
            ]
            for row in batch
        ]
        with target.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {quote(table)} ({columns}) VALUES ({blanks})", rows)

    def _compare(self) -> dict[str, int]:
        counts = {}
        for model in tables():
            theirs, ours = (model._base_manager.using(side).count() for side in (self.source, self.target))
            if theirs != ours:
                raise Unequal(model._meta.db_table, theirs, ours)
            counts[model._meta.db_table] = ours
        return counts

    def _begin_numbers_after_the_last(self) -> None:
        """Let no number be given twice, those of rows deleted long ago included."""
        source, target = connections[self.source], connections[self.target]
        with target.cursor() as cursor:
            for statement in target.ops.sequence_reset_sql(no_style(), tables()):
                cursor.execute(statement)
            for model in tables():
                if not isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
                    continue
                highest = _highest_given(source, model._meta.db_table)
                if highest and target.vendor == "postgresql":
                    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', '{model._meta.pk.column}')"
                    cursor.execute(f"SELECT setval({sequence}, %s)", [highest])
                elif highest:
                    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
                    cursor.execute(
                        "INSERT INTO sqlite_sequence VALUES (%s, %s)", [model._meta.db_table, highest]
                    )

    def _read_by_number_alone(self) -> None:
        """SQLite reads the log by number. Every reader has read to the end, so each stands at the last number."""
        last = Event._base_manager.using(self.target).aggregate(last=models.Max("id"))["last"] or 0
        with transaction.atomic(using=self.target), connections[self.target].cursor() as cursor:
            # A browser's place in the former log must not look like one in this: see leave_a_gap.
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = 'events_event'", [GAP])
            Event._base_manager.using(self.target).update(xid=0)
            ConsumerCursor._base_manager.using(self.target).update(position_xid=0, position_id=last)


def tables() -> list[type[models.Model]]:
    """Every table of ours and of Django's, those between two others included.

    A model that says `is_of_one_database` stays behind: its rows say how far something was built there.
    """
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not getattr(model, "is_of_one_database", False)
    ]


def _highest_given(source: BaseDatabaseWrapper, table: str) -> int:
    with source.cursor() as cursor:
        if source.vendor == "postgresql":
            cursor.execute(
                "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema()"
                " AND format('%%I.%%I', schemaname, sequencename) = pg_get_serial_sequence(%s, 'id')",
                [table],
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


class _Note(msgspec.Struct, frozen=True):
    last: Any
    done: bool


class _Notes:
    """How far each table is, and the references taken away meanwhile; a small table in the target."""

    def __init__(self, target: BaseDatabaseWrapper) -> None:
        self.target = target
        with target.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {_NOTES} (name varchar(200) PRIMARY KEY, value text)")

    def of(self, table: str) -> _Note | None:
        said = self.get(f"table {table}")
        return msgspec.json.decode(said, type=_Note) if said else None

    def write(self, table: str, last: Any, *, done: bool) -> None:
        self.set(f"table {table}", msgspec.json.encode(_Note(last, done)).decode())

    def get(self, name: str) -> str | None:
        with self.target.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {_NOTES} WHERE name = %s", [name])
            row = cursor.fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str) -> None:
        with self.target.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_NOTES} VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [name, value],
            )

    def drop(self) -> None:
        with self.target.cursor() as cursor:
            cursor.execute(f"DROP TABLE {_NOTES}")


@contextmanager
def _without_references(target: BaseDatabaseWrapper, notes: _Notes) -> Iterator[None]:
    """Tables refer to each other and to themselves, so no order suits all; references are checked once, at the end."""
    if target.vendor == "sqlite":
        with target.constraint_checks_disabled():
            yield
        target.check_constraints()
        return
    if notes.get("references") is None:
        with transaction.atomic(using=target.alias), target.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
            )
            found = cursor.fetchall()
            for table, name, _definition in found:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            notes.set("references", msgspec.json.encode(found).decode())
    yield
    kept = msgspec.json.decode(notes.get("references") or "[]", type=list[tuple[str, str, str]])
    with transaction.atomic(using=target.alias), target.cursor() as cursor:
        for table, name, definition in kept:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        notes.set("references", "[]")


def accounts_in(target: str) -> list[str]:
    """The first accounts of `target`, by name; none where no one has begun."""
    account = apps.get_model("accounts", "Account")
    names = connections[target].introspection.table_names()
    if account._meta.db_table not in names:
        return []
    rows = itertools.islice(account._base_manager.using(target).values_list("name", flat=True), 3)
    return [str(name) for name in rows]
