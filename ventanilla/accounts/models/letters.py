"""Mail of ours on its way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField


class Letter(models.Model):
    """A mail of ours that waits to leave: written in the command's transaction, sent by a job, tried again when it fails."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    to = models.CharField(max_length=254)
    # Sealed: the text may carry a link that signs someone in. Emptied once it was sent.
    content = EncryptedJSONField(default=dict, blank=True)
    locale = models.CharField(max_length=10, default="es")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="letter_due")]
