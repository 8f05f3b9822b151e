"""What conversations and messages look like (A.7), for the OpenAPI document and the desk's typed client."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.contacts import ContactShape
from ventanilla.api.application.teams import TeamShape

StatusWord = Literal["open", "resolved", "pending", "snoozed"]
PriorityWord = Literal["low", "medium", "high", "urgent"]
MessageStatusWord = Literal["sent", "delivered", "read", "failed", "progress"]
CloseReasonWord = Literal["resolved", "ignored", "archived", "merged"]


class SenderShape(Schema, extra="allow"):
    """Who wrote: a user, a contact or a bot, told apart by `type`."""

    id: int
    name: str
    type: Literal["user", "contact", "agent_bot"]
    available_name: str | None = None
    avatar_url: str | None = None
    thumbnail: str | None = None
    availability_status: str | None = None
    email: str | None = None
    phone_number: str | None = None
    identifier: str | None = None
    additional_attributes: dict[str, Any] | None = None
    custom_attributes: dict[str, Any] | None = None


class AttachmentShape(Schema):
    """A file, a place, a card or a link that came with a message; which keys it has depends on `file_type`."""

    id: int
    message_id: int
    file_type: Literal[
        "image",
        "audio",
        "video",
        "file",
        "location",
        "fallback",
        "share",
        "story_mention",
        "contact",
        "ig_reel",
    ]
    account_id: int
    extension: str | None = None
    data_url: str | None = None
    thumb_url: str | None = None
    file_size: int | None = None
    width: int | None = None
    height: int | None = None
    filename: str | None = None
    content_type: str | None = None
    content_id: str | None = None
    coordinates_lat: float | None = None
    coordinates_long: float | None = None
    fallback_title: str | None = None


class MessageShape(Schema):
    """A message. `message_type`: 0 incoming, 1 outgoing, 2 activity, 3 automatic text.

    An activity line says its kind and variables in `additional_attributes`.
    """

    id: int
    content: str
    inbox_id: int
    echo_id: str | None = None
    conversation_id: int
    message_type: Literal[0, 1, 2, 3]
    content_type: str
    status: MessageStatusWord
    content_attributes: dict[str, Any]
    additional_attributes: dict[str, Any]
    created_at: int
    private: bool
    source_id: str | None
    sender: SenderShape | None = None
    attachments: list[AttachmentShape] | None = None
    version: int


class MessageConversationShape(Schema):
    """What a message of an event says of its conversation."""

    assignee_id: int | None
    unread_count: int
    last_activity_at: int
    contact_inbox: dict[str, Any]


class EventMessageShape(MessageShape):
    """A message as events and the last message of a conversation carry it."""

    account_id: int
    external_source_ids: dict[str, Any]
    processed_message_content: str
    sentiment: dict[str, Any]
    sender_type: Literal["User", "Contact", "AgentBot"] | None
    sender_id: int | None
    updated_at: str
    conversation: MessageConversationShape


class ConversationMetaShape(Schema):
    """Who it is with and who has it. `assignee` and `team` are absent when there is none."""

    sender: ContactShape
    channel: str
    hmac_verified: bool
    assignee: AgentShape | None = None
    team: TeamShape | None = None


class ClockShape(Schema):
    """The promise that is due first, and when half of its time and all of it is over. Times are seconds since 1970."""

    promise: Literal["first_response", "next_response", "resolution"]
    half_at: int
    due_at: int


class AppliedSlaShape(Schema):
    """The SLA policy of a conversation and how it stands."""

    id: int
    sla_id: int
    sla_status: Literal["active", "hit", "missed", "active_with_misses"]
    created_at: int
    updated_at: int
    sla_description: str
    sla_name: str
    sla_first_response_time_threshold: int | None
    sla_next_response_time_threshold: int | None
    sla_only_during_business_hours: bool
    sla_resolution_time_threshold: int | None


class SlaEventShape(Schema):
    """A promise that was missed: frt, nrt or rt. `created_at` is when it should have been kept."""

    id: int
    event_type: Literal["frt", "nrt", "rt"]
    meta: dict[str, Any]
    created_at: int
    updated_at: int


class ConversationShape(Schema):
    """A conversation. `id` is its number in the account; times are seconds since 1970, 0 for unset.

    `version` grows with every change; `close_reason` says why it is resolved.
    """

    meta: ConversationMetaShape
    id: int
    messages: list[EventMessageShape]
    account_id: int
    uuid: str
    additional_attributes: dict[str, Any]
    agent_last_seen_at: int
    assignee_last_seen_at: int
    contact_last_seen_at: int
    can_reply: bool
    custom_attributes: dict[str, Any]
    inbox_id: int
    labels: list[str]
    muted: bool
    snoozed_until: str | None
    status: StatusWord
    close_reason: CloseReasonWord | None
    merged_into: int | None
    created_at: int
    timestamp: int
    last_activity_at: int
    first_reply_created_at: int
    unread_count: int
    last_non_activity_message: EventMessageShape | None
    priority: PriorityWord | None
    waiting_since: int
    sla_policy_id: int | None
    service_level: ClockShape | None
    applied_sla: AppliedSlaShape | None = None
    sla_events: list[SlaEventShape] | None = None
    version: int
