"""Saved filter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.kit.clock import now


class CustomFilter(models.Model):
    """Conditions that one person saved; evaluated anew each time they are opened (P-05)."""

    class Type(models.TextChoices):
        CONVERSATION = "conversation"
        CONTACT = "contact"
        REPORT = "report"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="custom_filters")
    name = models.CharField(max_length=255)
    filter_type = models.CharField(max_length=12, choices=Type.choices, default=Type.CONVERSATION)
    query = models.JSONField(default=dict, help_text='{"payload": [condition, …]} of the filter language.')
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "user", "filter_type"], name="filter_by_owner")]

    def __str__(self) -> str:
        return self.name
