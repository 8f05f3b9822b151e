"""The bodies of a mail as one text: each said once, and none left out.

A text and an HTML say the same where the mail offers them as a choice (RFC 2046 §5.1.4). Where they stand one after another
they are two: the HTML that someone wrote, and the text that a list or a scanner put under it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ventanilla.kit.html_text import text_from_html

_MOST_WORDS = 40  # a text that only stands in for the HTML says no more than that
_SAME = 0.7  # of its words a text has this part in common with the HTML that says the same
_WORD = re.compile(r"\w+")
# What programs write for links and pictures, which the HTML has in its tags.
_NO_WORDS = re.compile(r"\bhttps?://\S+|\bwww\.\S+|\[[^\[\]\n]{0,300}\]|<[^<>\s]{1,300}>")


@dataclass(frozen=True, slots=True)
class Body:
    """A part that is read. `choice`: which multipart/alternative it is offered in, by number; 0 for none."""

    content: str
    choice: int
    is_html: bool = False


def texts_of(bodies: Sequence[Body]) -> list[str]:
    """The mail's texts in their order, with what stands in HTML alone; nothing where all of it is in HTML."""
    said = [
        body for body in bodies if not body.is_html and body.content.strip() and not _stands_in(body, bodies)
    ]
    if not said:
        return []
    chosen = {body.choice for body in said if body.choice}
    known = {word for body in said for word in _words(body.content)}
    texts = []
    for body in bodies:
        if body in said:
            texts.append(body.content)
        elif body.is_html and body.choice not in chosen:
            text = text_from_html(body.content)
            words = _words(text)
            if text.strip() and not (words and _is_said(words, known)):
                texts.append(text)
    return texts


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(_NO_WORDS.sub(" ", text))}


def _is_said(words: set[str], known: set[str]) -> bool:
    return len(words & known) >= _SAME * len(words)


def _stands_in(text: Body, bodies: Sequence[Body]) -> bool:
    """Whether it says "Your program does not show HTML": short, and offered for an HTML which says something else."""
    words = _words(text.content)
    if not text.choice or not words or len(text.content.split()) > _MOST_WORDS:
        return False
    offered = [body.content for body in bodies if body.is_html and body.choice == text.choice]
    shown = {word for html in offered for word in _words(text_from_html(html))}
    return 2 * len(shown) >= len(words) and not _is_said(words, shown)
