"""The two engines behind one interface. Which one serves follows from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from django.db import connection

from ventanilla.search.analysis import Words
from ventanilla.search.expressions import Expression

Range = tuple[int, int]  # ids above the first, up to the second
EVERY: Range = (0, 2**62)


class Engine(Protocol):
    """An index is named by its table; its rows have the ids of what they are about. The caller owns the transaction."""

    # The index's table as `f` and its id, for statements that join it with living rows.
    key: str

    def make(self, table: str) -> list[str]:
        """Statements that make an empty index."""

    def put(self, table: str, rows: Sequence[tuple[int, Words]]) -> None:
        """Write the words of these ids; in the place of what was there."""

    def expect_many(self) -> None:
        """Make ready for very many rows in this transaction."""

    def remove(self, table: str, ids: Collection[int]) -> set[str]:
        """Forget these ids; the words they had."""

    def ids(self, table: str, within: Range) -> list[int]:
        """Which ids are there."""

    def knows(self, table: str, expression: Expression) -> bool:
        """Whether any row says it, whoever may see that."""

    def found(self, table: str, expression: Expression) -> list[int]:
        """All ids that say it."""

    def condition(self, table: str, expression: Expression) -> tuple[str, list[object]]:
        """The condition on `f` that it says that."""

    def ranges(self, table: str, within: Range) -> Iterator[Range]:
        """`within` in parts, the newest first, each to be asked for when the ones before were not enough."""

    def ranges_from_oldest(self, table: str, within: Range) -> Iterator[Range]:
        """The same, the oldest first."""


@cache
def engine() -> Engine:
    """That of the database at hand."""
    name = "postgres" if connection.vendor == "postgresql" else "sqlite"
    made: Engine = import_module(f"ventanilla.search.engines.{name}").ENGINE
    return made
