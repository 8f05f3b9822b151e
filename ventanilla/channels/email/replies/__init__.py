"""What the writer wrote, apart from the history they quote, what they pass on, and the signature under it.

`lines` and `structure` read the text and the HTML; `attributions`, `heads` and `closings` know by its form what stands above
and below; `segments` finds the parts, `zones` decides what becomes of them, `aligning` takes what the HTML says over to the
text. Nothing is lost: what is not shown is kept beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ventanilla.channels.email.replies.aligning import zones_by_html
from ventanilla.channels.email.replies.closings import words_of
from ventanilla.channels.email.replies.lines import Line, Zone, lines_of_text
from ventanilla.channels.email.replies.one_liners import apart
from ventanilla.channels.email.replies.structure import lines_of_html
from ventanilla.channels.email.replies.zones import zones_of

MAX_CHARS = 200_000  # beyond this the text is cut before it is parsed: no one writes that, and patterns take their time


@dataclass(frozen=True)
class Parts:
    """`reply`: what was written now, and what was passed on. The others: what stood around it, each possibly empty.

    `cut`: the one of them that ends before the mail does, because that is too long; else "".
    """

    reply: str
    signature: str = ""
    footer: str = ""
    history: str = ""
    is_forward: bool = False
    cut: str = ""


_NAMES = {
    Zone.OWN: "reply",
    Zone.FORWARDED: "reply",
    Zone.HISTORY: "history",
    Zone.SIGNATURE: "signature",
    Zone.FOOTER: "footer",
}


def split_reply(text: str, html: str = "", *, is_forward: bool = False, writer: str = "") -> Parts:
    """Split a mail's text, by what its HTML says of it where there is one.

    Without a text the HTML's own lines are split. `is_forward`: the subject says that the mail was passed on; `writer`: the
    name of who wrote it. A mail that is all quotation keeps it as the reply: there is nothing else to show.
    """
    names = words_of(writer)
    lines = apart(lines_of_text(_clean(text))) if text.strip() else []
    drawn, is_drawn_cut = _bounded(lines_of_html(html)) if html.strip() else ([], False)
    drawn = apart(drawn)
    if not drawn:
        zones = zones_of(lines, is_forward=is_forward, writer=names)
        return _parts(lines, zones, is_cut=len(text) > MAX_CHARS)
    drawn_zones = zones_of(drawn, is_forward=is_forward, writer=names)
    if not lines:
        return _parts(drawn, drawn_zones, is_cut=is_drawn_cut)
    lines, zones = zones_by_html(
        lines, drawn, drawn_zones, own=zones_of(lines, is_forward=is_forward, writer=names)
    )
    return _parts(lines, zones, is_cut=len(text) > MAX_CHARS)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")[:MAX_CHARS].strip("\n")


def _bounded(lines: list[Line]) -> tuple[list[Line], bool]:
    """As many as are read, and whether there were more."""
    chars = 0
    for place, line in enumerate(lines):
        chars += len(line.raw) + 1
        if chars > MAX_CHARS:
            return lines[:place], True
    return lines, False


def _parts(lines: Sequence[Line], zones: Sequence[Zone], *, is_cut: bool) -> Parts:
    def of(*wanted: Zone) -> str:
        return _joined(lines, zones, frozenset(wanted))

    reply = of(Zone.OWN, Zone.FORWARDED)
    return Parts(
        reply.strip(),
        signature=of(Zone.SIGNATURE).strip(),
        footer=of(Zone.FOOTER).strip(),
        history=of(Zone.HISTORY).strip("\n"),
        is_forward=Zone.FORWARDED in zones,
        cut=_NAMES[zones[-1]] if is_cut and zones else "",
    )


def _joined(lines: Sequence[Line], zones: Sequence[Zone], wanted: frozenset[Zone]) -> str:
    """The lines of these zones; where others stood between, one blank line."""
    taken: list[str] = []
    is_apart = False
    for line, zone in zip(lines, zones, strict=True):
        if zone not in wanted:
            is_apart = bool(taken)
        elif not (is_apart and line.is_blank):
            if is_apart:
                while taken and not taken[-1].strip():
                    taken.pop()
                taken.append("")
                is_apart = False
            taken.append(line.raw)
    return "\n".join(taken)
