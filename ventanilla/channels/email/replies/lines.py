"""A mail's text as lines: how deep each is quoted, and what its HTML says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Mark(Enum):
    """What the structure of a mail program's HTML says of a line."""

    NONE = auto()
    RULE = auto()  # a line drawn across, or the place where a program puts one
    ATTRIBUTION = auto()  # the line above a quotation
    HEADERS = auto()  # the header block of the mail that is quoted below it, to the end
    FORWARD = auto()  # passed on
    SIGNATURE = auto()
    SIGNATURE_BEGINS = auto()  # from here on, as after "-- "


class Zone(Enum):
    """What becomes of a line. What was passed on (`FORWARDED`) is shown like the writer's own."""

    OWN = auto()
    FORWARDED = auto()
    HISTORY = auto()
    SIGNATURE = auto()
    FOOTER = auto()


_DIRECTIONS = re.compile(
    r"[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)  # how letters run; no letters
_QUOTED = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")


@dataclass(slots=True)
class Line:
    """`raw`: as it is shown. `said`: without marks of quotation; `depth`: how many times it is quoted."""

    raw: str
    said: str
    depth: int = 0
    mark: Mark = Mark.NONE

    @property
    def is_blank(self) -> bool:
        return not self.said


def quoted_line(raw: str, *, depth: int = 0, mark: Mark = Mark.NONE) -> Line:
    """A line of plain text, its marks of quotation read; `depth` is what is known besides."""
    text = raw if raw.isascii() else _DIRECTIONS.sub("", raw)
    match = _QUOTED.match(text)
    if match is None:
        return Line(raw, text.strip(), depth, mark)
    return Line(raw, text[match.end() :].strip(), depth + match[0].count(">"), mark)


def lines_of_text(text: str) -> list[Line]:
    """The lines of a plain text."""
    return [quoted_line(raw) for raw in text.split("\n")]
