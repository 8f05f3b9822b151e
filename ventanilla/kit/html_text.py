"""The text a person would read in foreign HTML, line by line. What no reader sees is no text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ventanilla.kit.markup import MAX_CHARS, Walker, is_void

Attributes = dict[str, str]
Mark = Callable[[str, Attributes], object | None]

_BLOCKS = frozenset(
    "address article aside blockquote center details dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr legend li main nav ol p pre section summary table tr ul".split()
)
_SPACED = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre dl".split())
_TAGS = _BLOCKS | frozenset(
    "a abbr b bdi bdo big br caption cite code col colgroup del em font i img ins kbd mark q s samp small span strike strong"
    " sub sup tbody td tfoot th thead time tt u var body button label".split()
)
# Gone with what is inside them: what they hold is not text for people.
_DROPPED = frozenset(
    "script style title head noscript template iframe object embed svg math textarea select audio video".split()
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
# Nothing is drawn of these; a line of nothing else fills the preview of a newsletter.
_UNSEEN = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\ufeff]*")
_MAX_STYLE_CHARS = 2_000
_MAX_CSS_CHARS = 200_000
_SIZE = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|cm|mm|in)?")
_BRACE = re.compile(r"[{}]")
_SELECTOR = re.compile(r"\s*[a-z0-9]*([.#][\w-]+)\s*")


@dataclass(slots=True)
class HtmlLine:
    """One line. `within`: the marks of the elements around it, outermost first, each with a number of its own.

    Where a marked element begins stands a line without text (`is_edge`), even if nothing is in it.
    """

    text: str
    within: tuple[tuple[object, int], ...] = ()
    is_edge: bool = False


def lines_from_html(html: str, *, mark: Mark | None = None) -> list[HtmlLine]:
    """The lines, blank ones among them. `mark` says what an element is, by its name and attributes; None: nothing."""
    maker = _LineMaker(mark)
    maker.walk(html[:MAX_CHARS])
    maker.flush()
    return maker.lines


def text_of_lines(lines: list[str]) -> str:
    """One text: no two blank lines in a row, none at its ends."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def text_from_html(html: str) -> str:
    """The text a person would read, with line breaks where blocks begin and end."""
    return text_of_lines([line.text for line in lines_from_html(html) if not line.is_edge]).strip()


@dataclass(slots=True)
class _Frame:
    """What an open element does to the text in it."""

    gone: bool = False
    too_small: bool = False
    invisible: bool = False
    pre: bool = False
    marked: bool = False


