"""Label."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account
from ventanilla.kit.clock import now


class Label(models.Model):
    """A word with a colour. `title` is in its stored form (labels.titles), unique in the account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="labels")
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    color = models.CharField(max_length=16, default="#1f93ff", help_text="#rrggbb, as clients send it.")
    show_on_sidebar = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "title"], name="label_title_once")
        ]

    def __str__(self) -> str:
        return self.title
