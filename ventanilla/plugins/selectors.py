"""Which plug-ins there are, and which take part now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import DatabaseError

from ventanilla.kit.announced import Package, packages
from ventanilla.plugins.models import PluginState

log = structlog.get_logger("plugins")

# How old the states may be that a process goes by.
_FRESH_SECONDS = 3.0


class State(StrEnum):
    """What a plug-in does."""

    ON = "on"
    OFF = "off"
    FAILED = "failed"


@dataclass(frozen=True)
class Plugin:
    """A package and its state; `reason` says why it failed."""

    package: Package
    state: State
    reason: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Active:
    """One that takes part. Another one after each decision about it, so that what is kept of it is made anew."""

    package: Package
    decided_at: datetime | None


_kept: tuple[float, tuple[Active, ...]] = (0.0, ())


def forget_states() -> None:
    """Look again at the next question."""
    global _kept
    _kept = (0.0, ())


def plugins() -> list[Plugin]:
    """All that are installed, by name."""
    rows = {row.name: row for row in PluginState.objects.all()} if packages() else {}
    return [_plugin(package, rows.get(package.name)) for package in packages()]


def _plugin(package: Package, row: PluginState | None) -> Plugin:
    if row is not None and row.is_off:
        return Plugin(package, State.OFF)
    if row is not None and row.failed_version == package.version:
        return Plugin(package, State.FAILED, row.failure)
    return Plugin(package, State.ON, decided_at=row.updated_at if row is not None else None)


def active() -> tuple[Active, ...]:
    """Those that take part, as of a few seconds ago. No query where nothing is installed."""
    global _kept
    if not packages():
        return ()
    until, found = _kept
    if time.monotonic() < until:
        return found
    try:
        found = tuple(Active(one.package, one.decided_at) for one in plugins() if one.state == State.ON)
    except DatabaseError:
        # Before the first migration, or while the database is away: none is missed, none breaks.
        found = ()
    _kept = (time.monotonic() + _FRESH_SECONDS, found)
    return found
