"""What a hit shows: the text around the words, and which of it they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ventanilla.conversations.models import FoldedText, Message, MessageType
from ventanilla.kit import markdown
from ventanilla.search.analysis import NUMBER, WORD, joined, with_enye
from ventanilla.search.expressions import Expression, Phrase, wanted_phrases
from ventanilla.search.language import Question

_BEFORE, _LENGTH = 60, 220  # characters
_LOOKED_THROUGH = 60_000
_NUMBER = re.compile(NUMBER.pattern, re.IGNORECASE)
_SPACES = re.compile(r"\s+")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text in parts: (text, whether it is what was looked for). `place`: content, subject or folded."""

    parts: list[tuple[str, bool]]
    place: str = "content"
    said: int = 0  # how many of the phrases stand in the text

    @property
    def text(self) -> str:
        """In one piece."""
        return "".join(text for text, _hit in self.parts)


def excerpts(messages: Sequence[Message], expression: Expression | None) -> dict[int, Excerpt]:
    """Of each message where most of the words stand: in its text, its subject, or what it quotes or signs with."""
    phrases = list(wanted_phrases(expression)) if expression is not None else []
    found = {message.pk: excerpt(_said(message), phrases) for message in messages}
    if not phrases:
        return found
    wanted = len(phrases)
    lacking = [message for message in messages if found[message.pk].said < wanted]
    folded = dict(FoldedText.objects.filter(pk__in=[one.pk for one in lacking]).values_list("pk", "text"))
    for message in lacking:
        for place, text in (("subject", _subject(message)), ("folded", folded.get(message.pk, ""))):
            shown = excerpt(text, phrases, place)
            if shown.said > found[message.pk].said:
                found[message.pk] = shown
    return found


def marked(text: str, question: Question) -> Excerpt:
    """A text that was not asked for by itself, with the words of the question in it shown."""
    words = question.words()
    return excerpt(text, list(wanted_phrases(words)) if words is not None else [])


def _said(message: Message) -> str:
    """What we wrote is Markdown: its words, without marks and the backslashes before signs that were typed."""
    if message.message_type == MessageType.INCOMING:
        return message.content
    return markdown.render_plain(message.content[:_LOOKED_THROUGH])


def _subject(message: Message) -> str:
    return message.marks.mail.subject


def excerpt(text: str, phrases: Sequence[Phrase], place: str = "content") -> Excerpt:
    """About two lines of the text from a little before the first hit on; its beginning when there is none."""
    plain = unicodedata.normalize("NFC", text[:_LOOKED_THROUGH])
    spans, said = _spans(plain, phrases)
    start = _cut_before(plain, spans[0][0]) if spans else 0
    end = min(len(plain), start + _LENGTH)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for begin, stop in spans:
        if begin >= end:
            break
        parts += [(plain[at:begin], False), (plain[begin : min(stop, end)], True)]
        at = min(stop, end)
    parts += [(plain[at:end], False), ("…" if end < len(plain) else "", False)]
    return Excerpt([(_in_one_line(piece), hit) for piece, hit in parts if piece], place, said)


def _in_one_line(piece: str) -> str:
    """Spaces and new lines as one space each, also at its ends."""
    return _SPACES.sub(" ", piece)


def _cut_before(text: str, hit: int) -> int:
    if hit <= _BEFORE + 20:
        return 0
    space = text.find(" ", hit - _BEFORE, hit)
    return space + 1 if space >= 0 else hit - _BEFORE


def _spans(text: str, phrases: Sequence[Phrase]) -> tuple[list[Span], int]:
    """Where the phrases stand in the text, in order, not overlapping; and how many of them do."""
    if not phrases:
        return [], 0
    words = [(one.start(), one.end(), with_enye(one.group())) for one in WORD.finditer(text)]
    plain = [word.replace("ñ", "n") for _start, _end, word in words]
    numbers = [(one.span(), joined(one.group()).lower()) for one in _NUMBER.finditer(text)]
    found: list[Span] = []
    said = 0
    for phrase in phrases:
        among = [word for _start, _end, word in words] if any("ñ" in word for word in phrase.words) else plain
        length = len(phrase.words)
        stands = [
            (words[at][0], words[at + length - 1][1])
            for at in range(len(among) - length + 1)
            if _stands_at(among, at, phrase)
        ]
        if length == 1 and phrase.words[0][0].isdecimal():
            stands += [span for span, number in numbers if phrase.words[0] in number]
        said += bool(stands)
        found += stands
    return _apart(found), said


def _stands_at(said: list[str], at: int, phrase: Phrase) -> bool:
    *first, last = phrase.words
    if said[at : at + len(first)] != first:
        return False
    word = said[at + len(first)]
    return word.startswith(last) if phrase.is_open else word == last


def _apart(spans: list[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not found or begin >= found[-1][1]:
            found.append((begin, end))
    return found
