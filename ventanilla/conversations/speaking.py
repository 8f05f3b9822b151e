"""Which language a conversation's customer is spoken to by what the inbox says by itself (decision Q-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ventanilla.kit import languages

# Among a conversation's additional attributes: what the visitor's frame spoke when they last wrote.
WIDGET_LANGUAGE = "widget_language"


def language_of(attributes: Mapping[str, Any], *, account_locale: str) -> str:
    """The visitor's language as far as they told one by their browser or page, else the account's."""
    told = attributes.get(WIDGET_LANGUAGE)
    return languages.choose(told if isinstance(told, str) else "", otherwise=account_locale)
