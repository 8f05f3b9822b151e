"""The nouns of a conversation, by facet."""

from ventanilla.conversations.models.aside import Draft, Mention, Participant
from ventanilla.conversations.models.canned import CannedFile, CannedResponse
from ventanilla.conversations.models.conversation import (
    UNATTENDED,
    CloseReason,
    Conversation,
    ConversationLabel,
    Priority,
    Status,
)
from ventanilla.conversations.models.kept import KeptFile
from ventanilla.conversations.models.merge import Merge, MergedMessage
from ventanilla.conversations.models.message import (
    Attachment,
    FileType,
    FoldedText,
    Message,
    MessageStatus,
    MessageType,
    SenderType,
    Upload,
)
from ventanilla.conversations.models.own import AlertLevel, Mute, Reminder
from ventanilla.conversations.models.scheduled import ScheduledFile, ScheduledMessage
from ventanilla.conversations.models.split import Split

__all__ = [
    "UNATTENDED",
    "AlertLevel",
    "Attachment",
    "CannedFile",
    "CannedResponse",
    "CloseReason",
    "Conversation",
    "ConversationLabel",
    "Draft",
    "FileType",
    "FoldedText",
    "KeptFile",
    "Mention",
    "Merge",
    "MergedMessage",
    "Message",
    "MessageStatus",
    "MessageType",
    "Mute",
    "Participant",
    "Priority",
    "Reminder",
    "ScheduledFile",
    "ScheduledMessage",
    "SenderType",
    "Split",
    "Status",
    "Upload",
]
