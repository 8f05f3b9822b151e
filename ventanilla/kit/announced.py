"""What Python packages announce for Ventanilla: entry points of the groups below. Nothing of them is imported here.

A package says in its pyproject.toml, for example:

    [project.entry-points."ventanilla.channels"]
    pigeon = "ventanilla_pigeon.channel:channel"
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import Distribution, EntryPoint, distributions

CHANNELS, ACTIONS, METRICS, INTEGRATIONS, IMPORTERS = GROUPS = (
    "ventanilla.channels",
    "ventanilla.actions",
    "ventanilla.metrics",
    "ventanilla.integrations",
    "ventanilla.importers",
)


@dataclass(frozen=True)
class Package:
    """An installed package that brings something along. `gives`: its entry points, by group and name."""

    name: str
    version: str
    summary: str
    gives: tuple[EntryPoint, ...]


@lru_cache(maxsize=1)
def packages() -> tuple[Package, ...]:
    """All of them by name, each once: the first on Python's path is the one that is imported."""
    found: dict[str, Package] = {}
    for one in distributions():
        gives = tuple(point for point in one.entry_points if point.group in GROUPS)
        if gives and _name(one) not in found:
            found[_name(one)] = Package(_name(one), one.version, one.metadata["Summary"] or "", gives)
    return tuple(found[name] for name in sorted(found))


def _name(one: Distribution) -> str:
    return str(one.metadata["Name"]).lower().replace("_", "-")
