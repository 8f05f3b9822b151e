"""Tables as CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """A cell's text; one that a spreadsheet would take for a formula begins with an apostrophe (contract B.10)."""
    text = str(value)
    return f"'{text}" if text.startswith(_RUNS) and not isinstance(value, int | float) else text


def csv_text(rows: Iterable[Iterable[object]], *, separator: str = ",") -> str:
    """The rows with commas between cells, or what the country's spreadsheets expect, and CRLF after each row (RFC 4180)."""
    out = StringIO()
    writer = csv.writer(out, delimiter=separator)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()
