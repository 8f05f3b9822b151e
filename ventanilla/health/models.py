"""What is ill and whether it was told, and what webhooks about it are signed with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedTextField


class Trouble(models.Model):
    """One thing that is ill now, or was a moment ago. The row goes when it is well and that was told, if it was to be."""

    check_name = models.CharField(max_length=64)
    key = models.CharField(max_length=128, blank=True, default="")
    account = models.ForeignKey(
        Account,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose it is; null: the installation's.",
    )
    since = models.DateTimeField(default=now, help_text="When it was first seen ill.")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When administrators were told.")
    well_since = models.DateTimeField(null=True, blank=True, help_text="Null while it is ill.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["check_name", "key"], name="trouble_once")]

    def __str__(self) -> str:
        return f"{self.check_name} {self.key}".strip()


class AlertKey(models.Model):
    """What the account's webhook about health is signed with."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    key = EncryptedTextField(help_text="As its receiver is given it: whsec_ and base64.")
    created_at = models.DateTimeField(default=now)
