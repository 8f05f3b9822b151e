"""Website chat: the customer reads and writes through our own widget, so nothing leaves by the out-tray."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from ventanilla.inboxes.channel import (
    Capabilities,
    IncomingMessage,
    Markup,
    OutgoingMessage,
    Receipt,
    SendFailed,
    Unreadable,
)
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_web_url

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

FEATURES = ("attachments", "emoji_picker", "end_conversation", "use_inbox_avatar_for_bot")
REPLY_TIMES = ("in_a_few_minutes", "in_a_few_hours", "in_a_day")
FIELD_TYPES = ("email", "text", "number", "link", "date", "list", "checkbox")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

DEFAULTS: dict[str, Any] = {
    "website_url": "",
    "widget_color": "#0b5c66",
    "welcome_title": "",
    "welcome_tagline": "",
    "reply_time": "in_a_few_minutes",
    "pre_chat_form_enabled": False,
    "pre_chat_form_options": {
        "pre_chat_message": "",
        "pre_chat_fields": [
            {
                "field_type": "standard",
                "name": "emailAddress",
                "type": "email",
                "label": "Email",
                "required": True,
                "enabled": True,
            },
            {
                "field_type": "standard",
                "name": "fullName",
                "type": "text",
                "label": "Name",
                "required": False,
                "enabled": True,
            },
            {
                "field_type": "standard",
                "name": "phoneNumber",
                "type": "text",
                "label": "Phone",
                "required": False,
                "enabled": False,
            },
        ],
    },
    "continuity_via_email": True,
    "selected_feature_flags": ["attachments", "emoji_picker", "end_conversation"],
}


class WebchatChannel:
    """The website inbox of the contract (`Channel::WebWidget`)."""

    kind = "webchat"
    contract_type = "Channel::WebWidget"
    create_type = "web_widget"
    capabilities = Capabilities(markup=Markup.MARKDOWN, sends_through_out_tray=False, delivery_receipts=True)

    def settings_schema(self) -> dict[str, Any]:
        """The form of a website inbox."""
        return {
            "type": "object",
            "required": ["website_url", "widget_color"],
            "properties": {
                "website_url": {"type": "string", "format": "uri", "title": str(_("Website address"))},
                "widget_color": {"type": "string", "format": "color", "title": str(_("Colour"))},
                "welcome_title": {"type": "string", "title": str(_("Welcome title"))},
                "welcome_tagline": {"type": "string", "title": str(_("Welcome text"))},
                "reply_time": {
                    "type": "string",
                    "enum": list(REPLY_TIMES),
                    "title": str(_("Usual reply time")),
                },
            },
        }

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """Defaults, then what stands, then what is given. Raises Invalid, naming the field."""
        settings = {
            **DEFAULTS,
            **current,
            **{key: value for key, value in given.items() if key in DEFAULTS and value is not None},
        }
        wrong: dict[str, list[Any]] = {}
        url = str(settings["website_url"]).strip()
        if url and "://" not in url:
            url = f"https://{url}"  # people paste bare domains
        if not is_web_url(url):
            wrong["website_url"] = [_("Give the address of the website, for example https://example.com.")]
        settings["website_url"] = url
        if not _COLOUR.fullmatch(str(settings["widget_color"])):
            wrong["widget_color"] = [_("Give a colour as #rrggbb.")]
        if settings["reply_time"] not in REPLY_TIMES:
            wrong["reply_time"] = [_("This is not one of the known reply times.")]
        flags = settings["selected_feature_flags"]
        if not isinstance(flags, list) or any(flag not in FEATURES for flag in flags):
            wrong["selected_feature_flags"] = [_("One of the features is not known.")]
        if not _is_form(settings["pre_chat_form_options"]):
            wrong["pre_chat_form_options"] = [_("The form before the chat is not valid.")]
        if wrong:
            raise Invalid(fields=wrong)
        return settings, dict(secrets), ""

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """The widget's keys of the contract's inbox object; the script itself needs the public address (web room)."""
        shown = {**DEFAULTS, **inbox.channel_settings}
        shown |= {"website_token": inbox.identifier, "hmac_mandatory": inbox.hmac_mandatory}
        if for_administrator:
            shown["hmac_token"] = inbox.hmac_token
        return shown

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Always: the visitor reads it on their next visit."""
        return True

    def parse(self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox) -> list[IncomingMessage]:
        """The widget writes through the API, never through the in-tray."""
        raise Unreadable("website chat has no provider")

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Nothing to send: the widget reads the thread itself."""
        raise SendFailed("website chat has no provider", permanent=True)


def _is_form(options: Any) -> bool:
    if not isinstance(options, dict) or not isinstance(options.get("pre_chat_fields", []), list):
        return False
    return all(
        isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and item.get("type", "text") in FIELD_TYPES
        for item in options.get("pre_chat_fields", [])
    )


channel = WebchatChannel()
