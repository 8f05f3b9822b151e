"""When to try again: soon at first, then ever later, with a spread so that a thousand rows do not retry at once."""

from __future__ import annotations

import random
from datetime import timedelta

# About 26 hours in all: a provider's bad day passes, and no one waits a week to learn that a message failed.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 20, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 36000)
)
SPREAD = 0.2


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None when it is time to give up."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[max(0, attempts - 1)]
    return pause * (1 + random.uniform(-SPREAD, SPREAD))  # noqa: S311 — not for security
