"""Timed work of the sockets' door."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.realtime.presence import forget_absent


@timed_job(name="realtime.forget_absent", every=timedelta(hours=1))
def forget_long_absent() -> None:
    """Presence rows of people who left long ago go."""
    forget_absent()
