"""Mail of ours on its way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models.access import OneTimeToken
from ventanilla.accounts.models.people import User
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField


class SystemMail(models.Model):
    """A mail of ours that waits to leave: written in the command's transaction, sent by a job, tried again when it fails."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    to = models.CharField(max_length=254)
    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="system_mails",
        help_text="Who it is about.",
    )
    purpose = models.CharField(
        max_length=16,
        choices=OneTimeToken.Purpose.choices,
        blank=True,
        default="",
        help_text="What its link is for.",
    )
    # Sealed: the text may carry a link that signs someone in. Emptied once it was sent.
    content = EncryptedJSONField(default=dict, blank=True)
    locale = models.CharField(max_length=10, default="es")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    problem = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="Code of kit.undelivered: why it did not leave last time.",
    )
    last_error = models.TextField(blank=True, default="", help_text="What the mail server said then.")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "accounts_letter"  # its first name; the rows stay where they are
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="letter_due")]


class PasswordRequest(models.Model):
    """Someone asked for a link to choose a password. The worker looks whether anyone has that address: the answer to
    the request, and its time, must not tell.
    """

    email = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=now)
