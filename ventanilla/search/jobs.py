"""Work by the clock."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.search import commands

_BITE_SECONDS = 5.0


@timed_job(name="search.build", every=timedelta(seconds=30))
def build() -> None:
    """What was there before the index is entered bit by bit: after the program was renewed, or the database moved."""
    commands.build(seconds=_BITE_SECONDS)


@timed_job(name="search.sweep", every=timedelta(hours=24))
def sweep() -> None:
    """What left without a word in the log leaves the index."""
    commands.forget_what_left()
