"""The account, and the installation that all accounts share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField


def monday_to_friday() -> list[int]:
    """What most companies work, as ISO numbers of the days of the week."""
    return [1, 2, 3, 4, 5]


class Account(models.Model):
    """One company. Everything but users and installation-wide things belongs to exactly one account."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"

    name = models.CharField(max_length=255)
    locale = models.CharField(max_length=10, default="es")
    domain = models.CharField(max_length=100, blank=True, default="")
    support_email = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    timezone = models.CharField(max_length=64, default="UTC")
    auto_resolve_duration = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days, 1 to 999; null is off."
    )
    undo_send_seconds = models.PositiveSmallIntegerField(
        default=0, help_text="How long a sent reply can be taken back; 0 is off."
    )
    undo_send_mail_seconds = models.PositiveSmallIntegerField(
        default=10, help_text="The same where the reply is a mail, which nobody waits for on the spot."
    )
    day_starts_at = models.CharField(
        max_length=5, default="09:00", help_text="HH:MM, when what is snoozed until another day comes back."
    )
    working_days = models.JSONField(default=monday_to_friday, help_text="ISO days of the week, 1 is Monday.")
    business_hours = models.JSONField(
        null=True,
        blank=True,
        help_text="What new inboxes begin with (kit.business_hours); null: nine to five.",
    )
    health_mails = models.BooleanField(
        default=True,
        help_text="Administrators get a mail when something stops working, and when it works again.",
    )
    health_webhook_url = models.CharField(
        max_length=2048, blank=True, default="", help_text="Told of the same, signed."
    )
    second_step_from = models.DateTimeField(
        null=True, blank=True, help_text="From when every member needs a second step; null is never."
    )
    second_step_in_force = models.BooleanField(
        default=False, help_text="That moment has come: who has none reaches nothing of the account."
    )
    features = models.JSONField(
        default=dict, blank=True, help_text="Feature flags that differ from the default."
    )
    limits = models.JSONField(
        default=dict, blank=True, help_text="{agents, inboxes}: most of each; absent is unlimited."
    )
    settings = models.JSONField(default=dict, blank=True)
    only_single_sign_on = models.BooleanField(
        default=False, help_text="No password, passkey or mailed link opens it, only a provider of its own."
    )
    custom_attributes = models.JSONField(default=dict, blank=True)
    # Sequences that are part of the account row, so that taking the next number is one UPDATE in the command's transaction.
    last_display_id = models.BigIntegerField(default=0, help_text="Newest conversation number given out.")
    # When labels, inboxes and teams last changed (clients cache them by these); null is never.
    labels_changed_at = models.DateTimeField(null=True, blank=True)
    inboxes_changed_at = models.DateTimeField(null=True, blank=True)
    teams_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """False when an operator suspended the account: no one of it may do anything."""
        return self.status == self.Status.ACTIVE


class Installation(models.Model):
    """What the whole installation knows of itself, in one row. Settings of the environment stand above it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    base_url = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="Where people reach it, e.g. https://help.example.com; every link that lasts is made of it.",
    )
    proposed_base_url = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="What an older version had taken from a request; of no effect until somebody confirms it.",
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Its administrators look after the installation: the account of the first run.",
    )
    # Fields of kit.mail_server.MailServer; {} is none. Sealed: there is a password among them.
    mail_server = EncryptedJSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_installation")]
