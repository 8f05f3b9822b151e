"""Reads the dialogues that conversations are made from."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

# "c[foto]?: first way | second way": who, a file that comes along, whether it is only sometimes said, ways to say it.
_LINE = re.compile(r"(?P<who>[can])(?:\[(?P<file>foto|pdf)\])?(?P<sometimes>\?)?: (?P<ways>.+)", re.DOTALL)
SOMETIMES = 0.55


@dataclass(frozen=True)
class Line:
    """One line of a dialogue: `who` is c (customer), a (agent) or n (private note)."""

    who: str
    file: str
    sometimes: bool
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Dialogue:
    """A conversation that many customers have."""

    labels: tuple[str, ...]
    priority: str
    is_ignored: bool
    lines: tuple[Line, ...]

    def play(self, random: Random) -> list[tuple[Line, str]]:
        """One way it goes: which lines are said, and how.

        Lines with as many ways take the same one, so that an answer fits its question.
        """
        said = [line for line in self.lines if not line.sometimes or random.random() < SOMETIMES]
        chosen = {count: random.randrange(count) for count in range(1, 6)}
        return [(line, line.ways[chosen[len(line.ways)]]) for line in said]


@functools.cache
def dialogues(business_line: str) -> tuple[Dialogue, ...]:
    """The dialogues of one business line."""
    path = Path(__file__).parent / "dialogues" / f"{business_line}.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["dialogue"]
    return tuple(
        Dialogue(
            labels=tuple(row["labels"]),
            priority=row.get("priority", ""),
            is_ignored=row.get("outcome") == "ignored",
            lines=tuple(_line(text) for text in row["lines"]),
        )
        for row in rows
    )


def _line(text: str) -> Line:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"cannot read this line of a dialogue: {text}")
    ways = tuple(way.strip() for way in found["ways"].split(" | "))
    return Line(found["who"], found["file"] or "", bool(found["sometimes"]), ways)


def every_label() -> list[str]:
    """All labels that dialogues carry."""
    files = sorted((Path(__file__).parent / "dialogues").glob("*.toml"))
    return sorted({label for file in files for dialogue in dialogues(file.stem) for label in dialogue.labels})
