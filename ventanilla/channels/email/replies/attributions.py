"""The line above a quotation ("On …, X wrote:") by its form: a date, an address or a name, and little else; in any language.

How much it must say depends on what stands behind it. Before a block of quotation a date and a name do; where what is quoted
bears no mark, cutting is dangerous, and more must speak for it.
"""

from __future__ import annotations

import re
from enum import IntEnum

from ventanilla.channels.email.replies.dates import DATE, SHORT_DATE, TIME, mark_dates, with_plain_digits
from ventanilla.channels.email.replies.words import MESSAGE, OPENER, WEEKDAYS, WRITING, plain

MAX_LINES = 6
MAX_CHARS = 600


class Strength(IntEnum):
    """What a line that may be an attribution is good for: nothing; before a quotation; before a text without marks."""

    NONE = 0
    BEFORE_QUOTE = 1
    ALONE = 2


_ADDRESS = "\x04"
_ENCLOSED = "\x05"
_COLON = re.compile(r"[:：︰][\s*_\"”»')\]>]{0,4}$")
_DASHES = re.compile(r"^\W{0,2}[-–—=]{2,}.*[-–—=]{2,}\W{0,2}$")
# An address that a line's end went through is one all the same.
_IN_BRACKETS = re.compile(r"[<\[(]{1,2}\s?(?:mailto:)?\s?[^<>()\[\]]{0,120}@[^<>()\[\]]{0,200}[>\])]{0,2}")
_CUT_SHORT = re.compile(r"<[^<>@]{0,80}$|<\s?>")
_BARE = re.compile(r"[^\s<>@,;:()\[\]]{1,80}\s?@\s?[^\s<>@,;()\[\]:]{2,200}")
_IN_WORDS = re.compile(r"\([^()@\d\x01-\x05]{1,60}\)")  # the name of a time zone
_ZONE = re.compile(
    r"(?:\b[A-Z]{2,5}\s?|(?<!\w))[+\-−]\s?(?:\d{1,2}:?\d{2}|\d{1,2}|\x02)(?!\w)|\b(?:GMT|UTC)\b"
)
_WORD = re.compile(r"[^\s,;:.\"“”«»„'’()\[\]<>|/*_–—-]+")
_MARKS = re.compile(r"[\x01-\x05]")
_PIECE = re.compile(rf"{_MARKS.pattern}|{_WORD.pattern}")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d(?:\.|年|년)?")
_QUESTION = re.compile(r"[?¿¡؟？]")


def strength_of(text: str, *, ends: bool | None = None) -> Strength:
    """How sure it is that this line, or these lines joined, are an attribution and nothing else."""
    if len(text) > MAX_CHARS or not (any(one.isdigit() for one in text) or "@" in text):
        return Strength.NONE
    line = " ".join(with_plain_digits(text).split())
    is_dashed = _DASHES.match(line) is not None
    is_ended = bool(ends) or is_dashed or _COLON.search(line) is not None
    return _judged(_Line(line.strip("-–—=*_ ")), is_ended=is_ended)


class _Line:
    """What a line is made of."""

    def __init__(self, line: str) -> None:
        line = _IN_BRACKETS.sub(f" {_ENCLOSED} ", line)
        line = _CUT_SHORT.sub(" ", line)
        line = _BARE.sub(f" {_ADDRESS} ", line)
        line = _ZONE.sub(" ", mark_dates(_IN_WORDS.sub(" ", line)))
        self.line = line
        self.is_enclosed = _ENCLOSED in line
        self.has_address = self.is_enclosed or _ADDRESS in line
        self.has_date = DATE in line
        self.has_time = TIME in line
        self.has_short_date = SHORT_DATE in line
        compared = plain(line)
        self.has_writing = WRITING.search(compared) is not None
        self.has_message = MESSAGE.search(compared) is not None
        self.words = [word for word in _WORD.findall(line) if _MARKS.fullmatch(word) is None]
        self.lowers = [word for word in self.words if word[0].islower()]
        self.has_name = any(not word[0].islower() and not word[0].isdigit() for word in self.words[1:]) or (
            bool(self.words) and not self.words[0].isascii() and not self.words[0][0].islower()
        )

        self.is_cased = any(word[0].islower() or word[0].isupper() for word in self.words)

    def leading(self) -> int:
        """Words before the first date, time, address or name; without weekdays cut short, which end in "." or ","."""
        count = 0
        for match in _PIECE.finditer(self.line):
            piece = match[0]
            if _MARKS.fullmatch(piece) or (count and not piece[0].islower()):
                return count
            count += self.line[match.end() : match.end() + 1] not in {".", ","}
        return count

    def longest_run(self) -> int:
        """The most words in small letters that follow one another."""
        longest = run = 0
        for piece in _PIECE.findall(self.line):
            run = run + 1 if piece[0].islower() else 0
            longest = max(longest, run)
        return longest

    def after_writing(self) -> int:
        """Words in small letters after the one that says "wrote"."""
        places = [place for place, word in enumerate(self.words) if WRITING.match(plain(word))]
        return sum(1 for word in self.words[places[-1] + 1 :] if word[0].islower()) if places else 0


def _judged(line: _Line, *, is_ended: bool) -> Strength:
    if not _has_the_form(line):
        return Strength.NONE
    if not (line.has_date or (line.has_short_date and line.has_time)):
        says_little = line.has_writing or not line.lowers
        return Strength.BEFORE_QUOTE if line.has_address and is_ended and says_little else Strength.NONE
    if not (line.has_address or line.has_name or (line.has_writing and line.words)):
        return Strength.NONE
    if not is_ended:
        if not (line.has_writing or line.is_enclosed):
            return Strength.NONE
        # Without its colon: a program's, when the address is written as programs write it.
        sure = line.is_enclosed and line.has_date and line.has_writing and line.leading() <= 2
        return Strength.ALONE if sure and line.after_writing() <= 1 else Strength.BEFORE_QUOTE
    return Strength.ALONE if _stands_alone(line) else Strength.BEFORE_QUOTE


def _has_the_form(line: _Line) -> bool:
    if _QUESTION.search(line.line) or len(line.words) > 24:
        return False
    if line.is_enclosed and line.has_date and line.has_writing:  # a name may be a long one
        return len(line.lowers) <= 14 and line.longest_run() <= 9 and line.leading() <= 4
    most_leading = 4 if line.has_writing or line.has_message or not line.is_cased else 2
    return len(line.lowers) <= 10 and line.longest_run() <= 5 and line.leading() <= most_leading


def _stands_alone(line: _Line) -> bool:
    """Enough to take an unmarked text below it for what is quoted."""
    if line.has_writing:
        if line.after_writing() > (4 if line.has_address else 2):
            return False
        return (line.has_date or line.has_address) and (line.has_time or line.has_address or line.has_name)
    if not line.has_address or not (line.has_date and (line.has_time or line.is_enclosed)):
        return False
    if line.has_message:
        return line.leading() <= 3
    if not line.is_cased:
        return line.is_enclosed and line.has_time
    is_bare = line.is_enclosed and line.has_time and len(line.lowers) <= 4  # "onsdag den 2. december …"
    return line.leading() <= (2 if is_bare and line.words[0][0].islower() else 1) and len(line.lowers) <= 7


def is_opener(text: str) -> bool:
    """A line of nothing but the first words of an attribution, wrapped away from the rest."""
    said = plain(" ".join(text.split()))
    bare = said.rstrip(".,،")
    return (
        OPENER.fullmatch(said) is not None
        or bare.removesuffix(" den") in WEEKDAYS
        or _YEAR_ALONE.fullmatch(said) is not None
    )
