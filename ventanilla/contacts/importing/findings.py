"""What a check saw: the four numbers, each column's share, and the first rows that would stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ventanilla.contacts.importing.options import SKIP, Options
from ventanilla.contacts.importing.planning import Outcome, Planned

_SHOWN = 50
_EXAMPLE_CHARS = 80


class Findings:
    """Adds up, batch by batch."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.counts: Counter[Outcome] = Counter()
        self.refused: list[dict[str, Any]] = []
        self._examples = [""] * len(options.columns)
        self._filled = [0] * len(options.columns)
        self._wrong: Counter[str] = Counter()
        self._with_country = 0

    def take(self, planned: Sequence[Planned]) -> None:
        """Count these rows."""
        for row in planned:
            self.counts[row.outcome] += 1
            for index, cell in enumerate(row.row.cells[: len(self._filled)]):
                if cell and not cell.isspace():
                    self._filled[index] += 1
                    if not self._examples[index]:
                        self._examples[index] = cell.strip()[:_EXAMPLE_CHARS].replace("\x00", "")
            if row.person is not None and row.person.country_added:
                self._with_country += 1
            if row.refused is not None:
                self._wrong[str(row.refused.details.get("column", ""))] += 1
                if len(self.refused) < _SHOWN:
                    self.refused.append(_shown(row))

    @property
    def total(self) -> int:
        """Rows so far."""
        return self.counts.total()

    def columns(self) -> list[dict[str, Any]]:
        """For each column: an example, how many cells are filled and how many of them are wrong."""
        return [
            {
                "example": self._examples[index],
                "filled": self._filled[index],
                "wrong": self._wrong[column],
                "with_country": self._with_country if self._options.targets[index] == "phone_number" else 0,
                "skipped": self._options.targets[index] == SKIP,
            }
            for index, column in enumerate(self._options.columns)
        ]

    def numbers(self) -> dict[str, int]:
        """The four, and their sum."""
        return {**{outcome.value: self.counts[outcome] for outcome in Outcome}, "read": self.total}


def _shown(row: Planned) -> dict[str, Any]:
    why = row.refused
    assert why is not None
    return {
        "number": row.row.number,
        "line": row.row.line,
        "who": row.who[:255],
        "value": why.value.replace("\x00", "")[:255],
        "code": why.code,
        "details": dict(why.details),
    }
