"""In-tray and out-tray."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Message
from ventanilla.events import claims
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.kit.seal import EncryptedTextField


class Incoming(models.Model):
    """One payload of a provider, as it came. Acknowledged only once this row is committed."""

    class State(models.TextChoices):
        RECEIVED = "received"
        PROCESSED = "processed"
        IGNORED = "ignored"  # read and rightly not a message: an auto-reply, our own mail, a receipt
        QUARANTINED = "quarantined"  # could not be read; visible, and can be run again

    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, null=True, blank=True, related_name="incoming")
    channel = models.CharField(max_length=32)
    provider_key = models.CharField(
        max_length=255, help_text="The provider's id of this payload, or a digest of it: read once."
    )
    meta = models.JSONField(
        default=dict, blank=True, help_text="Envelope: recipient, headers that matter, folder and uid, …"
    )
    raw = models.FileField(upload_to="in-tray/%Y/%m/%d", max_length=255)
    size = models.BigIntegerField(default=0, help_text="Bytes of raw.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    reason = models.TextField(
        blank=True, default="", help_text="Why there is no message: a code of delivery.reasons, and a detail."
    )
    sender = models.CharField(
        max_length=320, blank=True, default="", help_text="Of what is no message: who sent it, as it says."
    )
    subject = models.CharField(max_length=500, blank=True, default="", help_text="Of what is no message.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Readings that began and did not end: what ends the worker is not read for ever."
    )
    postponements = models.PositiveSmallIntegerField(
        default=0, help_text="Times that something we depend on did not work: storage, database."
    )
    planned_at = models.DateTimeField(
        default=now, help_text="When next_attempt_at was set: in the future, the clock was wrong."
    )
    next_attempt_at = models.DateTimeField(default=now)
    claim = models.CharField(max_length=claims.CHARS, blank=True, default="", help_text="Who reads it now.")
    claimed_until = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(default=now)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "inbox", "provider_key"], name="incoming_once", nulls_distinct=False
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(state="received"), name="incoming_due"
            ),
            models.Index(fields=["state", "-id"], name="incoming_by_state"),
            models.Index(fields=["account", "state", "-id"], name="incoming_by_account"),
            models.Index(fields=["account", "received_at", "inbox", "state"], name="incoming_by_day"),
            models.Index(fields=["claim"], condition=~models.Q(claim=""), name="incoming_claimed"),
        ]


class Outgoing(models.Model):
    """Something that must leave: a message on a channel, a webhook call, a mail of ours. `key` is stable over retries."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # someone works on it; nothing has left
        HANDING = "handing"  # the network may have it from now on
        SENT = "sent"
        UNKNOWN = "unknown"  # no one can say; never sent again unless a person asks for it
        FAILED = "failed"
        CANCELLED = "cancelled"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="outgoing"
    )
    kind = models.CharField(
        max_length=16, help_text="message, webhook or mail: which sender of delivery.senders takes it."
    )
    key = models.CharField(max_length=255, unique=True)
    destination = models.CharField(max_length=2048, blank=True, default="")
    payload = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(
        default=0, help_text="Times that a worker ended in the middle of it."
    )
    postponements = models.PositiveSmallIntegerField(
        default=0, help_text="Times that something we depend on did not work: storage, database."
    )
    planned_at = models.DateTimeField(
        default=now, help_text="When next_attempt_at was set: in the future, the clock was wrong."
    )
    next_attempt_at = models.DateTimeField(default=now)
    claim = models.CharField(max_length=claims.CHARS, blank=True, default="", help_text="Who sends it now.")
    claimed_until = models.DateTimeField(null=True, blank=True)
    waits = models.BooleanField(
        default=False, help_text="Its thread says that it waits for the inbox's sending limit."
    )
    last_error = models.TextField(blank=True, default="")
    provider_id = models.CharField(max_length=998, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state="queued"),
                name="outgoing_queued",
            ),
            models.Index(
                fields=["claim"],
                condition=models.Q(state__in=["sending", "handing"]),
                name="outgoing_claimed",
            ),
            models.Index(fields=["account", "state", "-id"], name="outgoing_by_state"),
            models.Index(
                fields=["inbox", "finished_at"],
                condition=models.Q(kind="message", state="sent"),
                name="outgoing_sent_by_inbox",
            ),
        ]


class Attempt(models.Model):
    """One try to send: when, how long, and what came back."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="tries")
    started_at = models.DateTimeField(default=now)
    duration_ms = models.PositiveIntegerField(default=0)
    succeeded = models.BooleanField()
    detail = models.TextField(
        blank=True, default="", help_text="Status line or the provider's reason; never the body or a secret."
    )


class Watch(models.Model):
    """An inbox whose provider is asked for what is new: who watches it now, and how it is doing."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="watch")
    watcher = models.CharField(max_length=64, blank=True, default="", help_text="The worker that watches it.")
    watched_until = models.DateTimeField(
        null=True, blank=True, help_text="A worker that dies loses it after this."
    )
    sign_in_failures = models.PositiveSmallIntegerField(default=0, help_text="Refused sign-ins in a row.")
    alerted_at = models.DateTimeField(
        null=True, blank=True, help_text="When administrators were told of the failure."
    )
    asked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Somebody asked to look now: whoever pauses or waits does so no longer.",
    )
    renewing_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="One worker renews the provider's token; if it dies, another may after this.",
    )


class ReadMark(models.Model):
    """How far a place of a provider (a mail folder) was read: all up to here lies in the in-tray."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="read_marks")
    place = models.CharField(max_length=255)
    values = models.JSONField(default=dict)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["inbox", "place"], name="read_mark_once")]


class Invitation(models.Model):
    """An appointment that came by mail, and the newest message that says how it stands."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    uid_digest = models.CharField(max_length=64, help_text="Of its UID, which may be of any length.")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inbox", "uid_digest"], name="invitation_once")
        ]


class SignInAttempt(models.Model):
    """Someone went to a provider to sign a mailbox in. The row is deleted when they come back: it counts once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=32, help_text="Key of the channel.")
    provider = models.CharField(max_length=16)
    state_digest = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    verifier = EncryptedTextField(help_text="PKCE code verifier.")
    redirect_uri = models.CharField(max_length=512)
    wanted = models.JSONField(default=dict, blank=True, help_text="Name and members of the inbox to be made.")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
