"""Importing what active plug-ins announce. One that fails is noted and left out; nothing else of the desk notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import structlog
from django.db import DatabaseError

from ventanilla.kit.announced import Package
from ventanilla.plugins.commands import note_plugin_failure
from ventanilla.plugins.selectors import active

log = structlog.get_logger("plugins")


@dataclass(frozen=True)
class Given:
    """What one entry point leads to. `module` is where it is, for what stands beside it."""

    name: str
    value: object
    package: Package


def given(group: str, *, check: Callable[[Given], None] = lambda _one: None) -> list[Given]:
    """What active plug-ins give of this kind. `check` raises for what does not keep the promises of its kind."""
    found: list[Given] = []
    for package in (one.package for one in active()):
        try:
            own = [_load(point, package) for point in package.gives if point.group == group]
            for one in own:
                check(one)
        except (Exception, SystemExit) as error:
            # A stranger's code may raise anything, and must stop nothing.
            _note(package, error)
        else:
            found += own
    return found


def _load(point: EntryPoint, package: Package) -> Given:
    return Given(point.name, point.load(), package)


def _note(package: Package, error: BaseException) -> None:
    reason = f"{type(error).__name__}: {error}"
    log.error("plugin.failed", plugin=package.name, version=package.version, error=reason, exc_info=True)
    try:
        note_plugin_failure(package.name, version=package.version, reason=reason)
    except DatabaseError:
        log.warning("plugin.not_noted", plugin=package.name)
