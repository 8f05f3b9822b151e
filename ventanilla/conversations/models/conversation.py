"""Conversation and the labels on it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Team, User
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.inboxes.marks import ConversationMarks
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.labels.models import Label


class Status(models.IntegerChoices):
    """The one state machine; numbers are the contract's."""

    OPEN = 0, "open"
    RESOLVED = 1, "resolved"
    PENDING = 2, "pending"
    SNOOZED = 3, "snoozed"


class CloseReason(models.TextChoices):
    """Why a resolved conversation is resolved (decision Q-11)."""

    NONE = ""
    RESOLVED = "resolved"
    IGNORED = "ignored"  # closed with no human reply
    ARCHIVED = "archived"
    MERGED = "merged"  # its messages are in another conversation: `merged_into`


class Priority(models.IntegerChoices):
    """Null is no priority."""

    LOW = 0, "low"
    MEDIUM = 1, "medium"
    HIGH = 2, "high"
    URGENT = 3, "urgent"


# Never answered, or waiting for an answer (contract F.9).
UNATTENDED = models.Q(first_reply_created_at__isnull=True) | models.Q(waiting_since__isnull=False)


class Conversation(models.Model):
    """The talk with one contact in one inbox. `display_id` is its number in the account and the only id on the wire.

    Columns under "kept by commands" are copies that lists read; conversations.commands is their only writer.
    A column stands here and in its migration, nowhere else: commands and rendering take their lists from this class.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="conversations", db_index=False
    )
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    contact_inbox = models.ForeignKey(
        ContactInbox, on_delete=models.CASCADE, related_name="conversations", db_index=False
    )
    display_id = models.BigIntegerField()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    status = models.PositiveSmallIntegerField(choices=Status.choices, default=Status.OPEN)
    close_reason = models.CharField(
        max_length=10, choices=CloseReason.choices, blank=True, default=CloseReason.NONE
    )
    snoozed_until = models.DateTimeField(
        null=True, blank=True, help_text="Null while snoozed: until the next reply."
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, null=True, blank=True)
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned_conversations"
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="conversations"
    )
    campaign_id = models.BigIntegerField(
        null=True, blank=True, help_text="Campaign that began it; its table is upstairs."
    )
    sla_policy_id = models.BigIntegerField(null=True, blank=True, help_text="Its table is upstairs.")
    # Kept by the room of service levels (commands.service_levels).
    sla_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When its most pressing promise is due; null while none runs."
    )
    service_level = models.JSONField(
        null=True, blank=True, help_text="{clock, applied, events}: what is shown of it; null: nothing."
    )
    additional_attributes = models.JSONField(default=dict, blank=True)
    custom_attributes = models.JSONField(default=dict, blank=True)
    labels: models.ManyToManyField[Label, ConversationLabel] = models.ManyToManyField(
        Label, through="ConversationLabel", related_name="conversations"
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        help_text="The conversation that goes on in its place; never one that is merged itself.",
    )
    # Seen: shared by all agents, as the contract has it.
    agent_last_seen_at = models.DateTimeField(null=True, blank=True)
    assignee_last_seen_at = models.DateTimeField(null=True, blank=True)
    contact_last_seen_at = models.DateTimeField(null=True, blank=True)
    # Kept by commands.
    first_reply_created_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when the customer waits for a human; null: does not."
    )
    last_activity_at = models.DateTimeField(
        default=now, help_text="created_at of the newest message of any kind."
    )
    last_incoming_at = models.DateTimeField(null=True, blank=True)
    unread_count = models.PositiveSmallIntegerField(
        default=0, help_text="Incoming messages after agent_last_seen_at, at most 10."
    )
    last_message_id = models.BigIntegerField(null=True, blank=True, help_text="Newest message of any kind.")
    last_non_activity_message_id = models.BigIntegerField(null=True, blank=True)
    label_titles = models.JSONField(default=list, blank=True, help_text="Copy of the labels' titles, sorted.")
    version = models.PositiveIntegerField(
        default=1, help_text="Grows with every change of this row or its newest messages."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    # Changes of these are told as conversation.updated (contract D.3, where label_titles is called label_list).
    TOLD: ClassVar = frozenset(
        {
            "team_id", "assignee_id", "status", "snoozed_until", "custom_attributes", "label_titles", "waiting_since",
            "first_reply_created_at", "priority", "sla_policy_id", "close_reason",
        }
    )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "display_id"], name="conversation_number_once")
        ]
        indexes: ClassVar = [
            # What a list shows, newest activity first. A message moves a row in each of these: few, and no more than needed.
            models.Index(
                fields=["account", "status", "-last_activity_at", "-id"], name="conv_by_status_activity"
            ),
            models.Index(
                fields=["account", "assignee", "status", "-last_activity_at", "-id"], name="conv_by_assignee"
            ),
            models.Index(
                fields=["account", "inbox", "status", "-last_activity_at", "-id"], name="conv_by_inbox"
            ),
            models.Index(
                fields=["account", "team", "status", "-last_activity_at", "-id"], name="conv_by_team"
            ),
            models.Index(fields=["account", "-last_activity_at", "-id"], name="conv_by_activity"),
            models.Index(fields=["account", "contact", "-last_activity_at", "-id"], name="conv_by_contact"),
            # The other orders (selectors.orders); these change seldom.
            models.Index(fields=["account", "status", "created_at", "id"], name="conv_by_creation"),
            models.Index(
                fields=["account", "status", "waiting_since", "created_at", "id"],
                condition=models.Q(waiting_since__isnull=False),
                name="conv_by_waiting",
            ),
            models.Index(
                fields=["account", "status", "priority", "-last_activity_at", "-id"],
                condition=models.Q(priority__isnull=False),
                name="conv_by_priority",
            ),
            models.Index(
                fields=["account", "status", "sla_due_at", "created_at", "id"],
                condition=models.Q(sla_due_at__isnull=False),
                name="conv_by_due",
            ),
            # Archived and ignored ones, which are few among the resolved.
            models.Index(
                fields=["account", "close_reason", "-last_activity_at", "-id"],
                condition=models.Q(close_reason__in=["archived", "ignored"]),
                name="conv_by_close_reason",
            ),
            # What is counted, answered by the index alone.
            models.Index(fields=["account", "status"], name="conv_by_status"),
            models.Index(fields=["account", "status", "inbox", "assignee", "team", "id"], name="conv_counts"),
            models.Index(
                fields=["account", "status", "team", "inbox", "assignee", "id"], name="conv_team_counts"
            ),
            models.Index(
                fields=["account", "status", "team", "inbox", "assignee", "id"],
                condition=UNATTENDED,
                name="conv_unattended",
            ),
            models.Index(fields=["contact_inbox", "-id"], name="conv_by_contact_inbox"),
            models.Index(fields=["snoozed_until"], condition=models.Q(status=3), name="conv_snoozed"),
        ]

    def __str__(self) -> str:
        return f"#{self.display_id}"

    @property
    def marks(self) -> ConversationMarks:
        """What it says of itself beside its columns."""
        return ConversationMarks(self.additional_attributes)

    @property
    def customer_addresses(self) -> list[str]:
        """Every address by which the customer is known here: the one in the inbox, and where they asked answers to go."""
        return [self.contact_inbox.source_id, *self.marks.also_theirs]


class ConversationLabel(models.Model):
    """A label on a conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="conversation_labels", db_index=False
    )
    label = models.ForeignKey(
        Label, on_delete=models.CASCADE, related_name="conversation_labels", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "label"], name="conversation_label_once")
        ]
        indexes: ClassVar = [models.Index(fields=["label", "conversation"], name="conv_by_label")]