class _LineMaker(Walker):
    """Blocks on their own lines, list items with a dash, links with their address."""

    def __init__(self, mark: Mark | None) -> None:
        super().__init__(tags=_TAGS, dropped=_DROPPED)
        self.lines: list[HtmlLine] = []
        self._mark = mark
        self._within: tuple[tuple[object, int], ...] = ()
        self._marks = 0
        self._frames = [_Frame()]
        self._now: list[str] = []
        self._is_pre = False
        self._spaced = False
        self._link: list[str] = []
        self._address = ""
        self._was_text = False  # the line before is one, so that a blank one may follow
        self._css: list[str] = []
        self._css_chars = 0
        self._hidden: set[str] = set()

    # ── what the walk tells ──────────────────────────────────────────────────────────────────────────

    def opened(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        frame = self._frame(tag, given)
        if not frame.gone:
            mark = self._mark(tag, given) if self._mark is not None else None
            if tag in _BLOCKS or mark is not None:
                self._break(spaced=tag in _SPACED)
            if mark is not None:
                self._enter(mark, stays=not is_void(tag))
                frame.marked = not is_void(tag)
            self._draw(tag, given)
        if not is_void(tag):
            self._frames.append(frame)

    def closed(self, tag: str) -> None:
        frame = self._frames.pop()
        if frame.gone:
            return
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS or frame.marked:
            self._break(spaced=tag in _SPACED)
        if frame.marked:
            self._within = self._within[:-1]

    def said(self, text: str) -> None:
        frame = self._frames[-1]
        if frame.gone or frame.too_small or frame.invisible:
            return
        if not frame.pre:
            self._say(_SPACES.sub(" ", text))
            return
        first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._say(first, pre=True)
        for line in others:
            self.flush(even_empty=True)
            self._say(line, pre=True)

    def styled(self, css: str) -> None:
        self._css_chars += len(css)
        if self._css_chars <= _MAX_CSS_CHARS:
            self._css.append(css)

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────

    def flush(self, *, even_empty: bool = False) -> None:
        """End the line that is being written."""
        text = "".join(self._now).replace("\xa0", " ")
        text = text.rstrip() if self._is_pre else re.sub(r" {2,}", " ", text).strip()
        self._now, self._is_pre = [], False
        if _UNSEEN.fullmatch(text):
            text = ""
        if not text and not even_empty:
            return
        if self._spaced and self._was_text:
            self.lines.append(HtmlLine("", self._within))
        self._spaced = False
        self._was_text = bool(text)
        self.lines.append(HtmlLine(text, self._within))

    def _say(self, text: str, *, pre: bool = False) -> None:
        if text:
            self._is_pre = self._is_pre or (pre and not self._now)
            self._now.append(text)
            if self._address:
                self._link.append(text)

    def _break(self, *, spaced: bool) -> None:
        self.flush()
        self._spaced = self._spaced or spaced

    def _enter(self, mark: object, *, stays: bool) -> None:
        self._marks += 1
        within = (*self._within, (mark, self._marks))
        self.lines.append(HtmlLine("", within, is_edge=True))
        if stays:
            self._within = within

    def _draw(self, tag: str, given: Attributes) -> None:
        if tag == "br":
            self.flush(even_empty=True)
        elif tag == "a":
            self._link, self._address = [], given.get("href", "")
        elif tag == "img":
            self.said(given.get("alt", ""))
        elif tag in {"td", "th"}:
            self._say(" ")
        elif tag == "li":
            self._say("- ")

    def _end_link(self) -> None:
        shown = "".join(self._link).strip()
        address, self._address, self._link = self._address, "", []
        if not address.lower().startswith(("http:", "https:", "mailto:", "tel:")):
            return
        frame = self._frames[-1]
        bare = address.removeprefix("mailto:").removeprefix("tel:")
        if frame.too_small or frame.invisible or not bare:
            return
        if bare.rstrip("/") not in {shown.rstrip("/"), f"https://{shown}".rstrip("/")}:
            self._say(f" ({bare})" if shown else bare)

    # ── what is not seen ─────────────────────────────────────────────────────────────────────────────

    def _frame(self, tag: str, given: Attributes) -> _Frame:
        around = self._frames[-1]
        if around.gone or "hidden" in given or self._is_hidden_by_sheet(given):
            return _Frame(gone=True)
        # A table begins with the size of the page (HTML's rules without a doctype, which mails seldom have).
        too_small = around.too_small and tag != "table"
        frame = _Frame(False, too_small, around.invisible, around.pre or tag == "pre")
        if style := given.get("style", ""):
            _apply(declarations(style), tag, frame)
        if tag == "font" and "size" in given:
            frame.too_small = False
        return frame

    def _is_hidden_by_sheet(self, given: Attributes) -> bool:
        if self._css:
            _note_hidden("".join(self._css), self._hidden)
            self._css = []
        if not self._hidden:
            return False
        if f"#{given.get('id', '')}" in self._hidden or any(
            f".{name}" in self._hidden for name in given.get("class", "").split()
        ):
            shown = given.get("style", "").lower()
        else:
            return False
        return "display" not in shown


def declarations(style: str) -> dict[str, str]:
    """Property and value of an inline style, in lower case."""
    found = {}
    for part in style[:_MAX_STYLE_CHARS].lower().split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def _apply(style: dict[str, str], tag: str, frame: _Frame) -> None:
    frame.gone = _is_gone(style, tag)
    if "visibility" in style:
        frame.invisible = style["visibility"] in {"hidden", "collapse"}
    if (size := style.get("font-size")) is not None and (match := _SIZE.match(size)) is not None:
        number, unit = float(match[1]), match[2] or "px"
        if unit in {"em", "%", "ex"}:
            frame.too_small = frame.too_small or number == 0
        else:
            frame.too_small = number == 0 or (unit in {"px", "pt"} and number < 2)
    elif size:
        frame.too_small = frame.too_small and size in {"inherit", "smaller", "larger"}
    if (white := style.get("white-space")) is not None:
        frame.pre = white.startswith(("pre", "break-spaces"))


def _is_gone(style: dict[str, str], tag: str) -> bool:
    """Neither it nor what is in it is drawn."""
    if style.get("display", "").startswith("none"):
        return True
    # Buttons are written twice, for Outlook and hidden from it: a link that only Outlook hides is seen by the others.
    if style.get("mso-hide") == "all" and tag != "a":
        return True
    if (opacity := _number(style.get("opacity"))) is not None and opacity < 0.05:
        return True
    if style.get("overflow", "").startswith("hidden") and any(
        _number(style.get(name)) == 0 for name in ("max-height", "height", "max-width", "width")
    ):
        return True
    if style.get("position") in {"absolute", "fixed"}:
        if any((_number(style.get(name)) or 0) <= -500 for name in ("left", "top", "right", "bottom")):
            return True
        if "clip" in style and re.search(r"rect\(\s*0", style["clip"]):
            return True
    return any(
        (_number(style.get(name)) or 0) <= -500 for name in ("text-indent", "margin-left", "margin-top")
    )


def _number(value: str | None) -> float | None:
    if value is None or (match := _SIZE.match(value)) is None:
        return None
    return float(match[1])


def _note_hidden(css: str, hidden: set[str]) -> None:
    """The classes and ids that plain rules of a style sheet hide. Rules for some screens only (@media) do not count."""
    position = 0
    css = _without_comments(css).lower()
    while (brace := css.find("{", position)) >= 0:
        selector = css[position:brace].strip()
        if selector.startswith("@"):
            position = _end_of_block(css, brace)
            continue
        end = css.find("}", brace)
        end = len(css) if end < 0 else end
        style = declarations(css[brace + 1 : end])
        position = end + 1
        if "display" not in style and "visibility" not in style and "mso-hide" not in style:
            continue
        names = [match[1] for one in selector.split(",") if (match := _SELECTOR.fullmatch(one)) is not None]
        gone = style.get("display") == "none" or style.get("visibility") == "hidden"
        hidden.update(names) if gone else hidden.difference_update(names)


def _end_of_block(css: str, brace: int) -> int:
    depth = 0
    for match in _BRACE.finditer(css, brace):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(css)


def _without_comments(css: str) -> str:
    css = css.replace("<!--", "").replace("-->", "")  # written for browsers that knew no style element
    pieces, position = [], 0
    while (begin := css.find("/*", position)) >= 0:
        pieces.append(css[position:begin])
        end = css.find("*/", begin + 2)
        if end < 0:
            return "".join(pieces)
        position = end + 2
    pieces.append(css[position:])
    return "".join(pieces)
