"""Which language a conversation's customer is spoken to by what the inbox says by itself (decision Q-19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ventanilla.inboxes.marks import ConversationMarks
from ventanilla.kit import languages


def language_of(attributes: Mapping[str, Any], *, account_locale: str) -> str:
    """The visitor's language as far as they told one by their browser or page, else the account's."""
    return languages.choose(ConversationMarks(attributes).widget_language, otherwise=account_locale)
