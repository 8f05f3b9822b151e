"""Forgets greetings."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.greetings.models import Greeting


@timed_job(name="greetings.forget", every=timedelta(days=1))
def forget() -> None:
    """All of them, every day."""
    Greeting.objects.all().delete()
