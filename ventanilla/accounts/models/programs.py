"""Programs that act: platform apps of operators, bots of accounts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models.accounts import Account
from ventanilla.accounts.models.people import User
from ventanilla.kit.clock import now


class PlatformApp(models.Model):
    """An operator's program that makes accounts and users through the platform API."""

    name = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class PlatformPermit(models.Model):
    """An account or user that a platform app made or was granted; it may touch no other."""

    app = models.ForeignKey(PlatformApp, on_delete=models.CASCADE, related_name="permits")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "account"],
                condition=models.Q(account__isnull=False),
                name="permit_account_once",
            ),
            models.UniqueConstraint(
                fields=["app", "user"], condition=models.Q(user__isnull=False), name="permit_user_once"
            ),
            models.CheckConstraint(
                condition=models.Q(account__isnull=False) ^ models.Q(user__isnull=False),
                name="permit_for_one_thing",
            ),
        ]


class AgentBot(models.Model):
    """A program that answers customers. `account` null: offered to every account of the installation."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="agent_bots"
    )
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    outgoing_url = models.CharField(max_length=2048, blank=True, default="")
    bot_type = models.CharField(max_length=16, default="webhook")
    bot_config = models.JSONField(default=dict, blank=True)
    avatar = models.FileField(upload_to="avatars/%Y/%m", blank=True, max_length=255)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
