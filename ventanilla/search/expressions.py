"""What is asked of an index: a small tree that each engine writes in its own language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other; `is_open`: the last one may continue."""

    words: tuple[str, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of them."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of them at least."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """`wanted`, but nothing that says `unwanted`."""

    wanted: Expression
    unwanted: Expression


Expression = Phrase | AllOf | AnyOf | Without


def all_of(parts: list[Expression]) -> Expression:
    """Each of them; itself when it is one."""
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def any_of(parts: list[Expression]) -> Expression:
    """One of them; itself when it is one."""
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def wanted_phrases(expression: Expression) -> Iterator[Phrase]:
    """The phrases that a hit may say, to be shown in it; those that begin with "_" are marks and no words."""
    match expression:
        case Phrase(words=words):
            if not words[0].startswith("_"):
                yield expression
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from wanted_phrases(part)
        case Without(wanted=wanted):
            yield from wanted_phrases(wanted)
