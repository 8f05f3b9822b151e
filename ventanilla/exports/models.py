"""One table that somebody asked for: what of, how far it is, and where its file lies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ventanilla.accounts.models import Account, User
from ventanilla.events.claims import CHARS as CLAIM_CHARS
from ventanilla.kit.clock import now


class Export(models.Model):
    """`numbers` is the file with the ids of its rows, taken at one `position` of the log; `parts` are written files of
    `done` of them. `file` is the finished table's Blob; {} while there is none, or no more.
    """

    class Kind(models.TextChoices):
        TICKETS = "tickets"
        MESSAGES = "messages"

    class Format(models.TextChoices):
        CSV = "csv"
        XLSX = "xlsx"

    class Of(models.TextChoices):
        CREATION = "created"  # created in the range and never touched since (decision Q-7)
        UPDATE = "updated"

    class Order(models.TextChoices):
        ACTIVITY = "activity"
        WAITING = "waiting"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"
        EXPIRED = "expired"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TICKETS)
    format = models.CharField(max_length=5, choices=Format.choices, default=Format.CSV)
    separator = models.CharField(max_length=1, default=",")
    begins = models.DateField(help_text="The first day, in the account's time zone.")
    ends = models.DateField(help_text="The last day, whole.")
    date_of = models.CharField(max_length=8, choices=Of.choices, default=Of.UPDATE)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.ACTIVITY)
    conditions = models.JSONField(default=list, blank=True)
    locale = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    problem = models.CharField(max_length=40, blank=True, default="")
    position = models.CharField(max_length=60, blank=True, default="", help_text="Of the log.")
    numbers = models.CharField(max_length=255, blank=True, default="", help_text="Key of the file of ids.")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0, help_text="How many of the ids are in `parts`.")
    rows = models.PositiveIntegerField(default=0, help_text="In the file: what was deleted meanwhile is not.")
    parts = models.JSONField(default=list, blank=True)
    file = models.JSONField(default=dict, blank=True)
    claim = models.CharField(max_length=CLAIM_CHARS, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="exports_of"),
            models.Index(fields=["id"], condition=Q(state__in=["queued", "running"]), name="exports_at_work"),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="exports_kept"),
        ]
