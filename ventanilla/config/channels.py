"""The channels that come with the product, and the operator's settings that each brings along.

A channel's `options.py` is read before anything else is: it has `OPTIONS`, and `settings_of(given)` for what the channel
makes of them under other names. It imports only the standard library, `kit.options` and `kit.setting_values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from ventanilla.kit.options import Option

# Each is a folder with a `channel` object that keeps inboxes.channel's promises.
CHANNELS = [
    "ventanilla.channels.webchat",
    "ventanilla.channels.email",
    "ventanilla.channels.api",
]


@lru_cache(maxsize=64)
def _options_module(path: str) -> ModuleType | None:
    """`options.py` of a channel's folder, alone: the channel itself can only be imported once Django knows its settings."""
    found = find_spec(path)
    folders = found.submodule_search_locations if found is not None else None
    for folder in folders or ():
        file = Path(folder) / "options.py"
        spec = spec_from_file_location(f"{path}.options", file) if file.is_file() else None
        if spec is not None and spec.loader is not None:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    return None


def _modules(paths: Iterable[str]) -> Iterator[ModuleType]:
    for path in paths:
        if (module := _options_module(path)) is not None:
            yield module


def options() -> tuple[Option, ...]:
    """The settings of all channels."""
    return tuple(option for module in _modules(CHANNELS) for option in module.OPTIONS)


def settings_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes Django's settings: each option under its name, and what a channel makes of them."""
    found: dict[str, Any] = {}
    for module in _modules(CHANNELS):
        found |= {option.name: given[option.name] for option in module.OPTIONS}
        if hasattr(module, "settings_of"):
            found |= module.settings_of(given)
    return found
