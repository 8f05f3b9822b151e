"""What the widget must know of its inbox (contract C.2). Nothing here is secret: any visitor may read it."""

from __future__ import annotations

from typing import Any

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.features import is_enabled
from ventanilla.inboxes.channels import channel_for
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import hours_of, next_openings
from ventanilla.kit import clock, domains, languages, limit_values, links
from ventanilla.kit.limits import is_email

BRAND = "Ventanilla"


def enabled_features(inbox: Inbox) -> list[str]:
    """What the company switched on in the widget: attachments, emoji_picker, end_conversation, …"""
    return list(_shown(inbox)["selected_feature_flags"])


def _shown(inbox: Inbox) -> dict[str, Any]:
    return channel_for(inbox.kind).public_settings(inbox, for_administrator=False)


def language_for(inbox: Inbox, *, asked: str, accept_language: str) -> str:
    """What a visitor of this inbox is spoken to. Needs `inbox.account`."""
    return languages.for_visitor(
        asked=asked,
        fixed=_shown(inbox)["widget_language"],
        accept_language=accept_language,
        account=inbox.account.locale,
    )


def allowed_domains(inbox: Inbox) -> list[str]:
    """Where the widget may be shown; empty for everywhere."""
    return domains.listed(_shown(inbox)["allowed_domains"])


def _offset(inbox: Inbox) -> str:
    """The inbox's distance from UTC now, "+02:00"."""
    try:
        moment = clock.now().astimezone(clock.zone(inbox.timezone))
    except ValueError:
        return "+00:00"
    return moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:]


def _support_email(inbox: Inbox) -> str:
    """Where customers may write when the chat takes nothing more: the inbox's own address, else the company's."""
    candidates = (inbox.address, inbox.account.support_email)
    return next((address for address in candidates if is_email(address)), "")


def _windows(inbox: Inbox) -> list[list[int]]:
    """When it is open in the next days, holidays left out; [] when hours are switched off."""
    if not inbox.working_hours_enabled:
        return []
    return [[clock.epoch(start), clock.epoch(end)] for start, end in next_openings(inbox, at=clock.now())]


def website_channel_config(inbox: Inbox) -> dict[str, Any]:
    """The contract's `website_channel_config`, but for the visitor's `auth_token`. Needs `inbox.account`."""
    shown = _shown(inbox)
    return {
        "allow_messages_after_resolved": inbox.allow_messages_after_resolved,
        "api_host": links.here(),
        "avatar_url": avatar_url(inbox.avatar.name or ""),
        "csat_survey_enabled": inbox.csat_survey_enabled,
        "disable_branding": is_enabled(inbox.account, "disable_branding"),
        "enabled_features": shown["selected_feature_flags"],
        "enabled_languages": [{"name": name, "iso_639_1_code": code} for code, name in languages.names()],
        "lock_to_single_conversation": inbox.lock_to_single_conversation,
        "locale": languages.choose(shown["widget_language"], otherwise=inbox.account.locale),
        "out_of_office_message": inbox.out_of_office_message,
        "portal": None,
        "pre_chat_form_enabled": shown["pre_chat_form_enabled"],
        "pre_chat_form_options": shown["pre_chat_form_options"],
        "reply_time": shown["reply_time"],
        "timezone": inbox.timezone,
        "utc_off_set": _offset(inbox),
        "website_name": inbox.name,
        "website_token": inbox.identifier,
        "welcome_tagline": shown["welcome_tagline"],
        "welcome_title": shown["welcome_title"],
        "widget_color": shown["widget_color"],
        "widget_position": shown["widget_position"],
        "working_hours": inbox.working_hours,
        "working_hours_enabled": inbox.working_hours_enabled,
        "open_windows": _windows(inbox),
        "open_spans": hours_of(inbox)["week"],
        "max_upload_bytes": limit_values.of("MAX_UPLOAD_BYTES"),
        "support_email": _support_email(inbox),
        "greeting_enabled": inbox.greeting_enabled,
        "greeting_message": inbox.greeting_message,
        "has_bot": inbox.agent_bot_id is not None,
        "hmac_mandatory": inbox.hmac_mandatory,
    }


def global_config() -> dict[str, Any]:
    """What the whole installation is called."""
    return {
        "BRAND_NAME": BRAND,
        "INSTALLATION_NAME": BRAND,
        "LOGO_THUMBNAIL": links.answer_url("/favicon.svg"),
        "WIDGET_BRAND_URL": links.answer_url("/"),
        "DIRECT_UPLOADS_ENABLED": True,
    }
