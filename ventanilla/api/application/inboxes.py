"""Inboxes, their members and who can be assigned (B.4)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.files import UploadedFile
from ninja.params.functions import Query
from pydantic import model_validator

from ventanilla.accounts.models import AgentBot
from ventanilla.accounts.policies import Capability
from ventanilla.accounts.rendering import agent_json
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.auth_routes import MessageAnswer
from ventanilla.api.auth import Request
from ventanilla.api.declared import declared
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.delivery import health, renewing
from ventanilla.inboxes import selectors
from ventanilla.inboxes.channel import SignInRefused, Unreachable, pulling, registry
from ventanilla.inboxes.commands import inboxes as commands
from ventanilla.inboxes.commands import members as member_commands
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.rendering import bot_json, inbox_json
from ventanilla.inboxes.settings import SETTINGS
from ventanilla.kit.business_hours import ask_for_holidays
from ventanilla.kit.errors import NotFound

router = Router(tags=["Inboxes"])


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


@declared(SETTINGS.wire_fields())
class InboxShape(InboxNameShape, extra="allow"):
    """An inbox. Beside these each channel has fields of its own (A.7); keys are shown to administrators only."""

    working_hours: list[WorkingDayShape]
    sender_name_type: Literal["friendly", "professional"]
    callback_webhook_url: str | None
    reauthorization_required: bool
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


class AgentsAnswer(Schema):
    """Agents in their envelope."""

    payload: list[AgentShape]


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


INBOX_IDS = Query([], alias="inbox_ids[]")


@declared(SETTINGS.body_fields())
class InboxBody(Body):
    """What to change of an inbox. The text "null" means null: forms cannot say it otherwise."""

    wrapper = "inbox"
    avatar: UploadedFile | None = None
    channel: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def null_word_is_null(cls, data: Any) -> Any:
        """`"null"` as a value, also inside `channel`."""
        given = getattr(data, "_obj", data)
        return _without_null_words(given) if isinstance(given, dict) else data


def _without_null_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null_words(item) for key, item in value.items()}
    return None if value == "null" else value


class MembersBody(Body):
    """An inbox and ids of users."""

    inbox_id: int
    user_ids: list[int] = []


class BotBody(Body):
    """The bot to connect, or null."""

    agent_bot: int | None = None


class BotAnswer(Schema):
    """The connected bot, absent when there is none."""

    agent_bot: AgentBotShape | None = None


class ChannelShape(Schema):
    """A kind of channel that can be connected, with the form of its settings as a JSON schema."""

    kind: str
    type: str
    channel_type: str
    settings_schema: dict[str, Any]
    capabilities: dict[str, Any]


def _reply(request: Request, inbox: Inbox) -> HttpResponse:
    return json_reply(inbox_json(inbox, for_administrator=request.auth.is_administrator))


def _visible(request: Request, inbox_id: int) -> Inbox:
    return selectors.get_inbox_for(request.auth.member, inbox_id=inbox_id)


def _writable(request: Request, inbox_id: int) -> Inbox:
    request.auth.require(Capability.INBOXES_WRITE)
    return selectors.get_inbox(request.auth.account, inbox_id=inbox_id)


@router.get("/inboxes", operation_id="list_inboxes", response=InboxesAnswer)
def index(request: Request, account_id: int) -> HttpResponse:
    """The inboxes the caller may open, by name."""
    inboxes = selectors.inboxes_for(request.auth.member)
    shown = [inbox_json(inbox, for_administrator=request.auth.is_administrator) for inbox in inboxes]
    return json_reply({"payload": shown})


@router.post("/inboxes", operation_id="create_inbox", response=InboxShape)
def create(request: Request, account_id: int, given: InboxBody = Given()) -> HttpResponse:
    """Connect a channel: `channel.type` is web_widget, api or another installed one, with that channel's fields."""
    request.auth.require(Capability.INBOXES_WRITE)
    commands.check_new_connection(given.channel)
    ask_for_holidays(given.given.get("business_hours"))
    inbox = commands.create_inbox(
        request.auth.account,
        channel=given.channel or {},
        avatar=given.avatar,
        by=request.auth.person,
        **SETTINGS.said(given.given),
    )
    return _reply(request, inbox)


@router.get("/inboxes/channels", operation_id="list_channels", response=list[ChannelShape])
def channels(request: Request, account_id: int) -> HttpResponse:
    """The kinds of channel this installation can connect; the desk draws their forms from the schemas."""
    return json_reply(
        [
            {
                "kind": channel.kind,
                "type": channel.create_type,
                "channel_type": channel.contract_type,
                "settings_schema": channel.settings_schema(),
                "capabilities": {
                    "markup": channel.capabilities.markup.value,
                    "attachments": channel.capabilities.attachments,
                    "max_attachment_bytes": channel.capabilities.max_attachment_bytes,
                    "max_text_chars": channel.capabilities.max_text_chars,
                    "can_start_conversation": channel.capabilities.can_start_conversation,
                    "email_headers": channel.capabilities.email_headers,
                    "delivery_receipts": channel.capabilities.delivery_receipts,
                },
            }
            for channel in registry().values()
        ]
    )


