"""Rows as bytes: parts that are put one behind the other, and a finished table made of them.

A CSV's parts are pieces of it. An XLSX cannot be continued, so its parts hold rows as JSON lines, from which it is written
in one pass that keeps no row in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from ventanilla.exports.models import Export
from ventanilla.kit.tables import csv_text

MOST_XLSX_ROWS = 1_048_575  # a sheet has one more, for the head
_MOST_CELL_CHARS = 32_767
_BOM = "\ufeff"


def part_of(export: Export, rows: Iterable[Sequence[object]]) -> bytes:
    """These rows, as a part."""
    if export.format == Export.Format.CSV:
        return csv_text(rows, separator=export.separator).encode()
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def finish(export: Export, titles: Sequence[str], parts: Iterable[IO[bytes]], out: IO[bytes]) -> None:
    """The table of all its parts, into `out`."""
    if export.format == Export.Format.CSV:
        out.write((_BOM + csv_text([titles], separator=export.separator)).encode())
        for part in parts:
            with part:
                while piece := part.read(1 << 16):
                    out.write(piece)
    else:
        _write_sheet(titles, _lines(parts), out)


def _lines(parts: Iterable[IO[bytes]]) -> Iterator[list[str | int]]:
    for part in parts:
        with part:
            for line in part:
                yield json.loads(line)


def _write_sheet(titles: Sequence[str], rows: Iterable[Sequence[str | int]], out: IO[bytes]) -> None:
    from xlsxwriter import Workbook  # only the worker that writes one needs it

    # Row by row to the disk; and what looks like a formula, a link or a number in a text stays that text.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(out, options)
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, cell[:_MOST_CELL_CHARS])
    book.close()
