"""What lets someone in: tokens, sessions of devices, links that work once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models.accounts import Account
from ventanilla.accounts.models.people import User
from ventanilla.accounts.models.programs import AgentBot, PlatformApp
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedTextField


class AccessToken(models.Model):
    """The token of the `api_access_token` header. Found by its digest; sealed so that its owner can read it again."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    agent_bot = models.OneToOneField(
        AgentBot, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    platform_app = models.OneToOneField(
        PlatformApp, on_delete=models.CASCADE, null=True, blank=True, related_name="access_token"
    )
    digest = models.CharField(max_length=64, unique=True)
    sealed = EncryptedTextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(user__isnull=False, agent_bot__isnull=True, platform_app__isnull=True)
                    | models.Q(user__isnull=True, agent_bot__isnull=False, platform_app__isnull=True)
                    | models.Q(user__isnull=True, agent_bot__isnull=True, platform_app__isnull=False)
                ),
                name="access_token_of_one_owner",
            )
        ]


class ClientSession(models.Model):
    """A sign-in of the contract's `access-token` + `client` + `uid` headers: one per device, 25 at most."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="client_sessions")
    client = models.CharField(max_length=64)
    digest = models.CharField(
        max_length=64, help_text="Digest of the access-token; the token itself is never kept."
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "client"], name="client_session_once")
        ]


class OneTimeToken(models.Model):
    """A link that was mailed or copied: invitation, password reset, address confirmation, single sign-on. Works once."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation"
        PASSWORD = "password"  # noqa: S105 — the purpose's name
        CONFIRMATION = "confirmation"
        SSO = "sso"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_tokens")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose administrator was shown the link to copy; null: it was mailed, so who has it reads that mail.",
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=now)

    @property
    def is_mailed(self) -> bool:
        """Whether having the link proves the address it went to."""
        return self.account_id is None
