"""Message and attachment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, ClassVar

from django.db import models

from ventanilla.accounts.models import Account
from ventanilla.conversations.models.conversation import Conversation
from ventanilla.inboxes.marks import MessageMarks
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.addresses import once
from ventanilla.kit.clock import now


class MessageType(models.IntegerChoices):
    """Who a message is from, as the contract numbers it."""

    INCOMING = 0, "incoming"
    OUTGOING = 1, "outgoing"
    ACTIVITY = 2, "activity"
    TEMPLATE = 3, "template"


class MessageStatus(models.IntegerChoices):
    """How far a message got. `PROGRESS`: its network has not taken it yet. `UNKNOWN`: no one can say whether it did."""

    SENT = 0, "sent"
    DELIVERED = 1, "delivered"
    READ = 2, "read"
    FAILED = 3, "failed"
    PROGRESS = 4, "progress"
    UNKNOWN = 5, "unknown"


class SenderType(models.TextChoices):
    """Whose id `sender_id` is; empty for the system."""

    NONE = ""
    USER = "User"
    CONTACT = "Contact"
    AGENT_BOT = "AgentBot"


class Message(models.Model):
    """One message, note or activity line of a conversation. Ids grow in the order of the thread."""

    # Without indexes of their own: those below begin with account and conversation, and no one asks for an inbox's.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    message_type = models.PositiveSmallIntegerField(choices=MessageType.choices)
    private = models.BooleanField(default=False, help_text="A note: never leaves to the customer.")
    content = models.TextField(blank=True, default="")
    processed_content = models.TextField(
        blank=True, default="", help_text="Without quoted history; empty when the same as content."
    )
    content_type = models.CharField(max_length=20, default="text")
    content_attributes = models.JSONField(default=dict, blank=True)
    additional_attributes = models.JSONField(default=dict, blank=True)
    status = models.PositiveSmallIntegerField(choices=MessageStatus.choices, default=MessageStatus.SENT)
    sender_type = models.CharField(
        max_length=10, choices=SenderType.choices, blank=True, default=SenderType.NONE
    )
    sender_id = models.BigIntegerField(null=True, blank=True)
    source_id = models.CharField(
        max_length=998, null=True, blank=True, help_text="The provider's id of this message."
    )
    echo_id = models.CharField(
        max_length=128, null=True, blank=True, help_text="The sender's own key: a second try finds the first."
    )
    has_attachments = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "sender_type", "sender_id", "echo_id"],
                condition=models.Q(echo_id__isnull=False),
                name="message_echo_once",
            ),
            models.UniqueConstraint(
                fields=["inbox", "source_id", "message_type"],
                condition=models.Q(source_id__isnull=False, message_type=0),
                name="message_source_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "id"], name="message_by_conversation"),
            models.Index(
                fields=["inbox", "source_id"],
                condition=models.Q(source_id__isnull=False),
                name="message_by_source",
            ),
            models.Index(fields=["account", "created_at"], name="message_by_time"),
            # Whether a conversation has notes, which few do.
            models.Index(
                fields=["conversation"],
                condition=models.Q(private=True, deleted_at__isnull=True),
                name="message_notes",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def marks(self) -> MessageMarks:
        """What it says of itself beside its columns."""
        return MessageMarks(self.content_attributes)

    def reaches(self, *customer: str) -> bool:
        """Whether this public message of ours goes to the customer, by one of their addresses.

        By default it does, unless it passes another one on or is addressed to others alone.
        """
        marks = self.marks
        if {one.lower() for one in marks.addressed} & {address.lower() for address in customer}:
            return True
        return not marks.passes_on and not marks.to

    def recipients(self, customer: str) -> list[str]:
        """Everyone a mail of ours goes to, once each; `customer` is the contact's address in the inbox."""
        marks = self.marks
        to = marks.to or ([] if marks.passes_on else [customer])
        return once([*to, *marks.cc, *marks.bcc])


class FoldedText(models.Model):
    """What a message says beside its text: quoted history, signature, footer. A table of its own for search alone, so that
    lists and threads never carry it. It goes with its message, and with what that said.
    """

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, primary_key=True, related_name="folded_text"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()


class FileType(models.TextChoices):
    """Kind of attachment, in the contract's words."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    FALLBACK = "fallback"
    SHARE = "share"
    STORY_MENTION = "story_mention"
    CONTACT = "contact"
    IG_REEL = "ig_reel"


class Attachment(models.Model):
    """A file, place or card that came with a message. `file` is empty for places and fallbacks."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file_type = models.CharField(max_length=16, choices=FileType.choices, default=FileType.FILE)
    file = models.FileField(upload_to="attachments/%Y/%m/%d", blank=True, max_length=255)
    thumbnail = models.FileField(upload_to="thumbnails/%Y/%m/%d", blank=True, max_length=255)
    filename = models.CharField(max_length=255, blank=True, default="")
    mime_type = models.CharField(max_length=255, blank=True, default="")
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    content_id = models.CharField(
        max_length=998,
        blank=True,
        default="",
        help_text="Content-ID of an inline mail part, without brackets.",
    )
    external_url = models.CharField(max_length=2048, blank=True, default="")
    fallback_title = models.CharField(max_length=1024, blank=True, default="")
    coordinates_lat = models.FloatField(null=True, blank=True)
    coordinates_long = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)


@dataclass(frozen=True)
class Upload:
    """A file on its way in: an open binary file, the name its sender gave, and a claimed MIME type (never trusted).

    `inline`: the HTML of a mail shows it, so it is none of the files that a person sees beside the message.
    """

    file: IO[bytes]
    filename: str
    content_type: str = "application/octet-stream"
    content_id: str = ""
    inline: bool = False
