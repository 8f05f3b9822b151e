"""Texts kept ready, with the files that go with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Team, User
from ventanilla.conversations.models.kept import KeptFile
from ventanilla.kit.clock import now

_KEPT = models.Q(deleted_at__isnull=True)


class CannedResponse(models.Model):
    """A reply kept ready under a short code, for everyone, for a team, or for its owner alone."""

    class Visibility(models.TextChoices):
        ACCOUNT = "account"
        TEAM = "team"
        PERSONAL = "personal"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="canned_responses")
    short_code = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True, default="")
    content = models.TextField()
    language = models.CharField(
        max_length=10, blank=True, default="", help_text='What the text is written in; "" when no one said.'
    )
    variants = models.JSONField(
        default=dict, blank=True, help_text='The text in further languages: {"en": text, …}.'
    )
    folder = models.CharField(max_length=100, blank=True, default="")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.ACCOUNT)
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose it is; when the team is gone, administrators find it.",
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who alone sees a personal one.",
    )
    uses = models.PositiveIntegerField(default=0, help_text="How often it was put into a message.")
    used_at = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(
        default=dict, blank=True, help_text="Further fields that clients keep here: content_prompts, menu, …"
    )
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="Hidden everywhere, and can be brought back; then a job deletes it."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "short_code"],
                condition=_KEPT & models.Q(owner__isnull=True),
                name="canned_short_code_once",
            ),
            models.UniqueConstraint(
                fields=["account", "owner", "short_code"],
                condition=_KEPT & models.Q(owner__isnull=False),
                name="canned_own_short_code_once",
            ),
        ]


class CannedFile(KeptFile):
    """A file that goes with the text."""

    response = models.ForeignKey(CannedResponse, on_delete=models.CASCADE, related_name="files")
