"""Which words a text has, the same for both engines and for what is asked.

Accents and capitals do not count. An ñ does for whoever types it: "año" is not "ano", while "ano" finds both. Numbers are
found in any writing: phones, RUT, codes are entered once more without what parts their digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

EDITION = "2"  # grows when the words of a text become others: every index is then built anew
LONGEST_WORD = 64
MOST_WORDS = 20_000  # of one document
_LONGEST_TEXT = 400_000

_COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
# Scripts that do not part words with spaces: each sign is a word, a run of them a phrase.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
# Digits and what people part them with; a RUT may end in k.
NUMBER = re.compile(r"\d(?:[ .\-/()\u00a0]{0,2}\d){3,19}(?:[ .-]?k(?![^\W_]))?")
_CODE = re.compile(r"(?<![^\W_])([a-z]{1,5})[-./](\d{2,15})(?![^\W_])")
_SHORTEST_NUMBER, _PHONE = 6, range(9, 14)
_SHORTEST_END = 6  # digits of a phone's end that are still worth asking for


def with_enye(text: str) -> str:
    """Without capitals and accents, but for the ñ."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFKD", text.casefold()).replace("n\u0303", "ñ")
    return _COMBINING.sub("", parted).casefold()


def words_of(folded: str) -> list[str]:
    """The words of a text as `with_enye` gives it, without ñ."""
    return [word[:LONGEST_WORD] for word in WORD.findall(folded.replace("ñ", "n"))[:MOST_WORDS]]


def joined(number: str) -> str:
    """A number without what parts its digits."""
    return "".join(sign for sign in number if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Words:
    """What an index holds of one document: its words in order, and marks that have no place among them."""

    words: list[str]
    marks: list[str]


def analysed(texts: Iterable[str], marks: Iterable[str] = ()) -> Words:
    """The words of a document. `marks` of its kind begin with "_", which no word does."""
    folded = with_enye("\n".join(text for text in texts if text)[:_LONGEST_TEXT])
    extra = dict.fromkeys(marks)
    if "ñ" in folded:
        extra |= dict.fromkeys(word[:LONGEST_WORD] for word in WORD.findall(folded) if "ñ" in word)
    if any(sign in folded for sign in "0123456789") or not folded.isascii():
        extra |= dict.fromkeys(_writings(folded))
    return Words(words_of(folded), list(extra))


def _writings(folded: str) -> Iterable[str]:
    for found in NUMBER.findall(folded):
        number = joined(found)
        if len(number) < _SHORTEST_NUMBER:
            continue
        if number != found:
            yield number
        if len(number) in _PHONE:  # a phone is asked for without its country, too
            for start in range(1, len(number) - _SHORTEST_END + 1):
                yield number[start:]
    for letters, digits in _CODE.findall(folded):
        yield letters + digits
