"""What an agent wrote to be sent later. It is no message until its moment: clients of the contract never see it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models.conversation import Conversation, Status
from ventanilla.conversations.models.kept import KeptFile
from ventanilla.kit.clock import now


class ScheduledMessage(models.Model):
    """A reply that waits for `send_at`. Sent or cancelled, the row is gone; one that could not be sent stays, in sight."""

    class State(models.TextChoices):
        WAITING = "waiting"
        FAILED = "failed"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="scheduled")
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Who wrote it."
    )
    content = models.TextField(blank=True, default="")
    content_attributes = models.JSONField(default=dict, blank=True)
    send_at = models.DateTimeField()
    undoable = models.BooleanField(
        default=False, help_text="It was sent, and waits only so that it can be taken back."
    )
    then_status = models.PositiveSmallIntegerField(
        choices=Status.choices, null=True, blank=True, help_text="The conversation's state once it was sent."
    )
    then_until = models.DateTimeField(
        null=True, blank=True, help_text="For a snooze: until when; null until the next reply."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True, default="", help_text="Why it was not sent, for people.")
    attempts = models.PositiveSmallIntegerField(default=0)
    echo_id = models.CharField(
        max_length=128, null=True, blank=True, help_text="The sender's own key: a second try finds the first."
    )
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user", "echo_id"], name="scheduled_echo_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["send_at", "id"], condition=models.Q(state="waiting"), name="scheduled_message_due"
            ),
        ]


class ScheduledFile(KeptFile):
    """A file that will go with it: the columns an Attachment will have."""

    scheduled = models.ForeignKey(ScheduledMessage, on_delete=models.CASCADE, related_name="files")
