"""A mail in its parts from top to bottom: what its writer says, blocks of quotation, and what is quoted without marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ventanilla.channels.email.replies.attributions import (
    MAX_CHARS,
    MAX_LINES,
    Strength,
    is_opener,
    strength_of,
)
from ventanilla.channels.email.replies.heads import (
    block_end,
    divider_words,
    is_rule,
    says_forwarded,
    says_original,
)
from ventanilla.channels.email.replies.lines import Line, Mark

_WRAPPED_AT = 55  # a line of a quotation that is longer may have been wrapped
_MOST_ORPHAN_CHARS = 70
_MOST_BETWEEN = 5  # lines between a divider and what it divides
_MOST_ABOVE = 4  # lines that belong to a block and stand above it: a rule, a divider, blank ones
_MARKED = frozenset({Mark.HEADERS, Mark.ATTRIBUTION, Mark.FORWARD})
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "…", "。", "！", "？", ")", '"', "»", ">")


class Kind(Enum):
    """What a part is."""

    OWN = auto()
    QUOTE = auto()  # a block of quotation, with the line above it
    REST = auto()  # from here to the end, without marks


@dataclass(slots=True)
class Segment:
    """Lines from `begin` to `end` (which is none of them)."""

    kind: Kind
    begin: int
    end: int
    is_forward: bool = False
    is_announced: bool = False  # an attribution or a header block stands above the quotation


@dataclass(slots=True)
class _Opening:
    """What stands above a quotation: from `begin` to `end`."""

    begin: int
    end: int
    strength: Strength
    is_forward: bool = False


def segments_of(lines: Sequence[Line], *, is_forward: bool) -> list[Segment]:
    """The parts in their order; each line is in one. `is_forward`: the subject says that the mail was passed on."""
    return _Reader(lines, is_forward=is_forward).segments()


class _Reader:
    """Goes through the lines once, from top to bottom."""

    def __init__(self, lines: Sequence[Line], *, is_forward: bool) -> None:
        self._lines = lines
        self._is_forward = is_forward
        self._segments: list[Segment] = []
        self._heads: dict[int, int | None] = {}
        self._text_above: bool | None = None
        self._openings = self._attributions()

    def segments(self) -> list[Segment]:
        """The text in its parts."""
        lines, place, own = self._lines, 0, 0
        while place < len(lines):
            if lines[place].depth:
                opening, end = None, self._end_of_quotation(place)
                begin = place
            elif (opening := self._opening_at(place)) is not None:
                begin = opening.begin
                found = self._end_of(opening)
                if found is None:
                    place += 1
                    continue
                end = found
            else:
                place += 1
                continue
            begin = self._with_what_stands_above(begin, own) if opening is not None else begin
            self._add(Kind.OWN, own, begin)
            is_rest = opening is not None and end == len(lines) and not self._is_quoted(opening.end)
            self._segments.append(
                Segment(
                    Kind.REST if is_rest else Kind.QUOTE,
                    begin,
                    end,
                    is_forward=self._passes_on(opening, begin, end),
                    is_announced=opening is not None,
                )
            )
            place = own = end
        self._add(Kind.OWN, own, len(lines))
        return self._segments

    def _add(self, kind: Kind, begin: int, end: int) -> None:
        if begin < end:
            self._segments.append(Segment(kind, begin, end))

    def _passes_on(self, opening: _Opening | None, begin: int, end: int) -> bool:
        """Whether what is quoted was passed on: the subject says so, or the lines above it, or its own first lines."""
        if any(segment.kind is not Kind.OWN and not segment.is_forward for segment in self._segments):
            return False
        if self._is_forward or opening is not None:
            return self._is_forward or (opening is not None and opening.is_forward)
        first = [line for line in self._lines[begin:end] if not line.is_blank][:2]
        return any(says_forwarded(divider_words(line)) for line in first)

    # ── quotations ───────────────────────────────────────────────────────────────────────────────────

    def _is_quoted(self, place: int) -> bool:
        following = self._next(place)
        return following is not None and self._lines[following].depth > 0

    def _next(self, place: int) -> int | None:
        """The next line that says something."""
        return next((one for one in range(place, len(self._lines)) if not self._lines[one].is_blank), None)

    def _end_of_quotation(self, place: int) -> int:
        lines, end = self._lines, place
        while place < len(lines):
            if lines[place].depth:
                end = place + 1
            elif not lines[place].is_blank and not self._is_orphan(place):
                break
            place += 1
        return end

    def _is_orphan(self, place: int) -> bool:
        """The tail of a quoted line that was wrapped and lost its mark; not an answer between, which stands alone."""
        lines = self._lines
        if place == 0 or place + 1 >= len(lines) or not (lines[place - 1].depth and lines[place + 1].depth):
            return False
        before, here, after = lines[place - 1].said, lines[place].said, lines[place + 1].said
        if (
            not before
            or before.endswith(_SENTENCE_ENDS)
            or len(here) > _MOST_ORPHAN_CHARS
            or not here[0].islower()
        ):
            return False
        if not self._has_text_above():
            return False
        return len(before) >= _WRAPPED_AT or (bool(after) and (after[0].islower() or not after[0].isalpha()))

    def _has_text_above(self) -> bool:
        """The writer began above the first quotation: then answers between are seldom."""
        if self._text_above is None:
            first = self._next(0)
            self._text_above = (
                first is not None and not self._lines[first].depth and self._opening_at(first) is None
            )
        return self._text_above

    # ── what stands above them ───────────────────────────────────────────────────────────────────────

    def _end_of(self, opening: _Opening) -> int | None:
        """Where what it opens ends; None when it opens nothing."""
        following = self._next(opening.end)
        if following is None:
            return len(self._lines)
        if self._lines[following].depth:
            return self._end_of_quotation(following)
        if (
            opening.strength < Strength.ALONE
            or self._is_announced(opening)
            or self._is_answered_below(opening, following)
        ):
            return None
        return len(self._lines)

    def _is_announced(self, opening: _Opening) -> bool:
        """The writer's own words lead to it ("when and who:"): then it is theirs, and so is what follows. Where a program
        leaves no doubt, by a divider, a block or its HTML, no one announces.
        """
        if self._openings.get(opening.begin) is not opening:
            return False
        above = self._lines[opening.begin - 1] if opening.begin else None
        return above is not None and not above.depth and above.said.endswith((":", "："))

    def _is_answered_below(self, opening: _Opening, following: int) -> bool:
        """The text right below is the writer's, and what is quoted comes after it with its marks."""
        for place in range(following, len(self._lines)):
            if self._lines[place].depth:
                return not opening.is_forward
            if place > following and self._opening_at(place) is not None:
                return False
        return False

    def _opening_at(self, place: int) -> _Opening | None:
        line = self._lines[place]
        if line.mark in _MARKED:
            return self._marked(place)
        if line.depth or (line.is_blank and line.mark is Mark.NONE):
            return None
        if (words := divider_words(line)) or is_rule(line):
            return self._below_divider(place, words)
        if line.is_blank:
            return None
        if (end := self._head_at(place)) is not None:
            return _Opening(place, end, Strength.ALONE)
        return self._openings.get(place)

    def _head_at(self, place: int) -> int | None:
        if place not in self._heads:
            self._heads[place] = block_end(self._lines, place)
        return self._heads[place]

    def _marked(self, place: int) -> _Opening:
        mark, end = self._lines[place].mark, place
        while end < len(self._lines) and (self._lines[end].mark is mark or self._lines[end].is_blank):
            end += 1
        strength = Strength.BEFORE_QUOTE if mark is Mark.ATTRIBUTION else Strength.ALONE
        if mark is Mark.ATTRIBUTION:
            text = " ".join(line.said for line in self._lines[place:end])[: MAX_CHARS + 1]
            strength = max(strength, strength_of(text))
        return _Opening(place, end, strength, is_forward=mark is Mark.FORWARD)

    def _below_divider(self, place: int, words: str) -> _Opening | None:
        """A divider opens something when a header block, an attribution or a quotation stands below it."""
        following = place + 1
        limit = min(len(self._lines), following + _MOST_BETWEEN)
        while following < limit and (self._lines[following].is_blank or is_rule(self._lines[following])):
            following += 1
        if following >= limit:
            return None
        line = self._lines[following]
        is_known = bool(words) and says_original(words)
        is_forward = bool(words) and says_forwarded(words)
        if line.depth and words:
            return _Opening(place, following, Strength.BEFORE_QUOTE, is_forward)
        is_drawn = line.mark is Mark.HEADERS or any(
            one.mark is Mark.RULE for one in self._lines[place:following]
        )
        end = block_end(
            self._lines, following, announced=is_known or (is_drawn and line.mark is Mark.HEADERS)
        )
        if end is not None:
            return _Opening(place, end, Strength.ALONE, is_forward)
        if not words:
            return None  # a rule: what is below it speaks for itself
        below = self._marked(following) if line.mark in _MARKED else self._openings.get(following)
        if below is None:
            return None
        return _Opening(place, below.end, below.strength, is_forward or below.is_forward)

    def _with_what_stands_above(self, begin: int, own: int) -> int:
        """A rule above it belongs to it."""
        place = begin
        for above in range(begin - 1, max(own, begin - _MOST_ABOVE) - 1, -1):
            line = self._lines[above]
            if is_rule(line):
                place = above
            elif not line.is_blank:
                break
        return place

    def _attributions(self) -> dict[int, _Opening]:
        """Attributions by their first line."""
        found: dict[int, _Opening] = {}
        lines = self._lines
        following: int | None = None  # the next line that says something
        for last in range(len(lines) - 1, -1, -1):
            line = lines[last]
            if line.is_blank:
                continue
            opening = self._attribution_ending_at(last, following)
            if opening is not None:
                found[opening.begin] = opening
            following = last
        return found

    def _attribution_ending_at(self, last: int, following: int | None) -> _Opening | None:
        lines = self._lines
        is_cut = _continues_an_address(lines, last)
        if lines[last].depth and not is_cut:
            return None
        said = lines[last].raw.strip() if is_cut else lines[last].said
        is_before_quote = following is not None and lines[following].depth > 0
        is_ended = said.endswith((":", "：", "-", "–", "—", "*", "_"))
        is_apart = following != last + 1 and any(
            "@" in line.raw for line in lines[max(0, last - 2) : last + 1]
        )
        if not (is_ended or is_before_quote or is_apart):
            return None
        best: tuple[Strength, int, str] | None = None
        text = ""
        for first in range(last, max(last - MAX_LINES, -1), -1):
            if lines[first].is_blank or (lines[first].depth and not (is_cut and first == last)):
                break
            if first < last and lines[first].said.endswith((":", "：")):
                break
            piece = lines[first].raw.strip() if is_cut and first == last else lines[first].said
            text = f"{piece} {text}" if text else piece
            strength = strength_of(text)
            if strength > (best[0] if best else Strength.NONE):
                best = strength, first, text
            if strength is Strength.ALONE or len(text) > MAX_CHARS:
                break
        if best is None or (best[0] < Strength.ALONE and not is_before_quote):
            return None
        return self._begun(best[1], last, best[2], best[0])

    def _begun(self, first: int, last: int, text: str, strength: Strength) -> _Opening:
        """With its first words, when they were wrapped away from it."""
        lines = self._lines
        if first and not lines[first - 1].depth and not lines[first - 1].is_blank:
            above = lines[first - 1].said
            longer = f"{above} {text}"
            is_wrapped = is_opener(above) or (len(above) > _WRAPPED_AT and not above.endswith(_SENTENCE_ENDS))
            is_wrapped |= _is_left_open(above)
            is_wrapped |= text.startswith("<") and self._is_name_alone(first - 1)
            least = Strength.BEFORE_QUOTE if is_opener(above) else strength
            if is_wrapped and len(longer) <= MAX_CHARS and strength_of(longer) >= least:
                first -= 1
        return _Opening(first, last + 1, strength)

    def _is_name_alone(self, place: int) -> bool:
        """A paragraph of nothing but a name, with other text above it."""
        lines = self._lines
        return place > 1 and lines[place - 1].is_blank and _is_name(lines[place].said)


def _is_name(said: str) -> bool:
    words = said.split()
    return (
        0 < len(words) <= 5
        and all(word[0].isupper() or not word[0].isascii() for word in words)
        and words[-1][-1].isalpha()
    )


def _is_left_open(said: str) -> bool:
    """Its last bracket is closed on the line below, so the two are one."""
    opened = max(said.rfind("("), said.rfind("<"))
    return opened >= 0 and not any(one in said[opened:] for one in ")>")


def _continues_an_address(lines: Sequence[Line], place: int) -> bool:
    """ "… <hola@x.example" is wrapped, and the bracket that closes it begins the next line like a mark of quotation."""
    if not place or not lines[place].raw.startswith(">") or lines[place - 1].depth:
        return False
    above = lines[place - 1].said
    opened = above.rfind("<")
    return opened >= 0 and ">" not in above[opened:] and "@" in above[opened:]
