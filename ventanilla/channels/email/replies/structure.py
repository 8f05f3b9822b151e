"""What mail programs' HTML says of itself: which element is a quotation, a header block, a forward, a signature.

The names are those that the programs write. Programs that answer a mail write them again with a prefix of their own (`x_`,
`yiv…`, `m_-…`). Containers in which people also write their answers are quotations only as far as they hold nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import accumulate

from ventanilla.channels.email.replies.heads import divider_words, says_forwarded
from ventanilla.channels.email.replies.lines import Line, Mark, quoted_line
from ventanilla.kit.html_text import Attributes, HtmlLine, declarations, lines_from_html


class _Element(Enum):
    QUOTE = auto()  # all in it is quoted
    HOLDER = auto()  # around an attribution and its quotation, and around answers between
    ATTRIBUTION = auto()
    HEADERS = auto()
    FORWARD = auto()
    SIGNATURE = auto()
    TYPED_SIGNATURE = auto()  # where people go on writing
    SIGNATURE_BEGINS = auto()
    RULE = auto()


_NAMES = {
    _Element.QUOTE: "yahoo_quoted iosymail tutanota_quote skiff_quote ik_mail_quote mail-quote-collapse"
    " spark_quote front-blockquote"
    " missive_quote freshdesk_quote fastmail-quote ntes-mailmaster-quote mailmaster-quote bloop_original_html"
    " isreplycontent"
    " mailcontent origbody reply139content orimsghtmlseperator olk_src_body_section __quoted_text__"
    " quoted-content hs_reply"
    " email-quote outlook-quote polymail_quote mimepart_text_cite wm-quote moz-email-quote cm_replymail_content_wrap",
    _Element.HOLDER: "gmail_quote gmail_quote_container gmail_extra protonmail_quote zmail_extra messagereplysection"
    " mail-editor-reference-message-container ms-outlook-mobile-reference-message history-quote-wrapper"
    " lark-mail-quote",
    _Element.ATTRIBUTION: "gmail_attr moz-cite-prefix reply-intro adit-html-block__attr protonmail_quote_header"
    " history-quote-meta-wrapper mail-quote-header evo-attribution",
    _Element.HEADERS: "divrplyfwdmsg __headers__ outlookmessageheader moz-email-headers-table",
    _Element.FORWARD: "moz-forward-container forwardcontentmessage isforwardcontent gmail_forward"
    " history-quote-forward-title",
    _Element.SIGNATURE: "gmail_signature gmail_signature_prefix moz-signature protonmail_signature_block signature"
    " applemailsignature ms-outlook-ios-signature editorusersignature messagesignaturesection bloop_sign"
    " k9mail-signature"
    " front-signature missive_signature tutanota_signature -x-evo-signature-wrapper cm_signature ntes-pcmac-signature"
    " ntes-mailmaster-signature zmail_signature __sig_pre__ __sig_post__ signature_old mailbird-signature"
    " lark-mail-signature"
    " fastmail-signature yahoo-signature hs_signature mail-signature email-signature x-signature roundcube-signature",
    _Element.TYPED_SIGNATURE: "ms-outlook-mobile-signature",
    _Element.SIGNATURE_BEGINS: "linebreakatbeginningofsignature",
    _Element.RULE: "appendonsend stopspelling replysplit ms-outlook-mobile-body-separator-line zwchr zmail_extra_hr",
}
_BY_NAME = {name: element for element, names in _NAMES.items() for name in names.split()}
_BY_BEGINNING = {
    "zm-_id_-sgn": _Element.SIGNATURE,
    "lark-mail-quote-": _Element.HOLDER,
    "yahoo_quoted_": _Element.QUOTE,
}
_PREFIX = re.compile(r"^(?:x_|m_-?\d+|yiv\d+|ydp[0-9a-f]{6,12})+")
_NAME_ATTRIBUTES = ("id", "class", "data-marker", "name")
_WITHOUT_LINES = frozenset({_Element.RULE, _Element.QUOTE})
_MOST_NESTED = 6
_MOST_NAMES = 20
_MOST_ATTRIBUTION_LINES = 8
_MOST_ATTRIBUTION_CHARS = 600
_MOST_SIGNATURE_LINES = 40
_MOST_SIGNATURE_CHARS = 3_000
_MOST_TYPED_WORDS = 30  # in a signature people write in


def _element(tag: str, given: Attributes) -> _Element | None:
    names = _names(given)
    found = next((one for one in (_by_name(name) for name in names) if one is not None), None)
    if tag == "blockquote":
        return None if _is_indented(given, names, found) else _Element.QUOTE
    if found is not None:
        return found
    if tag == "div" and given.get("name", "").lower() == "quote":
        return _Element.QUOTE
    if tag == "hr" or (tag in {"div", "p", "td"} and _is_drawn_across(given.get("style", ""))):
        return _Element.RULE
    return None


def _names(given: Attributes) -> list[str]:
    found = [
        name for key in _NAME_ATTRIBUTES if key in given for name in given[key].lower().split()[:_MOST_NAMES]
    ]
    return [_PREFIX.sub("", name) for name in found]


def _by_name(name: str) -> _Element | None:
    return _BY_NAME.get(name) or next(
        (what for begin, what in _BY_BEGINNING.items() if name.startswith(begin)), None
    )


def _is_indented(given: Attributes, names: Iterable[str], found: _Element | None) -> bool:
    """A paragraph moved to the right by its writer: a blockquote with its border taken off."""
    if found is not None or given.get("type", "").lower() == "cite" or "cite" in given:
        return False
    border = declarations(given.get("style", "")).get("border", "")
    return "webkit-indent-blockquote" in names or border.startswith(("none", "0"))


def _is_drawn_across(style: str) -> bool:
    """Outlook's header block has a line above it: a border at the top and none elsewhere."""
    if "border-top" not in style:
        return False
    found = declarations(style)
    top = found.get("border-top", "")
    return "solid" in top and found.get("border", "none").startswith(("none", "0"))


