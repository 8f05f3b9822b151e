"""Texts that any database takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def storable(value: Any) -> Any:
    """The value, also of lists and mappings, without NUL (PostgreSQL stores none) and halves of characters (nobody does)."""
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
