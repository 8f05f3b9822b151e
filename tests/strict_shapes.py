"""The contract's objects as a strict client declares them (A.7, A.12.6): a wrong type or a null that may not be is an error.

Written from the contract and not from our own schemas, so that both can disagree. `| UnsetType` means "absent, never null".
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

Json = dict[str, Any]
Availability = Literal["online", "busy", "offline"]
State = Literal["open", "resolved", "pending", "snoozed"]


class Agent(Struct):
    id: int
    account_id: int
    availability_status: Availability
    auto_offline: bool
    confirmed: bool
    email: str
    available_name: str
    name: str
    role: Literal["administrator", "agent", "analyst"]
    thumbnail: str


class Team(Struct):
    id: int
    name: str
    account_id: int
    allow_auto_assign: bool
    is_member: bool
    description: str | None = None


class Contact(Struct):
    id: int
    name: str
    thumbnail: str
    availability_status: Literal["online", "offline"]
    additional_attributes: Json
    custom_attributes: Json
    created_at: int
    email: str | None
    phone_number: str | None
    identifier: str | None
    last_activity_at: int | UnsetType = UNSET


class Sender(Struct):
    id: int
    name: str
    type: Literal["user", "contact", "agent_bot"]


class Attachment(Struct):
    id: int
    message_id: int
    file_type: str
    account_id: int
    data_url: str
    thumb_url: str
    file_size: int
    extension: str | None
    width: int | None
    height: int | None


class Message(Struct):
    id: int
    content: str | None
    inbox_id: int
    conversation_id: int
    message_type: Literal[0, 1, 2, 3]
    content_type: str
    status: Literal["sent", "delivered", "read", "failed", "progress"]
    content_attributes: Json
    created_at: int
    private: bool
    source_id: str | None
    echo_id: str | UnsetType = UNSET
    sender: Sender | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class InnerConversation(Struct):
    assignee_id: int | None
    unread_count: int
    last_activity_at: int
    contact_inbox: Json


class EventMessage(Message):
    account_id: int = 0
    additional_attributes: Json = {}
    sender_type: Literal["User", "Contact", "AgentBot"] | None = None
    sender_id: int | None = None
    updated_at: str = ""
    conversation: InnerConversation | UnsetType = UNSET


class ConversationMeta(Struct):
    sender: Contact
    channel: str
    hmac_verified: bool
    assignee: Agent | UnsetType = UNSET
    team: Json | UnsetType = UNSET


class Conversation(Struct):
    id: int
    uuid: str
    account_id: int
    inbox_id: int
    meta: ConversationMeta
    messages: list[EventMessage]
    labels: list[str]
    additional_attributes: Json
    custom_attributes: Json
    status: State
    can_reply: bool
    muted: bool
    unread_count: int
    agent_last_seen_at: int
    assignee_last_seen_at: int
    contact_last_seen_at: int
    first_reply_created_at: int
    waiting_since: int
    last_activity_at: int
    timestamp: int
    created_at: int
    snoozed_until: str | None
    priority: Literal["low", "medium", "high", "urgent"] | None
    last_non_activity_message: EventMessage | None
    sla_policy_id: int | None
    service_level: dict[str, Any] | None
    applied_sla: dict[str, Any] | UnsetType = UNSET
    sla_events: list[dict[str, Any]] | UnsetType = UNSET


class Counts(Struct):
    mine_count: int
    assigned_count: int
    unassigned_count: int
    all_count: int


class ListData(Struct):
    meta: Counts
    payload: list[Conversation]


class ConversationList(Struct):
    data: ListData


class FilterCounts(Struct):
    mine_count: int
    unassigned_count: int
    all_count: int


class FilterAnswer(Struct):
    meta: FilterCounts
    payload: list[Conversation]


class ThreadMeta(Struct):
    labels: list[str]
    additional_attributes: Json
    contact: Contact
    agent_last_seen_at: str | None
    assignee_last_seen_at: str | None
    assignee: Agent | UnsetType = UNSET


class Thread(Struct):
    meta: ThreadMeta
    payload: list[Message]


class PageMeta(Struct):
    count: int
    current_page: int | str


class ContactPage(Struct):
    meta: PageMeta
    payload: list[Contact]


class ContactAnswer(Struct):
    payload: Contact


class WorkingHour(Struct):
    day_of_week: Literal[0, 1, 2, 3, 4, 5, 6]
    closed_all_day: bool
    open_all_day: bool
    open_hour: int | None
    open_minutes: int | None
    close_hour: int | None
    close_minutes: int | None


class AssignmentConfig(Struct):
    max_assignment_limit: int | UnsetType = UNSET


class Inbox(Struct, tag_field="channel_type"):
    """What every inbox has. The channels below add their own; a client tells them apart by `channel_type`."""

    id: int
    name: str
    channel_id: int
    avatar_url: str
    greeting_enabled: bool
    greeting_message: str | None
    working_hours_enabled: bool
    enable_email_collect: bool
    csat_survey_enabled: bool
    csat_response_visible: bool
    enable_auto_assignment: bool
    auto_assignment_config: AssignmentConfig
    out_of_office_message: str | None
    working_hours: list[WorkingHour]
    timezone: str
    callback_webhook_url: str | None
    allow_messages_after_resolved: bool
    lock_to_single_conversation: bool
    sender_name_type: Literal["friendly", "professional"]
    business_name: str | None
    allow_agent_to_delete_message: bool
    provider: str | None


class PreChatField(Struct):
    name: str
    type: Literal["email", "text", "number", "link", "date", "list", "checkbox"]
    field_type: Literal["standard", "contact_attribute", "conversation_attribute"]
    label: str
    required: bool
    enabled: bool
    placeholder: str | UnsetType = UNSET
    values: list[str] | UnsetType | None = UNSET
    regex_pattern: str | UnsetType | None = UNSET
    regex_cue: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET


class PreChatForm(Struct):
    pre_chat_message: str
    pre_chat_fields: list[PreChatField]


class WebInbox(Inbox, tag="Channel::WebWidget"):
    widget_color: str
    website_url: str
    hmac_mandatory: bool
    welcome_title: str
    welcome_tagline: str
    web_widget_script: str
    website_token: str
    selected_feature_flags: list[
        Literal["attachments", "emoji_picker", "end_conversation", "use_inbox_avatar_for_bot"]
    ]
    reply_time: Literal["in_a_few_minutes", "in_a_few_hours", "in_a_day"]
    pre_chat_form_enabled: bool
    pre_chat_form_options: PreChatForm
    continuity_via_email: bool
    hmac_token: str | UnsetType = UNSET


class ApiAttributes(Struct):
    agent_reply_time_window: float | UnsetType | None = UNSET
    agent_reply_time_window_message: str | UnsetType | None = UNSET


class ApiInbox(Inbox, tag="Channel::Api"):
    webhook_url: str | None
    inbox_identifier: str
    hmac_mandatory: bool
    additional_attributes: ApiAttributes
    hmac_token: str | UnsetType = UNSET


class EmailInbox(Inbox, tag="Channel::Email"):
    email: str
    forward_to_email: str
    imap_enabled: bool | UnsetType = UNSET
    imap_login: str | UnsetType = UNSET
    imap_password: str | UnsetType = UNSET
    imap_address: str | UnsetType = UNSET
    imap_port: int | UnsetType = UNSET
    imap_enable_ssl: bool | UnsetType = UNSET
    smtp_enabled: bool | UnsetType = UNSET
    smtp_login: str | UnsetType = UNSET
    smtp_password: str | UnsetType = UNSET
    smtp_address: str | UnsetType = UNSET
    smtp_port: int | UnsetType = UNSET
    smtp_domain: str | UnsetType = UNSET
    smtp_enable_ssl_tls: bool | UnsetType = UNSET
    smtp_enable_starttls_auto: bool | UnsetType = UNSET
    smtp_openssl_verify_mode: str | UnsetType = UNSET
    smtp_authentication: str | UnsetType = UNSET
    sending_limit_per_hour: int | UnsetType = UNSET
    quotes_history: bool | UnsetType = UNSET


AnyInbox = WebInbox | ApiInbox | EmailInbox


class Inboxes(Struct):
    payload: list[AnyInbox]


class Label(Struct):
    id: int
    title: str
    color: str
    show_on_sidebar: bool
    description: str | None


class Labels(Struct):
    payload: list[Label]


class Agents(Struct):
    payload: list[Agent]


class UserAccount(Struct):
    id: int
    name: str
    role: str
    permissions: list[str]
    availability: Availability
    availability_status: Availability
    auto_offline: bool
    status: str
    active_at: str | None


class User(Struct):
    id: int
    account_id: int
    access_token: str
    available_name: str
    avatar_url: str
    confirmed: bool
    email: str
    name: str
    pubsub_token: str
    role: str
    ui_settings: Json
    uid: str
    provider: str
    accounts: list[UserAccount]
    display_name: str | None
    message_signature: str | None
    type: str | None


class Toggled(Struct):
    success: bool
    conversation_id: int
    current_status: State
    snoozed_until: str | None


class ToggleAnswer(Struct):
    payload: Toggled


class NotificationsMeta(Struct):
    unread_count: int
    count: int
    current_page: int | str


class Notification(Struct):
    id: int
    notification_type: str
    push_message_title: str
    primary_actor_type: str
    primary_actor_id: int
    primary_actor: Json
    created_at: int
    last_activity_at: int
    read_at: str | None
    snoozed_until: str | None
    meta: Json
    secondary_actor: Json | None
    user: Json | None


class NotificationsData(Struct):
    meta: NotificationsMeta
    payload: list[Notification]


class Notifications(Struct):
    data: NotificationsData


class NotificationSettings(Struct):
    id: int
    user_id: int
    account_id: int
    all_email_flags: list[str]
    selected_email_flags: list[str]
    all_push_flags: list[str]
    selected_push_flags: list[str]
