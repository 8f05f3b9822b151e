"""Which steps there are: one for each file of `onboarding/steps/`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from ventanilla.onboarding import steps as folder
from ventanilla.onboarding.step import Step


@lru_cache(maxsize=1)
def steps() -> tuple[type[Step], ...]:
    """All of them, in their order."""
    modules = [import_module(module.name) for module in iter_modules(folder.__path__, f"{folder.__name__}.")]
    found = [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Step) and value.__module__ == module.__name__
    ]
    return tuple(sorted(found, key=lambda step: step.place))
