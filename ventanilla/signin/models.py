"""What someone proves themselves with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import User
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedTextField


class Authenticator(models.Model):
    """An app that shows a new six-digit code every half minute (TOTP, RFC 6238): one per user."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = EncryptedTextField(help_text="Base32, as the app reads it.")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When they first gave a code; until then it is asked of no one."
    )
    last_step = models.BigIntegerField(
        default=0, help_text="The half minute of the newest code taken: none is taken twice (RFC 6238 §5.2)."
    )
    created_at = models.DateTimeField(default=now)


class RecoveryCode(models.Model):
    """A way in without the second factor, once. 80 random bits, so a digest needs no salt (docs/adr/0014)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")
        ]
