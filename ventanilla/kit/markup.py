"""Foreign markup written again so that parsing it costs no more than its length.

HTML's own rules for unclosed tags make forty kilobytes into a gigabyte: every paragraph opens again what was left open
before it. So what is large is first written in plain order: each element closed inside its parent, no deeper than a page
ever is. Nothing is made safe here; that is what `html` does with the outcome.
"""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser

MAX_CHARS = 2_000_000
MAX_DEPTH = 120
# Below both, the worst that unclosed tags can do is small, and what came is parsed as it is.
_FEW_TAGS = 500
_FEW_CHARS = 20_000
_TAG = re.compile(r"</?[a-zA-Z]")

_VOID = frozenset("br col hr img wbr area base embed input link meta param source track".split())


def is_void(tag: str) -> bool:
    """Whether such an element has no content and no end."""
    return tag in _VOID


_TABLE = frozenset("table tbody thead tfoot tr colgroup".split())
_ROWS = frozenset("caption col colgroup tbody thead tfoot tr td th".split())
_TABLE_ALONE = frozenset({"table"})
_SECTIONS = frozenset({"table", "tbody", "thead", "tfoot"})
_ROOMS = {
    "td": _SECTIONS | {"tr"},
    "th": _SECTIONS | {"tr"},
    "tr": _SECTIONS,
    "col": frozenset({"table", "colgroup"}),
}
# What a paragraph ends before.
_BLOCKS = frozenset(
    "address blockquote center details dd dl dt div figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre summary table"
    " ul".split()
)
_ITEMS = {"li": frozenset({"li"}), "dd": frozenset({"dd", "dt"}), "dt": frozenset({"dd", "dt"})}
_CELLS = frozenset({"td", "th", "caption"})
_LISTS = (_BLOCKS | _CELLS) - {"address", "div", "p"}  # beyond these the item that is open is another list's


def bearable(html: str, *, tags: frozenset[str], dropped: frozenset[str]) -> str:
    """The same markup, in order when it is large: of the elements `tags`, without `dropped` and what is in them."""
    if len(html) <= _FEW_CHARS and sum(1 for _match in _TAG.finditer(html)) <= _FEW_TAGS:
        return html
    writer = _Writer(tags=tags, dropped=dropped)
    return writer.written(html[:MAX_CHARS])


class Walker(HTMLParser):
    """Goes through foreign markup in order: what an element leaves open is closed at its end, and no nesting has no end.

    `opened`, `closed` and `said` are told, for the elements `tags` alone; `dropped` go with what is in them.
    """

    def __init__(self, *, tags: frozenset[str], dropped: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._tags, self._dropped = (
            tags,
            dropped - {"head"},
        )  # a head that never ends would take the text along
        self._open: list[str] = []
        self._skipping = ""
        self._skipped = 0

    def opened(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; one without content (`is_void`) is not closed."""

    def closed(self, tag: str) -> None:
        """The innermost open element ends."""

    def said(self, text: str) -> None:
        """Characters, their references resolved."""

    def styled(self, css: str) -> None:
        """What a style element holds."""

    def walk(self, html: str) -> None:
        """Go through all of it. Called once."""
        self.feed(html)
        rest = "" if self.cdata_elem else self.rawdata
        if not rest.startswith("<"):  # what was cut short inside a tag is no text
            self.handle_data(unescape(rest))
        self._close_to(0)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """As browsers take `<![…`: what ends at the next bracket. The library raises on it."""
        return self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            self._skipped += tag == self._skipping
        elif tag in self._dropped:
            if tag not in _VOID:
                self._skipping, self._skipped = tag, 1
        elif tag in self._tags and self._make_room(tag):
            self.opened(tag, attrs)
            if not is_void(tag):
                self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no such thing: the slash says nothing.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipped -= tag == self._skipping
            if not self._skipped:
                self._skipping = ""
            return
        place = self._last({tag}, until=frozenset() if tag in _TABLE else _CELLS - {tag})
        if place is not None:
            self._close_to(place)

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.said(data)
        elif self._skipping == "style":
            self.styled(data)

    def _last(self, tags: frozenset[str] | set[str], *, until: frozenset[str]) -> int | None:
        """Where the innermost of these is open, not looking out of `until`."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] in tags:
                return place
            if self._open[place] in until:
                return None
        return None

    def _close_to(self, length: int) -> None:
        while len(self._open) > length:
            self.closed(self._open.pop())

    def _make_room(self, tag: str) -> bool:
        """Close what HTML closes before such an element; whether it can stand here then."""
        if tag in _ROWS:
            place = self._last(_ROOMS.get(tag, _TABLE_ALONE), until=frozenset())
            if place is None:
                return False
            self._close_to(place + 1)
        elif self._open and self._open[-1] in _TABLE:
            return False  # between the cells: the text stays, its look goes
        else:
            if tag in _BLOCKS:
                self._close_innermost({"p"}, until=_CELLS)
            if tag in _ITEMS:
                self._close_innermost(_ITEMS[tag], until=_LISTS)
            if tag == "a":
                self._close_innermost({"a"}, until=_CELLS)
        return len(self._open) < MAX_DEPTH

    def _close_innermost(self, tags: frozenset[str] | set[str], *, until: frozenset[str]) -> None:
        place = self._last(tags, until=until)
        if place is not None:
            self._close_to(place)


class _Writer(Walker):
    """Writes it again, each element closed inside its parent, so that no later element has to open it again."""

    def __init__(self, *, tags: frozenset[str], dropped: frozenset[str]) -> None:
        super().__init__(tags=tags, dropped=dropped)
        self._out: list[str] = []

    def written(self, html: str) -> str:
        """The markup in order. Called once."""
        self.walk(html)
        return "".join(self._out)

    def opened(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = "".join(
            f' {name}="{escape(value or "")}"' for name, value in attrs if name.isascii() and name.isalpha()
        )
        self._out.append(f"<{tag}{given}>")

    def closed(self, tag: str) -> None:
        self._out.append(f"</{tag}>")

    def said(self, text: str) -> None:
        self._out.append(escape(text, quote=False))
