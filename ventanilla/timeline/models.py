"""One line of a contact's timeline, and how far those of before the log were written."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ventanilla.accounts.models import Account
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation, MessageType

SPOKEN = (MessageType.INCOMING, MessageType.OUTGOING)


class TimelineEntry(models.Model):
    """Something that happened. It points at the contact, so it goes along when two become one, and ends with them.

    Messages of one conversation and day share a line (`day`); texts are read where they stand when the line is shown.
    """

    class Group(models.TextChoices):
        MESSAGES = "messages"
        NOTES = "notes"
        CHANGES = "changes"
        VISITS = "visits"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    group = models.CharField(max_length=8, choices=Group.choices)
    name = models.CharField(max_length=12)
    day = models.DateField(null=True, blank=True)
    actor_kind = models.CharField(max_length=12, blank=True, default="")
    actor_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "day"], condition=Q(day__isnull=False), name="timeline_day_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["contact", "-happened_at", "-id"], name="timeline_newest"),
        ]


class TimelineBuild(models.Model):
    """One row: contacts up to `rest_up_to` still lack their lines of what happened before the log began."""

    log_began_at = models.DateTimeField()
    rest_up_to = models.BigIntegerField()
