"""Lines in which a footer, an attribution and the quoted text follow one another: some programs break no line between."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.channels.email.replies.attributions import Strength, is_opener, strength_of
from ventanilla.channels.email.replies.closings import is_footer
from ventanilla.channels.email.replies.lines import Line, quoted_line
from ventanilla.channels.email.replies.words import GET, SENT, plain

_MOST_FOOTER_BEGIN = 40
_LEAST_CHARS = 30
_MOST_CHARS = 400
_MOST_COLONS = 8
_MOST_STARTS = 16


def apart(lines: Sequence[Line]) -> list[Line]:
    """The same lines, those of several things broken."""
    result: list[Line] = []
    for place, line in enumerate(lines):
        begins = place == 0 or lines[place - 1].is_blank or is_footer(lines[place - 1])
        result += _broken(line, begins=begins) if _may_be_several(line) else [line]
    return result


def _may_be_several(line: Line) -> bool:
    if line.depth or len(line.said) < _LEAST_CHARS:
        return False
    head = line.said[:_MOST_CHARS]
    return "@" in head and ":" in head and any(one.isdigit() for one in head)


def _broken(line: Line, *, begins: bool) -> list[Line]:
    """Footer, attribution and what is quoted; the line itself when it is no such thing."""
    said = line.said
    compared = plain(said[:_MOST_FOOTER_BEGIN])
    is_footed = SENT.search(compared) is not None or GET.match(compared) is not None
    if not (begins or is_footed):
        return [line]
    end = -1
    for _colon in range(_MOST_COLONS):
        end = said.find(":", end + 1, _MOST_CHARS)
        if end < 0:
            return [line]
        if "@" not in said[:end] or said[end - 1].isdigit():
            continue
        below = said[end + 1 :].strip()
        if below and not any(one.isalnum() for one in below):
            return [line]
        if not (below or is_footed):
            return [line]  # nothing but an attribution
        starts = _starts(said, end, begins=begins) if is_footed else [0]
        pieces = [(said[:start].strip(), said[start : end + 1]) for start in starts]
        found = [piece for piece in pieces if _is_both(*piece) and (piece[0] or below)]
        if found:
            above, attribution = next((piece for piece in found if _begins_with_opener(piece[1])), found[0])
            result = [quoted_line(above, mark=line.mark)] if above else []
            result.append(quoted_line(attribution, mark=line.mark))
            return result + ([Line(below, below, max(line.depth, 1), line.mark)] if below else [])
    return [line]


def _is_both(above: str, attribution: str) -> bool:
    """A footer or nothing, and an attribution with its address as programs write it."""
    if not ("<" in attribution or "(" in attribution) or strength_of(attribution) is not Strength.ALONE:
        return False
    return not above or is_footer(quoted_line(above))


def _begins_with_opener(attribution: str) -> bool:
    first = attribution.split(maxsplit=1)[0]
    return first[0].isupper() and is_opener(first)


def _starts(said: str, end: int, *, begins: bool) -> list[int]:
    """Where the attribution may begin: at the beginning, or at one of the words behind a footer."""
    starts: list[int] = []
    place = 0
    while len(starts) < _MOST_STARTS:
        place = said.find(" ", place, min(end, 120)) + 1
        if place == 0:
            break
        if place > 8:
            starts.append(place)
    return [*starts, 0] if begins else starts
