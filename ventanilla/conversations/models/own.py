"""What a user keeps about a conversation for themselves: no one else sees or feels it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models.conversation import Conversation
from ventanilla.kit.clock import now


class AlertLevel(models.TextChoices):
    """How much a user is told of a conversation."""

    ALL = "all"
    MINE = "mine"  # what is addressed to them: a mention, an assignment, a reminder
    NOTHING = "nothing"


class Mute(models.Model):
    """The user is told nothing of the conversation, or only what is addressed to them. Who has none is told all.

    Not blocking its contact, which is for everyone (contract F.3).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="mutes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mutes", db_index=False)
    level = models.CharField(max_length=8, choices=AlertLevel.choices[1:], default=AlertLevel.NOTHING)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "conversation"], name="mute_once")]


class Reminder(models.Model):
    """The user is to be told of the conversation at a moment; it stays where it is until then. Gone once they are."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reminders", db_index=False)
    remind_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "conversation"], name="reminder_once")
        ]
