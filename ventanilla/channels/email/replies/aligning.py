"""What the HTML says of a mail, taken over to its plain text: the two are walked side by side, word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ventanilla.channels.email.replies.lines import Line, Zone, quoted_line

_WORD = re.compile(r"\w+")
# Programs write links and pictures into the text in ways of their own.
_LINK = re.compile(
    r"[<(\[]?(?:https?://|mailto:|tel:|cid:)[^\s<>()\[\]]*[>)\]]?|\[(?:image|cid|imagen?)[^\]\n]{0,80}\]",
    re.I,
)
_RUN = 3  # so many words in a row are the same place
_REACH = 60
_MOST_MISSES = 4_000
_LEAST_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: int
    at: int


def zones_by_html(
    lines: list[Line], drawn: Sequence[Line], drawn_zones: Sequence[Zone], *, own: list[Zone]
) -> tuple[list[Line], list[Zone]]:
    """The lines of the text and their zones, by the HTML's where the two say the same; else by `own`, the text's.

    A line in which something of the writer's is followed by something else is broken there.
    """
    found = {Zone.HISTORY, Zone.FORWARDED} & set(drawn_zones)
    if set(drawn_zones) == {Zone.OWN}:
        return lines, own
    words, others = _words(lines), _words(drawn)
    matches = _matches(words, others)
    if len(matches) < _LEAST_ALIKE * min(len(words), len(others)) or len(matches) < _LEAST_ALIKE * len(
        others
    ):
        return lines, own
    by_line: list[list[tuple[int, Zone]]] = [[] for _line in lines]
    for mine, theirs in matches:
        by_line[words[mine].line].append((words[mine].at, drawn_zones[others[theirs].line]))
    if found:
        return _painted(lines, by_line)
    # The HTML knows a signature and no history: the text may know more.
    broken, zones = _painted(lines, by_line)
    if len(broken) != len(lines):
        return lines, own
    return lines, [theirs if mine is Zone.OWN else mine for mine, theirs in zip(own, zones, strict=True)]


def _words(lines: Sequence[Line]) -> list[_Word]:
    found = []
    for place, line in enumerate(lines):
        said = _LINK.sub(lambda match: " " * len(match[0]), line.raw)
        found += [_Word(match[0].casefold(), place, match.start()) for match in _WORD.finditer(said)]
    return found


def _matches(mine: Sequence[_Word], theirs: Sequence[_Word]) -> list[tuple[int, int]]:
    """Pairs of the same word, in order. After a difference the nearest place where a few words in a row agree."""
    found: list[tuple[int, int]] = []
    a = [word.text for word in mine]
    b = [word.text for word in theirs]
    one = other = misses = 0
    while one < len(a) and other < len(b):
        if a[one] == b[other]:
            found.append((one, other))
            one, other = one + 1, other + 1
            continue
        misses += 1
        if misses > _MOST_MISSES:
            return []
        one, other = _next_agreement(a, b, one, other)
    return found


def _next_agreement(a: list[str], b: list[str], one: int, other: int) -> tuple[int, int]:
    """The least number of words to leave out of either so that they go on alike; one of each when nothing is near."""
    for skipped in range(1, _REACH):
        for left, right in ((one + skipped, other), (one, other + skipped), (one + skipped, other + skipped)):
            if a[left : left + _RUN] == b[right : right + _RUN] and left < len(a) and right < len(b):
                return left, right
    return one + 1, other + 1


def _painted(
    lines: Sequence[Line], by_line: Sequence[list[tuple[int, Zone]]]
) -> tuple[list[Line], list[Zone]]:
    """Each line with the zone of its words; one without words goes with its neighbours."""
    result: list[Line] = []
    zones: list[Zone | None] = []
    for line, words in zip(lines, by_line, strict=True):
        if not words:
            result.append(line)
            zones.append(None)
            continue
        first, last = words[0][1], words[-1][1]
        change = next((at for at, zone in words if zone is not first), None)
        if (
            change
            and first in {Zone.OWN, Zone.FOOTER}
            and first is not last
            and all(z is last for at, z in words if at >= change)
        ):
            result += [quoted_line(line.raw[:change].rstrip()), quoted_line(line.raw[change:])]
            zones += [first, last]
        else:
            result.append(line)
            zones.append(max((zone for _at, zone in words), key=[zone for _at, zone in words].count))
    return result, _filled(result, zones)


def _filled(lines: Sequence[Line], zones: list[Zone | None]) -> list[Zone]:
    """Where neighbours differ, quoted lines and rules go with what is below, the rest with what is above."""
    filled: list[Zone] = []
    below: list[Zone | None] = [None] * len(zones)
    following: Zone | None = None
    for place in range(len(zones) - 1, -1, -1):
        following = zones[place] or following
        below[place] = following
    above: Zone | None = None
    for line, zone, next_zone in zip(lines, zones, below, strict=True):
        if zone is None:
            goes_on = bool(line.depth) or not any(one.isalnum() for one in line.said)
            zone = (next_zone if goes_on else above) or above or next_zone or Zone.OWN
        else:
            above = zone
        filled.append(zone)
    return filled
