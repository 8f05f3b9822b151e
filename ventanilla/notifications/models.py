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


class Notification(models.Model):
    """What a user is told about a conversation; only the newest per user and conversation is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.PositiveSmallIntegerField(help_text="Number of the kind; see notifications.registry.")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
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
    """Which kinds a member wants by which way: flags `email_<kind>` and `push_<kind>`."""

    membership = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="notification_setting"
    )
    email_flags = models.JSONField(default=default_email_flags)
    push_flags = models.JSONField(default=default_push_flags)
    updated_at = models.DateTimeField(auto_now=True)


class PushSubscription(models.Model):
    """A browser or phone that takes push messages. `key` is its endpoint or device id."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    kind = models.CharField(max_length=16, help_text="browser_push or fcm")
    key = SealedKeyField(max_length=2048, unique=True)
    push_token = SealedKeyField(max_length=2048, blank=True, default="")
    attributes = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)


class PushKey(models.Model):
    """The key that push services know this installation by (VAPID, RFC 8292). One row, made when it is first asked for."""

    # A browser's subscription is bound to the key, so there is no second one.
    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    private_pem = EncryptedTextField()
    created_at = models.DateTimeField(default=now)
