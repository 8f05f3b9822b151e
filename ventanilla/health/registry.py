"""Which checks there are: one for each file of the rooms' `checks` folders (settings.HEALTH_CHECKS)."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from django.conf import settings

from ventanilla.kit.health import Check

GROUPS = ("channels", "queues", "storage")


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """All of them, in the order of the page."""
    names = [
        module.name
        for folder in settings.HEALTH_CHECKS
        for module in iter_modules(import_module(folder).__path__, f"{folder}.")
    ]
    found = [
        value()
        for name in names
        for value in vars(import_module(name)).values()
        if isinstance(value, type) and issubclass(value, Check) and value.__module__ == name
    ]
    return tuple(sorted(found, key=lambda check: (GROUPS.index(check.group), check.place)))
