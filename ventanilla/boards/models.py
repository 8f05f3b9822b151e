"""Saved filter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Team, User
from ventanilla.kit.clock import now

ICONS = (
    "folder", "star", "flag", "alarm", "flame", "heart", "package", "cart", "card", "bug", "phone", "users",
)  # fmt: skip


class CustomFilter(models.Model):
    """Conditions that one person saved; evaluated anew each time they are opened (P-05).

    On screens a folder (of conversations) or a segment (of contacts). With a team its members see it as well, each with what
    they may see in it; only its owner changes it.
    """

    class Type(models.TextChoices):
        CONVERSATION = "conversation"
        CONTACT = "contact"
        REPORT = "report"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="custom_filters")
    name = models.CharField(max_length=255)
    filter_type = models.CharField(max_length=12, choices=Type.choices, default=Type.CONVERSATION)
    query = models.JSONField(default=dict, help_text='{"payload": [condition, …]} of the filter language.')
    icon = models.CharField(
        max_length=24, default="folder", help_text="One of ICONS, by its name at the desk."
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Shared with it."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "user", "filter_type"], name="filter_by_owner")]

    def __str__(self) -> str:
        return self.name
