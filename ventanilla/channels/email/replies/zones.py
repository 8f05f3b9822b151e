"""What becomes of each line: the writer's own, passed on, history, signature, footer.

Two errors are possible. Too little cut is a nuisance; too much hides what a person wrote. Where they are weighed, the second
weighs more: what is between two quotations makes both of them stay, and a text without marks is history only below a line
that can be nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.channels.email.replies import closings
from ventanilla.channels.email.replies.heads import is_rule
from ventanilla.channels.email.replies.lines import Line, Mark, Zone
from ventanilla.channels.email.replies.segments import Kind, Segment, segments_of


def zones_of(lines: Sequence[Line], *, is_forward: bool, writer: frozenset[str]) -> list[Zone]:
    """The zone of each line. `is_forward`: the subject says that the mail was passed on."""
    zones = [Zone.OWN] * len(lines)
    segments = segments_of(lines, is_forward=is_forward)
    _close(lines, segments, zones, writer)
    for segment in segments:
        if segment.is_forward:
            _paint(zones, segment, Zone.FORWARDED)
    if _has_own(lines, segments, zones):
        _fold(lines, segments, zones)
    elif not any(segment.is_forward for segment in segments):
        _show_closings(zones)
        if _has_own(lines, segments, zones):
            _fold(lines, segments, zones)
    return zones


def _paint(zones: list[Zone], segment: Segment, zone: Zone) -> None:
    for place in range(segment.begin, segment.end):
        zones[place] = zone


def _show_closings(zones: list[Zone]) -> None:
    """There is nothing else of the writer's."""
    for place, zone in enumerate(zones):
        if zone in {Zone.SIGNATURE, Zone.FOOTER}:
            zones[place] = Zone.OWN


def _is_own(lines: Sequence[Line], zones: Sequence[Zone], segment: Segment) -> bool:
    """Whether the writer says something in it, apart from signatures."""
    return segment.kind is Kind.OWN and any(
        zones[place] is Zone.OWN and not lines[place].is_blank and not is_rule(lines[place])
        for place in range(segment.begin, segment.end)
    )


def _has_own(lines: Sequence[Line], segments: Sequence[Segment], zones: Sequence[Zone]) -> bool:
    return any(_is_own(lines, zones, segment) for segment in segments)


def _fold(lines: Sequence[Line], segments: Sequence[Segment], zones: list[Zone]) -> None:
    """History is what no one answered between: all of it, unless the writer's words stand among several quotations."""
    own = [place for place, segment in enumerate(segments) if _is_own(lines, zones, segment)]
    quotes = [
        place
        for place, segment in enumerate(segments)
        if segment.kind is not Kind.OWN and not segment.is_forward
    ]
    answered = [place for place in quotes if place < own[-1]]
    is_between = bool(answered) and any(answered[0] < place < answered[-1] for place in own)
    for place in quotes:
        # "You wrote that … > …, but …": part of what is said.
        is_cited = not segments[place].is_announced and own[0] < place
        if place < own[-1] and (is_between or is_cited):
            continue
        _paint(zones, segments[place], Zone.HISTORY)


def _close(
    lines: Sequence[Line], segments: Sequence[Segment], zones: list[Zone], writer: frozenset[str]
) -> None:
    """Signatures and footers at the end of what the writer says, wherever that is."""
    for segment in segments:
        if segment.kind is not Kind.OWN:
            continue
        for line in range(segment.begin, segment.end):
            if lines[line].mark is Mark.SIGNATURE:
                zones[line] = Zone.SIGNATURE
        _close_one(lines, segment, zones, writer)


def _close_one(lines: Sequence[Line], segment: Segment, zones: list[Zone], writer: frozenset[str]) -> None:
    end = segment.end
    for _footer in range(2):
        last = next(
            (place for place in range(end - 1, segment.begin - 1, -1) if not lines[place].is_blank), None
        )
        if last is None or not closings.is_footer(lines[last]) or zones[last] is Zone.SIGNATURE:
            break
        zones[last] = Zone.FOOTER
        end = last
    start = closings.signature_start(lines[segment.begin : end], writer=writer)
    if start is not None:
        for place in range(segment.begin + start, end):
            zones[place] = Zone.SIGNATURE
