"""Full text of PostgreSQL: a tsvector and a GIN index, without extensions.

GIN gives all hits at once and in no order, so for a common word the newest ids are looked through first: where a page
stands in the last thousands there is no need to ask for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ventanilla.kit import statements
from ventanilla.search.analysis import Words
from ventanilla.search.engines import Range
from ventanilla.search.expressions import AllOf, AnyOf, Expression, Phrase, Without

_LAST_PLACE = 16_383  # that a tsvector can tell
_NEWEST, _WIDER = 4_000, 8  # ids of the first range, and how much wider each next one is


def _vector(words: Words) -> str:
    """The text form of the tsvector; words hold letters and digits alone, so nothing in it needs quotes.

    A word that is said again stands there again: PostgreSQL joins its places, and keeps the first 255 of them.
    """
    placed, rest = words.words[: _LAST_PLACE - 1], words.words[_LAST_PLACE - 1 :]
    return " ".join([*(f"{word}:{place}" for place, word in enumerate(placed, 1)), *rest, *words.marks])


def _written(expression: Expression) -> str:
    match expression:
        case Phrase(words=words, is_open=is_open):
            return f"({' <-> '.join(words)}{':*' if is_open else ''})"
        case AllOf(parts=parts):
            return f"({' & '.join(_written(part) for part in parts)})"
        case AnyOf(parts=parts):
            return f"({' | '.join(_written(part) for part in parts)})"
        case Without(wanted=wanted, unwanted=unwanted):
            return f"({_written(wanted)} & !{_written(unwanted)})"


class _Postgres:
    key = "f.ref_id"

    def make(self, table: str) -> list[str]:
        return [
            f"CREATE TABLE {table} (ref_id bigint PRIMARY KEY, terms tsvector NOT NULL)",
            f"CREATE INDEX {table}_terms ON {table} USING gin (terms)",
        ]

    def put(self, table: str, rows: Sequence[tuple[int, Words]]) -> None:
        if rows:
            statements.execute(
                f"INSERT INTO {table} (ref_id, terms)"
                " SELECT pk, terms::tsvector FROM unnest(%s::bigint[], %s::text[]) AS given (pk, terms)"
                " ON CONFLICT (ref_id) DO UPDATE SET terms = excluded.terms",
                [[pk for pk, _words in rows], [_vector(words) for _pk, words in rows]],
            )

    def expect_many(self) -> None:
        # New entries wait in a list that is sorted into the index when it is full: the longer, the less work for each.
        statements.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        statements.execute("SET LOCAL work_mem = '64MB'")

    def remove(self, table: str, ids: Collection[int]) -> set[str]:
        if not ids:
            return set()
        rows = statements.fetch_all(
            f"DELETE FROM {table} WHERE ref_id = ANY(%s) RETURNING tsvector_to_array(terms)", [list(ids)]
        )
        return {word for row in rows for word in row[0]}

    def ids(self, table: str, within: Range) -> list[int]:
        return [
            row[0]
            for row in statements.fetch_all(
                f"SELECT ref_id FROM {table} WHERE ref_id > %s AND ref_id <= %s", within
            )
        ]

    def knows(self, table: str, expression: Expression) -> bool:
        condition, given = self.condition(table, expression)
        return statements.fetch_one(f"SELECT 1 FROM {table} f WHERE {condition} LIMIT 1", given) is not None

    def found(self, table: str, expression: Expression) -> list[int]:
        condition, given = self.condition(table, expression)
        return [
            row[0] for row in statements.fetch_all(f"SELECT ref_id FROM {table} f WHERE {condition}", given)
        ]

    def condition(self, table: str, expression: Expression) -> tuple[str, list[object]]:
        return "f.terms @@ %s::tsquery", [_written(expression)]

    def ranges(self, table: str, within: Range) -> Iterator[Range]:
        oldest, newest = within
        row = statements.fetch_one(f"SELECT max(ref_id) FROM {table} WHERE ref_id <= %s", [newest])
        if row is None or row[0] is None:
            return
        up_to, width = row[0], _NEWEST
        while up_to > oldest:
            above = max(oldest, up_to - width)
            yield above, up_to
            up_to, width = above, width * _WIDER

    def ranges_from_oldest(self, table: str, within: Range) -> Iterator[Range]:
        oldest, newest = within
        row = statements.fetch_one(
            f"SELECT min(ref_id), max(ref_id) FROM {table} WHERE ref_id > %s AND ref_id <= %s",
            [oldest, newest],
        )
        if row is None or row[0] is None:
            return
        above, last, width = row[0] - 1, row[1], _NEWEST
        while above < last:
            up_to = min(last, above + width)
            yield above, up_to
            above, width = up_to, width * _WIDER


ENGINE = _Postgres()
