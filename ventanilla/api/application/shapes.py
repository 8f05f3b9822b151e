"""What the contract's objects look like (A.7), for the OpenAPI document and the desk's typed client.

Responses leave as bytes from the rooms' rendering; a test holds those against these shapes.
"""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

AvailabilityWord = Literal["online", "busy", "offline"]
RoleWord = Literal["administrator", "agent", "analyst"]


class AgentShape(Schema):
    """A member of the account. `availability` is what they chose, `availability_status` what others see."""

    id: int
    account_id: int
    availability: AvailabilityWord
    availability_status: AvailabilityWord
    auto_offline: bool
    confirmed: bool
    email: str
    available_name: str
    custom_attributes: dict[str, Any]
    name: str
    role: RoleWord
    thumbnail: str
    custom_role_id: int | None


class UserAccountShape(Schema):
    """One of the user's accounts."""

    id: int
    name: str
    status: str
    active_at: str | None
    role: RoleWord
    permissions: list[str]
    availability: AvailabilityWord
    availability_status: AvailabilityWord
    auto_offline: bool
    custom_role_id: int | None
    custom_role: dict[str, Any] | None
    locale: str
    custom_attributes: dict[str, Any]


class UserShape(Schema):
    """The signed-in user."""

    access_token: str
    account_id: int | None
    available_name: str
    avatar_url: str
    confirmed: bool
    display_name: str | None
    message_signature: str | None
    email: str
    unconfirmed_email: str | None
    id: int
    inviter_id: int | None
    name: str
    phone_number: str | None
    provider: str
    pubsub_token: str
    custom_attributes: dict[str, Any]
    role: RoleWord | None
    ui_settings: dict[str, Any]
    uid: str
    type: str | None
    accounts: list[UserAccountShape]


class SignedInShape(Schema):
    """Answer of a sign-in; the session itself is in the response headers."""

    data: UserShape


class CacheKeysShape(Schema):
    """When labels, inboxes and teams last changed, epoch seconds as text."""

    label: str
    inbox: str
    team: str


class CacheKeysAnswer(Schema):
    """The keys in their envelope."""

    cache_keys: CacheKeysShape


class AccountShape(Schema):
    """The account."""

    auto_resolve_duration: int | None
    created_at: str
    custom_attributes: dict[str, Any]
    domain: str | None
    features: dict[str, bool]
    id: int
    locale: str
    name: str
    settings: dict[str, Any]
    support_email: str | None
    status: str
    timezone: str
    cache_keys: CacheKeysShape
    latest_chatwoot_version: str


class TeamShape(Schema):
    """A team. `is_member` says whether the caller is in it."""

    id: int
    name: str
    description: str
    allow_auto_assign: bool
    account_id: int
    is_member: bool
    sees_only_own: bool


class LabelShape(Schema):
    """A label."""

    id: int
    title: str
    description: str
    color: str
    show_on_sidebar: bool


class LabelsAnswer(Schema):
    """All labels."""

    payload: list[LabelShape]


class TitlesAnswer(Schema):
    """Titles of labels."""

    payload: list[str]


class AgentsAnswer(Schema):
    """Agents in their envelope."""

    payload: list[AgentShape]


class AttributeDefinitionShape(Schema):
    """The definition of a custom attribute."""

    id: int
    attribute_display_name: str
    attribute_display_type: Literal[
        "text", "number", "currency", "percent", "link", "date", "list", "checkbox"
    ]
    attribute_description: str
    attribute_key: str
    regex_pattern: str | None
    regex_cue: str | None
    attribute_values: list[str | int | float]
    attribute_model: Literal["conversation_attribute", "contact_attribute"]
    default_value: Any
    created_at: str
    updated_at: str


class WorkingDayShape(Schema):
    """Business hours of one day of the week; 0 is Sunday."""

    day_of_week: int
    closed_all_day: bool
    open_hour: int | None
    open_minutes: int | None
    close_hour: int | None
    close_minutes: int | None
    open_all_day: bool


class InboxNameShape(Schema):
    """What an inbox is called and what it is."""

    id: int
    avatar_url: str
    channel_id: int
    name: str
    channel_type: str
    provider: str | None


class InboxHealthShape(Schema):
    """How a channel is doing. `reason`: why it fails, in words; empty while it works."""

    last_success_at: str | None
    failing_since: str | None
    reason: str


