"""Questions about backups."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from ventanilla.upkeep.models import BackupRun


def newest_good() -> BackupRun | None:
    """The newest backup that was made whole, proved or not."""
    return _good().order_by("-pk").first()


def newest_proved(place: str) -> BackupRun | None:
    """The newest backup there that was restored for a trial."""
    return _good().filter(place=place, verified_at__isnull=False, removed_at=None).order_by("-pk").first()


def newest_ended() -> BackupRun | None:
    """The newest try that ended, well or not."""
    return BackupRun.objects.filter(turn=None).order_by("-pk").first()


def running() -> BackupRun | None:
    """The one that is being made, as far as its row knows."""
    return BackupRun.objects.filter(turn=1).first()


def failures_in_a_row() -> int:
    """How many of the newest tries failed, one after the other (200 at most)."""
    good = newest_good()
    return BackupRun.objects.filter(turn=None, pk__gt=good.pk if good else 0).count()


def is_made_since(moment: datetime, *, place: str) -> bool:
    """Whether a whole backup was begun there at `moment` or after it."""
    return _good().filter(place=place, started_at__gte=moment).exists()


def _good() -> QuerySet[BackupRun]:
    return BackupRun.objects.filter(turn=None, error="", finished_at__isnull=False)
