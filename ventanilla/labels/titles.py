"""A label's title as it is kept, whoever names it: one word of people for one label.

Conversations and contacts take any word there is something to see of, with spaces, commas or slashes; the narrower rule
of contract B.6 is for labels that are made in settings (commands.create_label).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_TITLE_CHARS = 255
# Letters of Persian and people in pictures are joined by signs that no one sees. Elsewhere such a sign would make a second
# label that looks like the first.
_JOINS = frozenset("\u200c\u200d")
_JOINER = re.compile(r"(?<![^\x00-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\u024f])")


def stored_title(given: object) -> str:
    """The word in lower case, one way of writing its accents, without blanks around it and signs that no one sees; "" when
    nothing is to be seen of it.
    """
    text = unicodedata.normalize("NFC", str(given))
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    text = _JOINER.sub(
        "", "".join(char for char in text if char in _JOINS or unicodedata.category(char) != "Cf")
    )
    seen = any(char.isprintable() and not char.isspace() for char in text)
    return unicodedata.normalize("NFC", text.strip().lower()) if seen else ""


def stored_titles(given: Iterable[object]) -> list[str]:
    """Each word once, in the order given; what says nothing is left out (a form's word for "none of them")."""
    return [title for title in dict.fromkeys(stored_title(one) for one in given) if title]
