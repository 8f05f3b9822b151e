"""Sentences of the command line in the operator's language (LC_ALL, LC_MESSAGES, LANG), from texts.toml."""

from __future__ import annotations

import functools
import os
import tomllib
from pathlib import Path
from typing import Any


@functools.cache
def language() -> str:
    """`es` or `en`."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "es" if value.lower().startswith("es") else "en"
    return "en"


@functools.cache
def _catalogue() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


def text(key: str, **values: object) -> str:
    """The sentence `key` with `values` filled in."""
    return str(_catalogue()[key][language()]).format(**values)
