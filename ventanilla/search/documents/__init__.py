"""What can be found: one file for each kind, with a `DOCUMENT` that says how its words are read."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection
from functools import cache
from importlib import import_module
from typing import Protocol

from ventanilla.search.analysis import Words


class Document(Protocol):
    """A kind of thing. Its index is the table `search_<name>`, and its ids are those of the living rows."""

    name: str

    def words(self, ids: Collection[int]) -> dict[int, Words]:
        """What these living rows say; one that is gone, or is not to be found, is left out."""

    def last_id(self) -> int:
        """The highest id there is; 0 when there is none."""

    def ids(self, above: int, up_to: int) -> list[int]:
        """Which ids there are, `up_to` included."""


@cache
def documents() -> dict[str, Document]:
    """Every kind by its name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.DOCUMENT.name: module.DOCUMENT for module in modules}


def table_of(document: Document) -> str:
    """The table of its index."""
    return f"search_{document.name}"
