"""Backups: each try, and how it ended."""

from __future__ import annotations

from django.db import models


class BackupRun(models.Model):
    """One try to make a backup. While it runs it has the turn, of which there is one in the whole installation."""

    class Cause(models.TextChoices):
        """Who wished it."""

        SCHEDULE = "schedule"
        COMMAND = "command"
        UPGRADE = "upgrade"

    turn = models.PositiveSmallIntegerField(null=True, unique=True, help_text="1 while it runs, null after.")
    # Who makes it, and until when that holds (events.claims).
    claim = models.CharField(max_length=160, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)
    cause = models.CharField(max_length=16, choices=Cause.choices)
    place = models.CharField(max_length=500, help_text="A folder, or s3://bucket/path; never with its keys.")
    name = models.CharField(max_length=255, help_text="The file's name there.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    bytes = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0, help_text="Attachments inside.")
    is_encrypted = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, help_text="When it was read back and restored elsewhere.")
    unverified = models.CharField(max_length=32, blank=True, default="", help_text="The code of why not.")
    error = models.CharField(max_length=32, blank=True, default="", help_text="The code of why it failed.")
    said = models.TextField(blank=True, default="", help_text="What the system said to it.")
    removed_at = models.DateTimeField(null=True, help_text="When the rule let it go.")

    def __str__(self) -> str:
        return f"{self.name} in {self.place}"
