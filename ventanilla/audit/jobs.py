"""By the clock: what is personal goes when its term is over, and old entries with it."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.audit.commands import forget_addresses, forget_old, forget_people
from ventanilla.events.timed import timed_job


@timed_job(name="audit.forget", every=timedelta(hours=6))
def forget() -> None:
    """Addresses and devices past their term, people who are no more, entries past retention."""
    forget_addresses()
    forget_people()
    forget_old()
