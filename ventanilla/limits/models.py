"""The owner's numbers, and who was refused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LimitValue(models.Model):
    """A number below the operator's. Without a row the operator's counts."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.BigIntegerField(help_text="In the unit of the screen; of a rate how many in its window.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Crossing(models.Model):
    """Someone met a limit: how often, and when last. Rows are few and end after a month."""

    name = models.CharField(max_length=64)
    account_id = models.BigIntegerField(default=0, help_text="0 where no account is behind it.")
    kind = models.CharField(max_length=16, blank=True, default="")
    who = models.CharField(max_length=200, blank=True, default="")
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account_id", "name", "kind", "who"], name="limits_crossing_once")
        ]
        indexes: ClassVar = [models.Index(fields=["last_at"], name="limits_by_age")]

    def __str__(self) -> str:
        return f"{self.name} by {self.kind} {self.who}: {self.count}"
