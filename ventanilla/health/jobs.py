"""By the clock: what changed is told."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.health import watching

WATCH = "health.watch"


@timed_job(name=WATCH, every=timedelta(seconds=30), at_most=timedelta(minutes=2))
def watch() -> None:
    """Tell administrators what fell ill and what is well again."""
    watching.watch()
