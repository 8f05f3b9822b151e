"""Work by the clock."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.timed import timed_job
from ventanilla.kit.clock import now
from ventanilla.notifications import commands

KEPT = timedelta(days=30)


@timed_job(name="notifications.wake_snoozed", every=timedelta(minutes=1))
def wake_snoozed() -> None:
    """Snoozed notifications come back when their time has come."""
    commands.wake_snoozed()


@timed_job(name="notifications.digests", every=timedelta(minutes=1))
def ask_for_digests() -> None:
    """Mails that gather what happened are asked for when their hour has come."""
    commands.ask_for_digests()


@timed_job(name="notifications.retention", every=timedelta(hours=6))
def retention() -> None:
    """A notification no one touched for a month goes."""
    commands.delete_older_than(now() - KEPT)