@router.get("/inboxes/{int:inbox_id}", operation_id="show_inbox", response=InboxShape)
def show(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """One inbox the caller may open."""
    return _reply(request, _visible(request, inbox_id))


@router.patch("/inboxes/{int:inbox_id}", operation_id="update_inbox", response=InboxShape)
def change(request: Request, account_id: int, inbox_id: int, given: InboxBody = Given()) -> HttpResponse:
    """Change what is given; days of working_hours replace those of the same day_of_week."""
    inbox = _writable(request, inbox_id)
    with suppress(SignInRefused, Unreachable):  # then the check says what is wrong
        renewing.renew_if_due(inbox)
    commands.check_connection(inbox, channel=given.channel)
    ask_for_holidays(given.given.get("business_hours"))
    inbox = commands.update_inbox(
        inbox,
        channel=given.channel,
        avatar=given.avatar,
        by=request.auth.person,
        **SETTINGS.said(given.given),
    )
    if given.channel and pulling(inbox.kind) is not None:  # its servers took what they were given
        health.note_signed_in(inbox)
    return _reply(request, inbox)


@router.delete("/inboxes/{int:inbox_id}", operation_id="delete_inbox", response=MessageAnswer)
def destroy(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """Hide the inbox now and delete all it has in the background."""
    commands.delete_inbox(_writable(request, inbox_id), by=request.auth.person)
    return json_reply({"message": _("The channel is being deleted. This may take a while.")})


@router.delete("/inboxes/{int:inbox_id}/avatar", operation_id="delete_inbox_avatar", response={200: None})
def delete_avatar(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """Take the picture away."""
    commands.remove_inbox_avatar(_writable(request, inbox_id), by=request.auth.person)
    return empty_reply()


@router.get(
    "/inboxes/{int:inbox_id}/assignable_agents", operation_id="inbox_assignable_agents", response=AgentsAnswer
)
def inbox_assignable_agents(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """Who can be assigned in the inbox: its members and the administrators."""
    inbox = _visible(request, inbox_id)
    agents = selectors.assignable_agents(request.auth.account, inbox_ids=[inbox.pk])
    return json_reply({"payload": [agent_json(agent) for agent in agents]})


@router.get("/assignable_agents", operation_id="assignable_agents", response=AgentsAnswer)
def assignable_agents(request: Request, account_id: int, inbox_ids: list[int] = INBOX_IDS) -> HttpResponse:
    """Who can be assigned in all of these inboxes: their common members and the administrators."""
    visible = selectors.inbox_ids_for(request.auth.member)
    if not visible.issuperset(inbox_ids):
        raise NotFound
    agents = selectors.assignable_agents(request.auth.account, inbox_ids=inbox_ids)
    return json_reply({"payload": [agent_json(agent) for agent in agents]})


@router.get("/inboxes/{int:inbox_id}/agent_bot", operation_id="show_inbox_bot", response=BotAnswer)
def show_bot(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """The bot that answers first, if any."""
    bot = _visible(request, inbox_id).agent_bot
    return json_reply({"agent_bot": bot_json(bot)} if bot else {})


@router.post("/inboxes/{int:inbox_id}/set_agent_bot", operation_id="set_inbox_bot", response={200: None})
def set_bot(request: Request, account_id: int, inbox_id: int, given: BotBody = Given()) -> HttpResponse:
    """Connect a bot; null disconnects it."""
    inbox = _writable(request, inbox_id)
    bot = AgentBot.objects.filter(pk=given.agent_bot).first() if given.agent_bot else None
    if given.agent_bot and bot is None:
        raise NotFound
    commands.connect_bot(inbox, bot=bot, by=request.auth.person)
    return empty_reply()


# ── members ───────────────────────────────────────────────────────────────────────────────────────────


def _members_reply(inbox: Inbox) -> HttpResponse:
    return json_reply({"payload": [agent_json(agent) for agent in selectors.inbox_members(inbox)]})


@router.get("/inbox_members/{int:inbox_id}", operation_id="list_inbox_members", response=AgentsAnswer)
def members(request: Request, account_id: int, inbox_id: int) -> HttpResponse:
    """The inbox's members, by name."""
    return _members_reply(_visible(request, inbox_id))


@router.post("/inbox_members", operation_id="add_inbox_members", response=AgentsAnswer)
def add_members(request: Request, account_id: int, given: MembersBody = Given()) -> HttpResponse:
    """Let these users in."""
    inbox = _writable(request, given.inbox_id)
    member_commands.add_inbox_members(inbox, user_ids=given.user_ids, by=request.auth.person)
    return _members_reply(inbox)


@router.patch("/inbox_members", operation_id="set_inbox_members", response=AgentsAnswer)
def set_members(request: Request, account_id: int, given: MembersBody = Given()) -> HttpResponse:
    """Make exactly these users the members."""
    inbox = _writable(request, given.inbox_id)
    member_commands.set_inbox_members(inbox, user_ids=given.user_ids, by=request.auth.person)
    return _members_reply(inbox)


@router.delete("/inbox_members", operation_id="remove_inbox_members", response={200: None})
def remove_members(request: Request, account_id: int, given: MembersBody = Given()) -> HttpResponse:
    """Keep these users out."""
    inbox = _writable(request, given.inbox_id)
    member_commands.remove_inbox_members(inbox, user_ids=given.user_ids, by=request.auth.person)
    return empty_reply()
