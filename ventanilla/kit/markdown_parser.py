"""The parser of Markdown, set as we want it. A module of its own, because the library takes its time to load: it comes
with the first text that is drawn (kit.markdown).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MENTION = re.compile(r"^mention://(user|team)/(\d+)(?:/|$)")
_parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
    ["linkify", "strikethrough", "table"]
)
_unlinked = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"])
# A mention is an address of ours, so it must pass the parser's own check of link schemes.
_parser_validate = _parser.validateLink
for _each in (_parser, _unlinked):
    _each.inline.ruler.before(
        "emphasis", "between_digits", lambda state, silent: _between_digits(state, silent=silent)
    )
    _each.validateLink = lambda url: bool(MENTION.match(url)) or _parser_validate(url)  # type: ignore[method-assign]
# Addresses in one word. The search for them reads the rest of the word for each.
_MAX_CHAINED = 20
# The search reads the rest of the line for each beginning of an address that turns out to be none: so many characters
# at most. Lines of people stay far below: 60 addresses in a line of 10,000 characters are 600,000.
_MAX_READ = 5_000_000


def _between_digits(state: StateInline, *, silent: bool) -> bool:
    """`10*20*30`: stars between digits are signs, not marks."""
    text, begin = state.src, state.pos
    end = begin
    while end < state.posMax and text[end] == "*":
        end += 1
    if end == begin or not text[max(begin - 1, 0)].isdigit() or not text[end : end + 1].isdigit():
        return False
    if not silent:
        state.pending += text[begin:end]
    state.pos = end
    return True


def parse(markdown: str) -> list[Token]:
    """The text as tokens."""
    return (_parser if _may_be_linked(markdown) else _unlinked).parse(markdown)


def _may_be_linked(markdown: str) -> bool:
    """Whether looking for bare addresses costs little; beyond it they are shown as text."""
    if any(word.count("//") > _MAX_CHAINED for word in markdown.split()):
        return False
    return sum(line.count("//") * len(line) for line in markdown.split("\n")) <= _MAX_READ


def html(tokens: Sequence[Token]) -> str:
    """The tokens as HTML, which is still to be cleaned."""
    return str(_parser.renderer.render(tokens, _parser.options, {}))


def words(text: str) -> Token:
    """Plain words."""
    return Token("text", "", 0, content=text)


def link_to(address: str) -> Token:
    """The beginning of a link."""
    return Token("link_open", "a", 1, attrs={"href": address})


def link_end() -> Token:
    """The end of a link."""
    return Token("link_close", "a", -1)
