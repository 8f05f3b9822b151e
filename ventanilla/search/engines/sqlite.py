"""FTS5. Hits come in the order of ids and as they are asked for, so the newest page of a common word is cheap."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from ventanilla.kit import statements
from ventanilla.search.analysis import Words
from ventanilla.search.engines import Range
from ventanilla.search.expressions import AllOf, AnyOf, Expression, Phrase, Without


def _written(expression: Expression) -> str:
    match expression:
        case Phrase(words=words, is_open=is_open):
            return f'"{" ".join(words)}"{" *" if is_open else ""}'  # a word holds letters and digits alone
        case AllOf(parts=parts):
            return f"({' AND '.join(_written(part) for part in parts)})"
        case AnyOf(parts=parts):
            return f"({' OR '.join(_written(part) for part in parts)})"
        case Without(wanted=wanted, unwanted=unwanted):
            return f"({_written(wanted)} NOT {_written(unwanted)})"


class _Sqlite:
    key = "f.rowid"

    def make(self, table: str) -> list[str]:
        # The words come ready: the tokenizer has only to part them at spaces.
        options = "tokenize=\"ascii tokenchars '_'\", prefix='3', columnsize=0"
        return [f"CREATE VIRTUAL TABLE {table} USING fts5(words, marks, {options})"]

    def put(self, table: str, rows: Sequence[tuple[int, Words]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT OR REPLACE INTO {table} (rowid, words, marks) VALUES (%s, %s, %s)",
                [(pk, " ".join(words.words), " ".join(words.marks)) for pk, words in rows],
            )

    def expect_many(self) -> None:
        """Nothing: what a transaction enters goes in at once."""

    def remove(self, table: str, ids: Collection[int]) -> set[str]:
        if not ids:
            return set()
        rows = statements.fetch_among(f"SELECT rowid, words FROM {table} WHERE rowid IN ({{}})", ids)
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(row[0],) for row in rows])
        return {word for row in rows for word in row[1].split(" ")}

    def ids(self, table: str, within: Range) -> list[int]:
        return [
            row[0]
            for row in statements.fetch_all(
                f"SELECT rowid FROM {table} WHERE rowid > %s AND rowid <= %s", within
            )
        ]

    def knows(self, table: str, expression: Expression) -> bool:
        condition, given = self.condition(table, expression)
        return statements.fetch_one(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1", given) is not None

    def found(self, table: str, expression: Expression) -> list[int]:
        condition, given = self.condition(table, expression)
        return [row[0] for row in statements.fetch_all(f"SELECT rowid FROM {table} WHERE {condition}", given)]

    def condition(self, table: str, expression: Expression) -> tuple[str, list[object]]:
        return f"{table} MATCH %s", [_written(expression)]

    def ranges(self, table: str, within: Range) -> Iterator[Range]:
        yield within

    def ranges_from_oldest(self, table: str, within: Range) -> Iterator[Range]:
        yield within


ENGINE = _Sqlite()
