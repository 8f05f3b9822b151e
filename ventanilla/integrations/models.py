"""Dashboard app."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.kit.clock import now


class DashboardApp(models.Model):
    """Pages of the company that are framed beside a conversation (X-03)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="dashboard_apps")
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Who added it."
    )
    title = models.CharField(max_length=255)
    content = models.JSONField(default=list, help_text='[{"type": "frame", "url": address}, …]')
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title
