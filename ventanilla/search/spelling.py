"""Words that someone wrote and that are a letter away from one that was typed."""

from __future__ import annotations

from django.db import connection

from ventanilla.kit import statements

SHORTEST = 5  # letters; of shorter words every other one is a letter away
_LONGEST = 24
_MOST_LOOKED_AT = 4_000
_MOST_GIVEN = 12


def similar(word: str) -> list[str]:
    """Words one letter away: another one, one more, one less, or two that changed places. At most twelve."""
    if not SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return []
    half = len(word) // 2
    found = {*_beginning_with("word", word[:half], len(word))}
    found |= {one[::-1] for one in _beginning_with("mirrored", word[half:][::-1], len(word))}
    found |= _known({_swapped(word, place) for place in range(len(word) - 1)})
    found.discard(word)
    return sorted(one for one in found if is_a_letter_away(word, one))[:_MOST_GIVEN]


def _beginning_with(column: str, beginning: str, length: int) -> list[str]:
    like = (
        "LIKE %s || '%%'" if connection.vendor == "postgresql" else "GLOB %s || '*'"
    )  # both by the column's index
    rows = statements.fetch_all(
        f"SELECT {column} FROM search_word WHERE {column} {like} AND length({column}) BETWEEN %s AND %s LIMIT %s",
        [beginning, length - 1, length + 1, _MOST_LOOKED_AT],
    )
    return [row[0] for row in rows]


def _known(words: set[str]) -> set[str]:
    return {
        row[0] for row in statements.fetch_among("SELECT word FROM search_word WHERE word IN ({})", words)
    }


def _swapped(word: str, place: int) -> str:
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def is_a_letter_away(one: str, other: str) -> bool:
    """Whether one edit makes one of the other; the same word is none."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    at = next((place for place, sign in enumerate(one) if sign != other[place]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or _swapped(one, at) == other if at + 1 < len(one) else True
