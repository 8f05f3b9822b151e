"""Markdown as agents write it, drawn for each place: safe HTML, WhatsApp's marks, plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from markdown_it.token import Token
_cleaner = nh3.Cleaner(
    tags=set(
        "a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong"
        " table tbody td th thead tr ul".split()
    ),
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        "span": {"data-mention"},
    },
    allowed_classes={"span": {"mention"}},
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="deny",
    # One attribute each: with two their order would change from call to call.
    set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
    link_rel="noopener noreferrer nofollow",
)


def _parser() -> ModuleType:
    from ventanilla.kit import markdown_parser  # sixty modules that only a text to be drawn needs

    return markdown_parser


def render_html(markdown: str, *, pictures: bool = True) -> str:
    """Safe HTML. HTML inside the text is shown as written; a mention becomes `<span class="mention">`.

    Without `pictures` nothing is fetched when it is shown: each picture is a link to it.
    """
    tokens = _parser().parse(markdown)
    for token in tokens:
        if token.children:
            _mentions_as_spans(token.children)
            if not pictures:
                token.children = _pictures_as_links(token.children)
    return _cleaner.clean(_parser().html(tokens)).strip()


def _mentions_as_spans(children: Sequence[Token]) -> None:
    inside = False
    for child in children:
        if child.type == "link_open" and (match := _parser().MENTION.match(str(child.attrGet("href") or ""))):
            child.tag, inside = "span", True
            child.attrs = {"class": "mention", "data-mention": f"{match.group(1)}/{match.group(2)}"}
        elif child.type == "link_close" and inside:
            child.tag, inside = "span", False


def _pictures_as_links(children: Sequence[Token]) -> list[Token]:
    made: list[Token] = []
    depth = 0
    for child in children:
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type != "image":
            made.append(child)
            continue
        address = str(child.attrGet("src") or "")
        words = _parser().words(child.content or address)
        # A picture inside a link leads where the link leads.
        made += [words] if depth else [_parser().link_to(address), words, _parser().link_end()]
    return made


class _Writer:
    """Walks the parsed text once and writes it with the marks of one place."""

    def __init__(
        self,
        *,
        strong: str,
        emphasis: str,
        strike: str,
        code: str,
        fence: str,
        literal: Callable[[str], str] = str,
    ) -> None:
        self._literal = literal
        self._marks = {"strong": strong, "em": emphasis, "s": strike}
        self._code, self._fence = code, fence
        self._lists: list[int | None] = []

    def write(self, markdown: str) -> str:
        out: list[str] = []
        tokens = _parser().parse(markdown)
        for token in tokens:
            self._block(token, out)
        text = re.sub(r"[ \t]+\n", "\n", "".join(out))
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def _block(self, token: Token, out: list[str]) -> None:
        match token.type:
            case "inline":
                out.append(self._inline(token.children or []))
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                out.append("\n" if not self._lists else "")
            case "list_item_open":
                out.append(self._bullet())
            case "heading_open":
                out.append(self._marks["strong"])
            case "heading_close":
                out.append(self._marks["strong"] + "\n\n")
            case "paragraph_close":
                out.append("\n" if self._lists else "\n\n")
            case "blockquote_open":
                out.append("> ")
            case "fence" | "code_block":
                out.append(f"{self._fence}{token.content.rstrip()}{self._fence}\n\n")
            case "hr":
                out.append("---\n\n")
            case "th_close" | "td_close":
                out.append("  ")
            case "tr_close":
                out.append("\n")

    def _bullet(self) -> str:
        indent = "  " * (len(self._lists) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _inline(self, children: Sequence[Token]) -> str:
        out: list[str] = []
        links: list[tuple[str, int]] = []
        for child in children:
            mark = self._marks.get(child.tag, "") if child.type.endswith(("_open", "_close")) else ""
            if child.type == "link_open":
                links.append((str(child.attrGet("href") or ""), len(out)))
            elif child.type == "link_close" and links:
                out.append(_address(*links.pop(), out))
            elif mark:
                out.append(mark)
            elif child.type in {"softbreak", "hardbreak"}:
                out.append("\n")
            elif child.type == "code_inline":
                out.append(f"{self._code}{child.content}{self._code}")
            elif child.type == "image":
                out.append(" ".join(filter(None, (child.content, str(child.attrGet("src") or "")))))
            else:
                out.append(self._literal(child.content))
        return "".join(out)


def _address(href: str, since: int, out: Sequence[str]) -> str:
    """What follows the words of a link, so that its address is not lost; nothing for mentions and bare addresses."""
    shown = "".join(out[since:]).strip()
    bare = href.removeprefix("mailto:").removeprefix("tel:")
    if _parser().MENTION.match(href) or bare.rstrip("/") in {
        shown.rstrip("/"),
        f"http://{shown}".rstrip("/"),
    }:
        return ""
    return f" ({bare})"


def render_whatsapp(markdown: str) -> str:
    """WhatsApp's marks: *bold*, _italic_, ~struck~, and back-ticks for code.

    It has no sign that makes a mark a sign again, so a pair that was typed stands there in signs that look the same.
    """
    writer = _Writer(
        strong="*", emphasis="_", strike="~", code="```", fence="```", literal=_without_whatsapp_marks
    )
    return writer.write(markdown)


_WHATSAPP_PAIR = re.compile(r"(?<!\w)([*_~])(?=\S)([^*_~\n]*\S)\1(?!\w)")
_LOOKS_LIKE = {"*": "\u2217", "_": "\u02cd", "~": "\u223c"}


def _without_whatsapp_marks(text: str) -> str:
    return _WHATSAPP_PAIR.sub(lambda found: f"{_LOOKS_LIKE[found[1]]}{found[2]}{_LOOKS_LIKE[found[1]]}", text)


def render_plain(markdown: str) -> str:
    """Text without marks: for SMS, previews and the text part of a mail."""
    return _Writer(strong="", emphasis="", strike="", code="", fence="").write(markdown)