@dataclass(slots=True)
class _Part:
    """One marked element: where its lines begin and end."""

    element: _Element
    begin: int
    end: int


def lines_of_html(html: str) -> list[Line]:
    """The lines of a mail's HTML, with what its structure says of each."""
    drawn = lines_from_html(html, mark=_element)
    parts = _parts(drawn)
    steps = [0] * (len(drawn) + 1)
    for part in parts:
        if part.element is _Element.QUOTE:
            steps[part.begin] += 1
            steps[part.end] -= 1
    depths = list(accumulate(steps[:-1]))
    marks = [Mark.NONE] * len(drawn)
    for part in parts:
        # What is marked deep inside others is history of history.
        if sum(1 for mark, _number in drawn[part.begin].within if mark not in _WITHOUT_LINES) <= _MOST_NESTED:
            _mark(part, drawn, depths, marks)
    for place, line in enumerate(drawn):
        if line.is_edge and line.within and line.within[-1][0] is _Element.RULE:
            marks[place] = Mark.RULE
    return _drawn_lines(drawn, depths, marks)


def _parts(drawn: Sequence[HtmlLine]) -> list[_Part]:
    """The marked elements in their order."""
    found: dict[int, _Part] = {}
    for place, line in enumerate(drawn):
        for mark, number in line.within:
            if (part := found.get(number)) is None:
                found[number] = _Part(mark, place, place + 1)  # type: ignore[arg-type]  # what _element gave
            else:
                part.end = place + 1
    return list(found.values())


def _mark(part: _Part, drawn: Sequence[HtmlLine], depths: list[int], marks: list[Mark]) -> None:
    places = range(part.begin, part.end)
    texts = [drawn[place].text for place in places if drawn[place].text]
    match part.element:
        case _Element.ATTRIBUTION | _Element.HEADERS | _Element.FORWARD:
            is_forward = part.element is _Element.FORWARD or any(_is_forward_line(text) for text in texts[:2])
            mark = Mark.FORWARD if is_forward else Mark[part.element.name]
            _put(mark, places, marks)
        case _Element.SIGNATURE | _Element.TYPED_SIGNATURE:
            if _is_signature(texts, is_typed=part.element is _Element.TYPED_SIGNATURE):
                _put(Mark.SIGNATURE, places, marks)
        case _Element.SIGNATURE_BEGINS:
            marks[part.begin] = Mark.SIGNATURE_BEGINS
        case _Element.HOLDER:
            _mark_holder(part, drawn, depths, marks)
        case _:
            pass


def _put(mark: Mark, places: Iterable[int], marks: list[Mark]) -> None:
    for place in places:
        if marks[place] is Mark.NONE:
            marks[place] = mark


def _is_forward_line(text: str) -> bool:
    return says_forwarded(divider_words(quoted_line(text)))


def _is_signature(texts: Sequence[str], *, is_typed: bool) -> bool:
    if len(texts) > _MOST_SIGNATURE_LINES or sum(map(len, texts)) > _MOST_SIGNATURE_CHARS:
        return False
    return not is_typed or sum(len(text.split()) for text in texts) <= _MOST_TYPED_WORDS


def _mark_holder(part: _Part, drawn: Sequence[HtmlLine], depths: list[int], marks: list[Mark]) -> None:
    """Quoted as a whole when nothing in it is marked; else what stands above its first quotation is the"
    " attribution."""
    around = depths[part.begin]
    places = range(part.begin, part.end)
    first = next((place for place in places if depths[place] > around), None)
    texts = [place for place in places if drawn[place].text and (first is None or place < first)]
    if any(_is_forward_line(drawn[place].text) for place in texts[:3]):
        _put(Mark.FORWARD, places, marks)
        return
    if any(marks[place] in {Mark.HEADERS, Mark.FORWARD, Mark.RULE} for place in places) or any(
        drawn[place].text.startswith(">") for place in places
    ):
        return  # told by what is in it
    if first is None:
        for place in places:
            depths[place] += 1
    elif (
        len(texts) <= _MOST_ATTRIBUTION_LINES
        and sum(len(drawn[place].text) for place in texts) <= _MOST_ATTRIBUTION_CHARS
    ):
        _put(Mark.ATTRIBUTION, texts, marks)


def _drawn_lines(drawn: Sequence[HtmlLine], depths: Sequence[int], marks: Sequence[Mark]) -> list[Line]:
    """Edges stay where they say something; a quoted line bears the marks that plain text has."""
    lines = []
    for one, depth, mark in zip(drawn, depths, marks, strict=True):
        if one.is_edge:
            if mark in {Mark.RULE, Mark.SIGNATURE_BEGINS}:
                lines.append(Line("", "", depth, mark))
            continue
        lines.append(quoted_line(one.text, depth=depth, mark=mark))
    _settle_blank(lines)
    for line in lines:
        if line.depth and not line.raw.startswith(">"):
            line.raw = f"{'>' * line.depth} {line.raw}".rstrip()
    return lines


def _settle_blank(lines: Sequence[Line]) -> None:
    """A blank line where a quotation begins or ends is none of it."""
    below = [0] * len(lines)
    depth = 0
    for place in range(len(lines) - 1, -1, -1):
        depth = depth if lines[place].is_blank else lines[place].depth
        below[place] = depth
    depth = 0
    for line, next_depth in zip(lines, below, strict=True):
        if line.is_blank:
            line.depth = min(depth, next_depth)
        else:
            depth = line.depth
