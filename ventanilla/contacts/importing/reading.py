"""Rows out of bytes. No line is lost, whatever it holds: what cannot be read as a row is handed over as it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

# One reader for the whole process decides how long a cell may be; ours decides by the row.
MAX_ROW_CHARS = 1 << 20
MAX_ROW_LINES = 200
csv.field_size_limit(MAX_ROW_CHARS * 4)

UNREADABLE = "\ufffd"
_FORMULAS = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file. `number` counts from 1, `line` is where it begins. `fault`: why it is no proper row, or ""."""

    number: int
    line: int
    cells: list[str]
    fault: str = ""


@dataclass
class _Lines:
    """Lines for the csv module, a row at a time: it is refused a line that would make a row too long."""

    source: Iterator[str]
    line: int = 0
    taken: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    chars: int = 0
    broke: bool = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= MAX_ROW_LINES or self.chars > MAX_ROW_CHARS):
            self.broke = True
            raise StopIteration
        text = self.waiting.pop() if self.waiting else next(self.source, None)
        if text is None:
            self.broke = bool(self.taken)
            raise StopIteration
        self.taken.append(text)
        self.chars += len(text)
        self.line += 1
        return text

    def begin(self) -> None:
        self.taken, self.chars, self.broke = [], 0, False

    def only_first(self) -> str:
        """Give back all but the first line of a row that never ended."""
        first, rest = self.taken[0], self.taken[1:]
        self.waiting.extend(reversed(rest))
        self.line -= len(rest)
        self.taken = [first]
        return first


def text_of(content: IO[bytes], *, encoding: str) -> io.TextIOWrapper:
    """The file as text; what the encoding cannot read becomes UNREADABLE, so its row can be named."""
    return io.TextIOWrapper(content, encoding=encoding, errors="replace", newline="")


def rows_of(text: Iterator[str], *, delimiter: str, has_header: bool) -> Iterator[Row]:
    """The file's rows after the header; blank lines are none.

    An opening quote without its end would swallow all that follows: then only its own line is handed over, with a
    fault, and reading goes on with the next.
    """
    number = 0
    for line, cells, fault in _records(text, delimiter):
        if has_header:
            has_header = False
            continue
        number += 1
        yield Row(number, line, cells, fault)


def header_of(text: Iterator[str], *, delimiter: str) -> list[str]:
    """The cells of the first row."""
    return next((cells for _line, cells, _fault in _records(text, delimiter)), [])


def _records(text: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    lines = _Lines(_without_hint(text))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin()
        start = lines.line + 1
        fault = ""
        try:
            cells = next(reader, None)
        except csv.Error:  # a cell longer than any row may be
            cells, fault = [], "too_long"
        if not lines.taken:
            return
        if lines.broke:
            long = len(lines.taken) == 1
            first = lines.only_first()
            cells, fault = (
                _plain_cells(first, delimiter),
                "too_long" if long and len(first) > MAX_ROW_CHARS else "open_quote",
            )
        elif fault or (len(lines.taken) > 1 and not _ends_well(lines.taken, delimiter)):
            fault = fault or "open_quote"
            cells = _plain_cells(lines.only_first(), delimiter)
        if cells and any(cell.strip() for cell in cells):
            yield start, [_without_apostrophe(cell) for cell in cells], fault


def _ends_well(lines: list[str], delimiter: str) -> bool:
    """Whether the quotes of a row of several lines close where a cell ends. If not, the first of them was never closed, and
    the one that seemed to close it opens another cell."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _plain_cells(line: str, delimiter: str) -> list[str]:
    return line.rstrip("\r\n").split(delimiter)


def _without_hint(text: Iterator[str]) -> Iterator[str]:
    """Without the line "sep=;" by which Excel is told of the separator."""
    for index, line in enumerate(text):
        if index == 0:
            line = line.removeprefix("\ufeff")
            if line[:4].lower() == "sep=" and len(line.strip()) <= 5:
                yield "\n"  # so that lines keep their numbers
                continue
        yield line


def _without_apostrophe(cell: str) -> str:
    """Our own exports put one before what a spreadsheet would run."""
    return cell[1:] if cell.startswith(_FORMULAS) else cell
