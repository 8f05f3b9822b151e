"""Sentences of the scripts in the reader's language, from texts.toml."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TextIO

_TEXTS = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


class Problem(Exception):
    """Something the person must fix; `key` names the sentence in texts.toml."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def language() -> str:
    """`es` or `en`, by the usual variables."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "es" if value.lower().startswith("es") else "en"
    return "en"


def text(key: str, **values: object) -> str:
    """The sentence `key` with its values filled in."""
    return str(_TEXTS[key][language()]).format(**values)


def say(key: str, *, stream: TextIO | None = None, **values: object) -> None:
    """Print the sentence `key` at once."""
    print(text(key, **values), file=stream or sys.stdout, flush=True)
