"""Inbox and its members."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from ventanilla.accounts.models import Account, AgentBot, User
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField, EncryptedTextField


def default_working_hours() -> list[dict[str, Any]]:
    """Monday to Friday 09:00–17:00, as the contract has it: `day_of_week` 0 is Sunday."""
    return [
        {
            "day_of_week": day,
            "closed_all_day": (closed := day in (0, 6)),
            "open_hour": None if closed else 9,
            "open_minutes": None if closed else 0,
            "close_hour": None if closed else 17,
            "close_minutes": None if closed else 0,
            "open_all_day": False,
        }
        for day in range(7)
    ]


def default_auto_assignment_config() -> dict[str, Any]:
    """No limit of open conversations per agent."""
    return {}


class Inbox(models.Model):
    """One connected channel. What only its kind of channel needs is in `channel_settings` and, sealed, `secrets`."""

    class SenderNameType(models.TextChoices):
        FRIENDLY = "friendly"
        PROFESSIONAL = "professional"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="inboxes")
    name = models.CharField(max_length=255)
    kind = models.CharField(
        max_length=32, help_text="Key of the channel in the registry: webchat, api, email, …"
    )
    # Public name of the inbox on its channel: website_token, inbox_identifier, forward-to key. 24 characters by default.
    identifier = models.CharField(max_length=128, unique=True, default=tokens.random_token)
    # The address customers write to, for channels that have one (email address, phone number); unique per kind.
    address = models.CharField(max_length=254, blank=True, default="")
    channel_settings = models.JSONField(default=dict, blank=True)
    secrets = EncryptedJSONField(default=dict, blank=True, help_text="Passwords and keys of the channel.")
    hmac_token = EncryptedTextField(
        default=tokens.random_token, help_text="Key that customers' servers sign identities with."
    )
    hmac_mandatory = models.BooleanField(default=False)
    avatar = models.FileField(upload_to="avatars/%Y/%m", blank=True, max_length=255)
    greeting_enabled = models.BooleanField(default=False)
    greeting_message = models.TextField(blank=True, default="")
    working_hours_enabled = models.BooleanField(default=False)
    working_hours = models.JSONField(
        default=default_working_hours,
        help_text="The contract's seven rows, kept in step with `business_hours`.",
    )
    business_hours = models.JSONField(
        null=True, blank=True, help_text="The whole of it (kit.business_hours); null: the seven rows are all."
    )
    uses_account_hours = models.BooleanField(
        default=False, help_text="`business_hours` is a copy of the account's, and follows it."
    )
    out_of_office_message = models.TextField(blank=True, default="")
    timezone = models.CharField(max_length=64, default="UTC")
    enable_email_collect = models.BooleanField(default=True)
    csat_survey_enabled = models.BooleanField(default=False)
    csat_response_visible = models.BooleanField(default=False)
    csat_config = models.JSONField(
        default=dict, blank=True, help_text="How satisfaction is asked for; see inboxes.survey_config."
    )
    enable_auto_assignment = models.BooleanField(default=True)
    auto_assignment_config = models.JSONField(default=default_auto_assignment_config, blank=True)
    allow_messages_after_resolved = models.BooleanField(default=True)
    lock_to_single_conversation = models.BooleanField(default=False)
    allow_agent_to_delete_message = models.BooleanField(default=True)
    sender_name_type = models.CharField(
        max_length=16, choices=SenderNameType.choices, default=SenderNameType.FRIENDLY
    )
    business_name = models.CharField(max_length=255, blank=True, default="")
    external_token = EncryptedTextField(blank=True, default="")
    portal_id = models.BigIntegerField(
        null=True, blank=True, help_text="Help centre shown with this inbox; its table is upstairs."
    )
    agent_bot = models.ForeignKey(
        AgentBot, on_delete=models.SET_NULL, null=True, blank=True, related_name="inboxes"
    )
    # Channel health, written by delivery: null reason is healthy.
    last_success_at = models.DateTimeField(null=True, blank=True)
    failure_reason = models.TextField(blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)
    reauthorization_required = models.BooleanField(default=False)
    is_practice = models.BooleanField(
        default=False, help_text="To try things out in: no customer writes here, and no report counts it."
    )
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="Asked to be deleted; a job removes the rows."
    )
    version = models.PositiveIntegerField(default=1)
    members: models.ManyToManyField[User, InboxMember] = models.ManyToManyField(
        User, through="InboxMember", related_name="inboxes"
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "address"],
                condition=~models.Q(address="") & models.Q(deleted_at__isnull=True),
                name="inbox_address_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class InboxMember(models.Model):
    """An agent who may open an inbox. Administrators may open all without being members."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="inbox_members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="inbox_memberships")
    # Rotation of auto-assignment: who was given a conversation longest ago comes first; null is never.
    last_assigned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["inbox", "user"], name="inbox_member_once")]
