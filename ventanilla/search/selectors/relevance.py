"""Messages in the order of how well they say the words, the same on both databases.

An engine's own figure would rank every hit there ever was, and differ between the two. The newest that say the words are
weighed here, as many as a screen is ever walked through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from ventanilla.conversations.models import Message
from ventanilla.search.analysis import WORD, with_enye
from ventanilla.search.expressions import Phrase, wanted_phrases
from ventanilla.search.language import Question
from ventanilla.search.operators import Reader
from ventanilla.search.selectors.messages import Found, find_messages

MOST_WEIGHED = 500  # of the newest
_LOOKED_THROUGH = 6_000  # characters of each
_SUBJECT = 2.0  # how much more a word in the subject weighs
_MOST_TIMES = 4  # a word that is said more often weighs no more


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page, the heaviest first. `more`: where the next begins. `of_newest`: only so many were weighed of more."""

    found: Found
    more: int | None
    of_newest: int | None


def find_by_relevance(reader: Reader, question: Question, *, size: int, offset: int = 0) -> Weighed:
    """Those that say most of the words just so, often and close together come first; of equals the newest."""
    found = find_messages(reader, question, size=MOST_WEIGHED + 1)
    ids = found.ids[:MOST_WEIGHED]
    phrases = list(wanted_phrases(found.expression)) if found.expression is not None else []
    rows = Message.objects.filter(pk__in=ids).values_list("pk", "content", "content_attributes")
    weights = {pk: weight(content, _subject(about), phrases) for pk, content, about in rows}
    ordered = sorted(ids, key=lambda pk: (-weights.get(pk, 0.0), -pk))
    page = ordered[offset : offset + size]
    return Weighed(
        Found(page, found.expression, found.loosely),
        offset + size if len(ordered) > offset + size else None,
        MOST_WEIGHED if len(found.ids) > MOST_WEIGHED else None,
    )


def _subject(about: object) -> str:
    email = about.get("email") if isinstance(about, dict) else None
    subject = email.get("subject") if isinstance(email, dict) else None
    return subject if isinstance(subject, str) else ""


def weight(content: str, subject: str, phrases: Sequence[Phrase]) -> float:
    """How well a message says the phrases; 0 when neither its text nor its subject does."""
    return _weight_of(content, phrases) + _SUBJECT * _weight_of(subject, phrases)


def _weight_of(text: str, phrases: Sequence[Phrase]) -> float:
    words = [one.replace("ñ", "n") for one in WORD.findall(with_enye(text[:_LOOKED_THROUGH]))]
    if not words or not phrases:
        return 0.0
    stands = [_places(words, phrase) for phrase in phrases]
    total = sum(_weight_of_phrase(words, phrase, at) for phrase, at in zip(phrases, stands, strict=True))
    if len(phrases) > 1 and all(stands):
        total += 10.0 / (1 + _span(stands) - len(phrases))
    # The same words mean more in a line than in a page.
    return total / (1 + log(1 + len(words)) / 10)


def _places(words: Sequence[str], phrase: Phrase) -> list[int]:
    *first, last = (word.replace("ñ", "n") for word in phrase.words)
    found = []
    for at in range(len(words) - len(first)):
        word = words[at + len(first)]
        said = word.startswith(last) if phrase.is_open else word == last
        if said and list(words[at : at + len(first)]) == first:
            found.append(at)
    return found


def _weight_of_phrase(words: Sequence[str], phrase: Phrase, at: Sequence[int]) -> float:
    if not at:
        return 0.0
    length, last = len(phrase.words), phrase.words[-1].replace("ñ", "n")
    whole = any(words[place + length - 1] == last for place in at)
    return 10.0 + (6.0 if whole else 0.0) + min(len(at), _MOST_TIMES)


def _span(stands: Sequence[Sequence[int]]) -> int:
    """How many words the shortest piece has in which each phrase begins."""
    marks = sorted((place, number) for number, places in enumerate(stands) for place in places)
    last: dict[int, int] = {}
    best = marks[-1][0] - marks[0][0] + 1
    for place, number in marks:
        last[number] = place
        if len(last) == len(stands):
            best = min(best, place - min(last.values()) + 1)
    return max(best, len(stands))