class InboxShape(InboxNameShape, extra="allow"):
    """An inbox. Beside these each channel has fields of its own (A.7); keys are shown to administrators only."""

    greeting_enabled: bool
    greeting_message: str
    working_hours_enabled: bool
    enable_email_collect: bool
    csat_survey_enabled: bool
    csat_response_visible: bool
    csat_config: dict[str, Any]
    enable_auto_assignment: bool
    auto_assignment_config: dict[str, Any]
    out_of_office_message: str
    working_hours: list[WorkingDayShape]
    timezone: str
    callback_webhook_url: str | None
    allow_messages_after_resolved: bool
    lock_to_single_conversation: bool
    sender_name_type: Literal["friendly", "professional"]
    business_name: str | None
    allow_agent_to_delete_message: bool
    reauthorization_required: bool
    external_token: str | None = None
    health: InboxHealthShape | None = None
    website_token: str | None = None
    website_url: str | None = None
    widget_color: str | None = None
    welcome_title: str | None = None
    welcome_tagline: str | None = None
    reply_time: str | None = None
    widget_position: str | None = None
    widget_language: str | None = None
    allowed_domains: str | None = None
    web_widget_script: str | None = None
    selected_feature_flags: list[str] | None = None
    pre_chat_form_enabled: bool | None = None
    pre_chat_form_options: dict[str, Any] | None = None
    continuity_via_email: bool | None = None
    hmac_mandatory: bool | None = None
    hmac_token: str | None = None
    accept_unsigned_identity: bool | None = None
    inbox_identifier: str | None = None
    webhook_url: str | None = None
    additional_attributes: dict[str, Any] | None = None


class InboxesAnswer(Schema):
    """The inboxes the caller may open."""

    payload: list[InboxShape]


class MessageAnswer(Schema):
    """A sentence for people."""

    message: str


class ContactInboxShape(Schema):
    """How an inbox knows a contact."""

    source_id: str
    inbox: InboxShape


class ContactShape(Schema):
    """A contact. Times are seconds since 1970."""

    additional_attributes: dict[str, Any]
    availability_status: Literal["online", "offline"]
    blocked: bool
    email: str | None
    id: int
    name: str
    phone_number: str | None
    identifier: str | None
    thumbnail: str
    custom_attributes: dict[str, Any]
    contact_type: Literal["visitor", "lead", "customer"]
    labels: list[str]
    created_at: int
    last_activity_at: int | None = None
    contact_inboxes: list[ContactInboxShape] | None = None


class ListedContactShape(ContactShape):
    """A contact in a list. `conversations_count`: conversations in any state that the caller may see."""

    conversations_count: int


class ContactPageMeta(Schema):
    """How many there are in all; `current_page` is the parameter as it was sent."""

    count: int
    current_page: int | str


class ContactPage(Schema):
    """One page of contacts."""

    meta: ContactPageMeta
    payload: list[ListedContactShape]


class ContactAnswer(Schema):
    """One contact in its envelope."""

    payload: ContactShape


class NewContactInboxShape(Schema):
    """The identity a new contact was given; both null when none was asked for."""

    inbox: InboxShape | None
    source_id: str | None


class NewContactPair(Schema):
    """A new contact and its identity."""

    contact: ContactShape
    contact_inbox: NewContactInboxShape


class NewContactAnswer(Schema):
    """A new contact in its envelope."""

    payload: NewContactPair


class ContactableInboxesAnswer(Schema):
    """Where a conversation with the contact can be begun."""

    payload: list[ContactInboxShape]


class NoteShape(Schema):
    """A note about a contact."""

    id: int
    content: str
    account_id: int
    contact_id: int
    user: AgentShape | None = None
    created_at: int
    updated_at: int


class CustomFilterShape(Schema):
    """A filter someone saved under a name."""

    id: int
    name: str
    filter_type: Literal["conversation", "contact", "report"]
    query: dict[str, Any]
    created_at: str
    updated_at: str


class DashboardPageShape(Schema):
    """A page to frame."""

    type: Literal["frame"]
    url: str


class DashboardAppShape(Schema):
    """Pages of the company beside a conversation."""

    id: int
    title: str
    content: list[DashboardPageShape]
    created_at: str


class AgentBotShape(Schema):
    """A program that answers customers."""

    id: int
    name: str
    description: str
    outgoing_url: str
    bot_type: str
    bot_config: dict[str, Any]
    account_id: int | None
    thumbnail: str
