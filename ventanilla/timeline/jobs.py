"""Work by the clock."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.timeline import commands

_BITE_SECONDS = 2.0


@timed_job(name="timeline.build", every=timedelta(minutes=1))
def build() -> None:
    """What happened before the log's oldest event gets its lines, bit by bit."""
    commands.build(seconds=_BITE_SECONDS)
