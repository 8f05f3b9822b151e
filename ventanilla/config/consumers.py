"""Who reads the log, who works by the clock, and whose trays the worker empties: what the rooms' manifests name, made."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from ventanilla.config.rooms import manifests
from ventanilla.events import timed
from ventanilla.events.consumer import Consumer


def make_consumers() -> list[Consumer]:
    """One fresh instance of each consumer."""
    return [import_string(path)() for path in settings.CONSUMERS]


def make_jobs() -> list[timed.Job]:
    """Every timed job."""
    for room in manifests().values():
        for module in room.jobs:
            import_module(module)
    return list(timed.REGISTRY.values())


# What the roof itself looks after: it stands on all rooms, so no room can name it.
_OWN_TRAYS = ("ventanilla.config.backups.clock.look",)


def make_trays() -> dict[str, Callable[[], int]]:
    """The tray functions by their path; one that is named more than once has as many threads."""
    named = [path for room in manifests().values() for path in room.trays]
    if settings.BACKUP_TO:
        named += _OWN_TRAYS
    numbered = [(path, named[:index].count(path)) for index, path in enumerate(named)]
    return {path if number == 0 else f"{path}{number + 1}": import_string(path) for path, number in numbered}


def at_stop() -> None:
    """Let go of what trays hold beyond one call."""
    for room in manifests().values():
        for path in room.at_stop:
            import_string(path)()
