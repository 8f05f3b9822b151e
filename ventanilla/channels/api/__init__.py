"""The API channel: another system writes through the client API and hears of everything by webhook (contract C.1, E.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

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
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import check_attributes, is_web_url
from ventanilla.kit.shapes import Number, Shape

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


class ApiAttributes(Shape, extra="allow"):
    """How long one may answer (hours since the customer's last message); the rest is the other system's own."""

    agent_reply_time_window: Number | None = None
    agent_reply_time_window_message: str = ""


class ApiSettings(ChannelSettings):
    """The fields of an API inbox (contract B.4)."""

    webhook_url: str = ""
    accept_unsigned_identity: bool = False
    additional_attributes: ApiAttributes = Field(default_factory=ApiAttributes)


class ApiChannel:
    """The contract's `Channel::Api`."""

    kind = "api"
    contract_type = "Channel::Api"
    create_type = "api"
    settings_shape = ApiSettings
    face = Face("API", _("Connect any system over HTTP."), icon="code", colour="api")
    # The inbox's webhook carries outgoing messages with all other events of the inbox: delivery.webhooks.
    capabilities = Capabilities(
        markup=Markup.MARKDOWN,
        voice_notes=True,
        sends_through_out_tray=False,
        can_start_conversation=True,
        delivery_receipts=True,
        visitors=True,
        written_by_program=True,
    )

    def settings_schema(self) -> dict[str, Any]:
        """The form of an API inbox."""
        return {
            "type": "object",
            "properties": {
                "webhook_url": {
                    "type": "string",
                    "format": "uri",
                    "title": str(_("Webhook address")),
                    "description": str(_("Receives every event of the channel.")),
                },
            },
        }

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """Its webhook."""
        return {"webhook_url": inbox.channel_settings.get("webhook_url", "")}

    def next_step(self, inbox: Inbox) -> str:
        """The identifier is all that a program needs."""
        return str(_("Use this identifier in your calls."))

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """`webhook_url` is blank or http(s); the reply window is hours above zero. Raises Invalid, naming the field."""
        fields = ("webhook_url", "additional_attributes", "accept_unsigned_identity")
        settings = {"webhook_url": "", "additional_attributes": {}, **current}
        settings |= {key: given[key] for key in fields if key in given}
        wrong: dict[str, list[Any]] = {}
        if settings["webhook_url"] and not is_web_url(settings["webhook_url"]):
            wrong["webhook_url"] = [_("Enter an address that starts with http:// or https://.")]
        attributes = settings["additional_attributes"]
        check_attributes(attributes, field="additional_attributes")
        window = attributes.get("agent_reply_time_window")
        if window is not None and _hours(window) is None:
            wrong["agent_reply_time_window"] = [_("Enter the hours as a number above zero.")]
        if wrong:
            raise Invalid(fields=wrong)
        return settings, dict(secrets), ""

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """The API channel's keys of the contract's inbox object."""
        shown: dict[str, Any] = {
            "webhook_url": inbox.channel_settings.get("webhook_url", ""),
            "inbox_identifier": inbox.identifier,
            "additional_attributes": inbox.channel_settings.get("additional_attributes", {}),
            "hmac_mandatory": inbox.hmac_mandatory,
            "accept_unsigned_identity": bool(inbox.channel_settings.get("accept_unsigned_identity")),
        }
        if for_administrator:
            shown["hmac_token"] = inbox.hmac_token
        return shown

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """When another system is told by webhook: what it has not taken, no one got."""
        return bool(settings.get("webhook_url"))

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Within `agent_reply_time_window` hours of the customer's last message, if the inbox has such a window."""
        hours = _hours(inbox.channel_settings.get("additional_attributes", {}).get("agent_reply_time_window"))
        if hours is None:
            return True
        return last_incoming_at is not None and at - last_incoming_at < timedelta(hours=hours)

    def parse(self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox) -> list[IncomingMessage]:
        """The other system writes through the client API, never through the in-tray."""
        raise Unreadable("payload_unreadable")

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Outgoing messages leave as webhook events."""
        raise SendFailed(
            str(_("Nothing is sent through this channel: its program fetches messages.")), permanent=True
        )


def _hours(value: Any) -> float | None:
    try:
        hours = float(value)
    except (TypeError, ValueError):
        return None
    return hours if 0 < hours < 24 * 365 else None


channel = ApiChannel()
