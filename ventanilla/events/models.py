"""The rows of the log and of those who read it."""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One fact, written in the transaction that made it true. Never changed, deleted only by retention."""

    # The writing transaction's id on PostgreSQL, 0 on SQLite. (xid, id) is the reading order: see events.log.
    xid = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    # JSON text as msgspec wrote it: ids and what changed, never whole rows or secrets.
    payload = models.TextField()
    actor_kind = models.CharField(max_length=16, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    caused_by = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    # JSON text (events.origins): from where an act of administration came. Personal, and kept for a shorter time.
    origin = models.TextField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["xid", "id"], name="events_reading_order"),
            models.Index(fields=["occurred_at"], name="events_by_age"),
            models.Index(fields=["id"], name="events_with_origin", condition=models.Q(origin__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class ConsumerCursor(models.Model):
    """How far one consumer has read, and how it is doing."""

    name = models.CharField(max_length=64, primary_key=True)
    position_xid = models.BigIntegerField(default=0)
    position_id = models.BigIntegerField(default=0)
    # Attempts that failed at the event right after the position; 0 when all is well.
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.position_xid}-{self.position_id}"


class SetAsideEvent(models.Model):
    """An event one consumer could not digest after several attempts; shown on the health page, can be run
    again."""

    consumer = models.CharField(max_length=64)
    event_id = models.BigIntegerField()
    event_xid = models.BigIntegerField(default=0)
    account_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField()
    error = models.TextField()
    set_aside_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consumer", "event_id"], name="events_set_aside_once"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} set aside {self.name} #{self.event_id}"


class TimedJob(models.Model):
    """When a timed job runs next. One worker at a time holds the claim."""

    name = models.CharField(max_length=64, primary_key=True)
    next_run_at = models.DateTimeField()
    # Who runs it now, and until when that holds (events.claims).
    claim = models.CharField(max_length=160, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_seconds = models.FloatField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.name} at {self.next_run_at}"


class Heartbeat(models.Model):
    """The last sign that one of our processes works; see config.heart."""

    id = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=16)  # web or worker
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended = models.BooleanField(default=False)  # it stopped as it was asked to

    def __str__(self) -> str:
        return f"{self.kind} {self.pid} on {self.host}"
