"""Subjects of mails: what stands before them, and the line they must be."""

from __future__ import annotations

import re
import unicodedata

MAX_SUBJECT_CHARS = (
    500  # a header line ends at 998 bytes (RFC 5322 §2.1.1); encoded words take up to twice the characters
)

# Prefixes that mail programs put before a subject, in the languages we meet, and the number of our own letters.
_REPLY = re.compile(r"^\s*(?:re|rv|aw|sv|antw|r)\s*(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_ANY = re.compile(
    r"^\s*(?:(?:re|rv|aw|sv|antw|r|fwd?|wg|enc|tr|i)\s*(?:\[\d+\])?\s*:|\[#\d+\])\s*", re.IGNORECASE
)

_NEVER = frozenset({"Cc", "Zl", "Zp", "Cs"})  # controls, line ends, halves of characters


def _without(prefix: re.Pattern[str], subject: str) -> str:
    text = " ".join(subject.split())
    while (match := prefix.match(text)) is not None:
        text = text[match.end() :]
    return text.strip()


def without_reply_prefix(subject: str) -> str:
    """Without `Re:` and its like, on one line."""
    return _without(_REPLY, subject)


def without_prefixes(subject: str) -> str:
    """Without `Re:`, `Fwd:` and our number, on one line."""
    return _without(_ANY, subject)


def bare_subject(subject: str) -> str:
    """The same in lower case, for comparison."""
    return without_prefixes(subject).lower()


def is_subject(text: str) -> bool:
    """Whether it can stand in a mail's header as it is: one line of characters, neither empty nor too long."""
    return 0 < len(text.strip()) <= MAX_SUBJECT_CHARS and not any(
        unicodedata.category(character) in _NEVER for character in text
    )
