"""Texts that any database takes, and keys as people see them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any


def storable(value: Any) -> Any:
    """The value, also of lists and mappings, without NUL (PostgreSQL stores none) and halves of characters (no one does)."""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace").decode()
        return text
    if isinstance(value, Mapping):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def seen(text: str | None) -> str:
    """The text without blanks around it and without what no one sees in it (joiners, directions, soft hyphens).

    It comes along when an address or a number is copied from a page, and with it one key would pass for another.
    """
    kept = text or ""
    if not kept.isascii():
        kept = "".join(char for char in kept if unicodedata.category(char) != "Cf")
    return kept.strip()
