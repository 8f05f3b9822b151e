"""What stands beside the thread: participants, mentions, drafts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models.conversation import Conversation
from ventanilla.conversations.models.message import Message
from ventanilla.kit.clock import now


class Participant(models.Model):
    """A user who follows a conversation."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="participations")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="participant_once")
        ]


class Mention(models.Model):
    """A user who was @-mentioned in a note; mentioned again, `mentioned_at` and `message` move on."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="mentions", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    mentioned_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="mention_once")
        ]


class Draft(models.Model):
    """An unsent text. Per user and mode (`user` set), or the contract's one shared draft (`user` null).

    `is_shared`: its writer shows this reply to whoever sees the conversation, who may go on with it.
    `taken_from`: whose it was, as long as the whole can go back to them.
    """

    class Mode(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.REPLY)
    content = models.TextField()
    is_shared = models.BooleanField(default=False)
    taken_from = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "user", "mode"],
                condition=models.Q(user__isnull=False),
                name="draft_once",
            ),
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(user__isnull=True), name="shared_draft_once"
            ),
        ]
