"""Notification, its settings per member, and push subscriptions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedJSONField, EncryptedTextField
from ventanilla.kit.sealed_keys import SealedKeyField


def default_email_flags() -> list[str]:
    return ["email_conversation_assignment"]


def default_push_flags() -> list[str]:
    return ["push_conversation_assignment"]


class MailPace(models.TextChoices):
    """How often notification mail may come."""

    AT_ONCE = "at_once"
    EVERY = "every"  # so many minutes, as one mail
    DAILY = "daily"  # at an hour of theirs, as one mail


class Notification(models.Model):
    """What a user is told about a conversation; only the newest per user and conversation is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.PositiveSmallIntegerField(help_text="Number of the kind; see notifications.registry.")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    # False: told by other ways alone, as they wish for its kind. It says whether they have read it, and no list shows it.
    in_bell = models.BooleanField(default=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actor_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    last_activity_at = models.DateTimeField(default=now)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "conversation"], name="notification_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "account", "-last_activity_at"], name="notification_by_user")
        ]


class NotificationSetting(models.Model):
    """Which kinds a member wants by which way: flags `email_<kind>` and `push_<kind>`, and what they said of the bell by the
    kind's name. How often mail may come, and in which hours of their day nothing sounds or pops up.
    """

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="notification_setting"
    )
    email_flags = models.JSONField(default=default_email_flags)
    push_flags = models.JSONField(default=default_push_flags)
    bell = models.JSONField(default=dict, blank=True)
    mail_pace = models.CharField(max_length=8, choices=MailPace.choices, default=MailPace.AT_ONCE)
    mail_every_minutes = models.PositiveSmallIntegerField(default=30)
    mail_daily_at = models.CharField(max_length=5, default="09:00")
    quiet_from = models.CharField(max_length=5, blank=True, default="")
    quiet_until = models.CharField(max_length=5, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)


class DigestItem(models.Model):
    """What a member is to be mailed together with the rest, the newest of each kind about each conversation.

    Goes when its digest is asked for (DigestDue): from then on the event holds it.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    kind = models.PositiveSmallIntegerField()
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actor_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["membership", "conversation", "kind"], name="digest_item_once")
        ]


class PushSubscription(models.Model):
    """A browser or phone that takes push messages. `key` is its endpoint or device id."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    kind = models.CharField(max_length=16, help_text="browser_push or fcm")
    key = SealedKeyField(max_length=2048, unique=True)
    push_token = SealedKeyField(max_length=2048, blank=True, default="")
    attributes = EncryptedJSONField(default=dict)
    session = models.CharField(
        max_length=80,
        blank=True,
        default="",
        help_text="What it was registered with, as signin.selectors.is_open reads it: it ends with that.",
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)


class PushKey(models.Model):
    """The key that push services know this installation by (VAPID, RFC 8292). One row, made when it is first asked for."""

    # A browser's subscription is bound to the key, so there is no second one.
    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    private_pem = EncryptedTextField()
    created_at = models.DateTimeField(default=now)
