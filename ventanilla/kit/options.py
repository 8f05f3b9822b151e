"""A setting that the operator gives by an environment variable: its name, default, meaning, and how it is read.

The product's own stand in `config.environment`; those of one channel alone in `options.py` of the channel's folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PREFIX = "VENTANILLA_"


@dataclass(frozen=True)
class Option:
    """One setting: `name` without the prefix, `default` as an operator would write it, and what it does."""

    name: str
    default: str
    read: Callable[[str], Any]
    help: str
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return PREFIX + self.name
