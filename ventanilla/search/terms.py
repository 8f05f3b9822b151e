"""From words as people type them to what an index is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ventanilla.search.analysis import LONGEST_WORD, NUMBER, WORD, joined, with_enye
from ventanilla.search.expressions import Expression, Phrase, all_of, any_of
from ventanilla.search.spelling import SHORTEST, similar

MOST_TERMS = 24
_SHORTEST_OPEN = 3  # letters from which on a word may continue; fewer begin half of all words
_SHORTEST_NUMBER = 6
# Numbers are taken whole before words are parted at spaces: "+56 9 1111 1111".
_CHUNK = re.compile(rf"[+(]{{0,2}}{NUMBER.pattern}(?![^\s.,;:)])|[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be said: words in this order. `exact`: just so, with nothing after them."""

    words: tuple[str, ...]  # as `with_enye` has them
    number: str = ""  # the same as one number or code
    exact: bool = False

    def expression(self, *, loosely: bool = False) -> Expression:
        """What to ask for. Loosely: words a letter away, too, and those without their ñ."""
        plain = tuple(word.replace("ñ", "n") for word in self.words)
        ways: list[Expression] = []
        if self.number:
            ways.append(Phrase((self.number,), is_open=not self.exact))
            if not self.exact and " " not in self.number and len(self.words) > 1:
                ways.append(all_of([_phrase((word,), exact=False) for word in plain]))
        ways.append(_phrase(plain, exact=self.exact) if loosely or plain == self.words else self._with_enye())
        if loosely and not self.exact and len(plain) == 1:
            ways += [Phrase((word,), is_open=True) for word in similar(plain[0])]
        return any_of(ways)

    def _with_enye(self) -> Expression:
        """Words with an ñ are marks, without a place: each has to be said somewhere."""
        parts: list[Expression] = [_phrase((word,), exact=self.exact) for word in self.words if "ñ" in word]
        if len(self.words) > 1:
            parts.append(_phrase(tuple(word.replace("ñ", "n") for word in self.words), exact=self.exact))
        return all_of(parts)

    @property
    def is_spelt(self) -> bool:
        """Whether asking loosely asks for more."""
        return not self.exact and any(len(word) >= SHORTEST or "ñ" in word for word in self.words)


def _phrase(words: tuple[str, ...], *, exact: bool) -> Phrase:
    return Phrase(words, is_open=not exact and len(words[-1]) >= _SHORTEST_OPEN)


def phrase(text: str) -> Term | None:
    """Words in quotes; None when there are none."""
    words = _words(text)
    return Term(words, exact=True) if words else None


def terms(text: str) -> list[Term]:
    """What is written without quotes: a term for each word, and for what belongs together (an address, a number)."""
    found = []
    for chunk in _CHUNK.finditer(with_enye(text)):
        words = _words(chunk.group())
        if words:
            found.append(Term(words, number=_number(chunk.group(), words)))
    return found[:MOST_TERMS]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST_WORD] for word in WORD.findall(with_enye(text)))


def _number(chunk: str, words: tuple[str, ...]) -> str:
    whole = joined(chunk)
    if NUMBER.fullmatch(chunk.lstrip("+(")) and (len(whole) >= _SHORTEST_NUMBER or len(words) > 1):
        return whole
    is_code = len(words) == 2 and words[0].isalpha() and words[1].isdecimal()
    return "".join(words) if is_code else ""
