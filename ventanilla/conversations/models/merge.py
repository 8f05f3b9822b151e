"""What undoing a merge needs to know."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models.conversation import Conversation
from ventanilla.conversations.models.message import Message
from ventanilla.kit.clock import now


class Merge(models.Model):
    """`source` went into `target`. Undone, the row is gone; the lines in both threads stay."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    source = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="merge")
    target = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="merges",
        help_text="What was chosen then; merged further, `source.merged_into` is where it ended.",
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(
        default=dict, help_text="What the merge changed in both rows and in what came along."
    )
    created_at = models.DateTimeField(default=now)


class MergedMessage(models.Model):
    """A message that came with a merge."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="merged_messages")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merge", "message"], name="merged_message_once")
        ]
