"""Website chat: the customer reads and writes through our own widget, so nothing leaves by the out-tray."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from ventanilla.inboxes.channel import (
    Capabilities,
    Face,
    IncomingMessage,
    Markup,
    OutgoingMessage,
    Receipt,
    SendFailed,
    Unreadable,
)
from ventanilla.inboxes.channel_settings import ChannelSettings
from ventanilla.kit import domains, languages
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_web_url
from ventanilla.kit.shapes import Shape, Texts

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox

FEATURES = ("attachments", "emoji_picker", "end_conversation", "use_inbox_avatar_for_bot")
REPLY_TIMES = ("in_a_few_minutes", "in_a_few_hours", "in_a_day")
POSITIONS = ("auto", "left", "right")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class PreChatField(Shape):
    """One question of the form (contract F.23). A custom attribute is asked by its key, with what its definition says."""

    field_type: Literal["standard", "contact_attribute", "conversation_attribute"] = "standard"
    name: str
    type: Literal["email", "text", "number", "link", "date", "list", "checkbox"] = "text"
    label: str = ""
    placeholder: str = ""
    required: bool = False
    enabled: bool = False
    values: Texts = []
    regex_pattern: str | None = None
    regex_cue: str | None = None
    locale: str | None = None


def _standard_fields() -> list[PreChatField]:
    return [
        PreChatField(name="emailAddress", type="email", label="Email", required=True, enabled=True),
        PreChatField(name="fullName", label="Name", enabled=True),
        PreChatField(name="phoneNumber", label="Phone"),
    ]


class PreChatForm(Shape):
    """What is asked before a chat begins."""

    pre_chat_message: str = ""
    pre_chat_fields: list[PreChatField] = Field(default_factory=_standard_fields)


class WebchatSettings(ChannelSettings):
    """The fields of a website inbox (contract B.4)."""

    website_url: str = ""
    widget_color: str = "#0b5c66"
    welcome_title: str = ""
    welcome_tagline: str = ""
    reply_time: str = "in_a_few_minutes"
    widget_position: str = "auto"
    widget_language: str = ""
    allowed_domains: str = ""
    pre_chat_form_enabled: bool = False
    pre_chat_form_options: PreChatForm = Field(default_factory=PreChatForm)
    continuity_via_email: bool = False  # kept for clients of the contract; no mail follows a visitor who left
    accept_unsigned_identity: bool = False
    selected_feature_flags: Texts = ["attachments", "emoji_picker", "end_conversation"]


DEFAULTS = {name: value for name, value in WebchatSettings.defaults().items() if name != "hmac_mandatory"}


def _form() -> dict[str, Any]:
    """The fields, in the language active now. Place, language and domains are for a chat that is on a page already."""
    text: dict[str, Any] = {"type": "string"}
    languages_known = [("", translated("Each visitor's own")), *languages.names()]
    return {
        "website_url": {
            **text,
            "format": "uri",
            "title": _("Website address"),
            "examples": ["https://example.com"],
        },
        "widget_color": {**text, "format": "color", "title": _("Colour"), "half": True},
        "reply_time": {
            **text,
            "enum": list(REPLY_TIMES),
            "enumTitles": [
                translated("We reply in a few minutes"),
                translated("We reply in a few hours"),
                translated("We reply within a day"),
            ],
            "title": _("Reply time"),
            "half": True,
        },
        "welcome_title": {**text, "title": _("Welcome title")},
        "welcome_tagline": {**text, "title": _("Welcome text")},
        "widget_position": {
            **text,
            "enum": ["auto", "right", "left"],
            "enumTitles": [
                translated("Follows the writing direction"),
                translated("Right"),
                translated("Left"),
            ],
            "title": _("Side of the page"),
            "half": True,
            "on": "kept",
        },
        "widget_language": {
            **text,
            "enum": [code for code, _name in languages_known],
            "enumTitles": [name for _code, name in languages_known],
            "title": _("Language"),
            "description": translated("If we don't speak theirs, the account's."),
            "half": True,
            "on": "kept",
        },
        "allowed_domains": {
            **text,
            "title": _("Allowed domains"),
            "description": translated("Leave empty for any domain. A domain includes its subdomains."),
            "examples": ["example.com, *.example.org"],
            "on": "kept",
        },
    }


class WebchatChannel:
    """The website inbox of the contract (`Channel::WebWidget`)."""

    kind = "webchat"
    contract_type = "Channel::WebWidget"
    create_type = "web_widget"
    settings_shape = WebchatSettings
    face = Face(_("Website"), _("Chat on your website, with one line of code."), icon="globe", colour="web")
    capabilities = Capabilities(
        markup=Markup.MARKDOWN,
        voice_notes=True,
        sends_through_out_tray=False,
        delivery_receipts=True,
        visitors=True,
        in_our_widget=True,
    )

    def settings_schema(self) -> dict[str, Any]:
        """The form of a website inbox."""
        return {
            "type": "object",
            "required": ["website_url", "widget_color"],
            "properties": {name: {**field, "title": str(field["title"])} for name, field in _form().items()},
        }

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """All of it."""
        shown = {**DEFAULTS, **inbox.channel_settings}
        return {name: shown[name] for name in _form()}

    def next_step(self, inbox: Inbox) -> str:
        """The lines to paste are shown below it."""
        return str(_("Paste this code into your page, then send yourself a message to try it."))

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """Defaults, then what stands, then what is given. Raises Invalid, naming the field."""
        settings = {
            **DEFAULTS,
            **current,
            **{key: value for key, value in given.items() if key in DEFAULTS},
        }
        wrong: dict[str, list[Any]] = {}
        url = settings["website_url"].strip()
        if url and "://" not in url:
            url = f"https://{url}"  # people paste bare domains
        if not is_web_url(url):
            wrong["website_url"] = [_("Enter the website address, for example https://example.com.")]
        settings["website_url"] = url
        if not _COLOUR.fullmatch(settings["widget_color"]):
            wrong["widget_color"] = [_("Enter a colour as #rrggbb.")]
        if settings["reply_time"] not in REPLY_TIMES:
            wrong["reply_time"] = [_("Choose one of the reply times in the list.")]
        if settings["widget_position"] not in POSITIONS:
            wrong["widget_position"] = [_("Choose auto, left or right.")]
        language = str(settings["widget_language"]).strip()
        settings["widget_language"] = languages.known(language) or language
        if language and not languages.known(language):
            wrong["widget_language"] = [_("We don't speak this language with visitors yet.")]
        try:
            settings["allowed_domains"] = ", ".join(domains.listed(settings["allowed_domains"]))
        except domains.NotADomain as error:
            wrong["allowed_domains"] = [
                _("“%(domain)s” isn't a domain. Enter one such as example.com or *.example.com.")
                % {"domain": error.text}
            ]
        if not set(settings["selected_feature_flags"]) <= set(FEATURES):
            wrong["selected_feature_flags"] = [_("One of the features doesn't exist.")]
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

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """Never: the visitor reads it from us."""
        return False

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Always: the visitor reads it on their next visit."""
        return True

    def parse(self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox) -> list[IncomingMessage]:
        """The widget writes through the API, never through the in-tray."""
        raise Unreadable("payload_unreadable")

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Nothing to send: the widget reads the thread itself."""
        raise SendFailed(
            str(_("Nothing is sent through this channel: visitors read on the website.")), permanent=True
        )


channel = WebchatChannel()
