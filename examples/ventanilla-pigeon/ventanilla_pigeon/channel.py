"""A channel by carrier pigeon: the loft calls us when one comes home, and is called when one shall fly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from ventanilla.inboxes.channel import (
    Capabilities,
    Face,
    HandsOver,
    IncomingMessage,
    OutgoingMessage,
    Receipt,
    SendFailed,
    Unreadable,
)
from ventanilla.inboxes.channel_doors import Answer, Call, NotTheProvider, Payload
from ventanilla.inboxes.channel_settings import ChannelSettings
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import safe_http, tokens
from ventanilla.kit.errors import Invalid, Refusal
from ventanilla.kit.limits import is_web_url


class PigeonSettings(ChannelSettings):
    """The fields of the form."""

    loft_url: str = ""
    loft_key: str | None = None


class PigeonChannel:
    """Keeps the promises of inboxes.channel.Channel, and those of channel_doors.CalledChannel."""

    kind = "pigeon"
    contract_type = "Channel::Pigeon"
    create_type = "pigeon"
    settings_shape = PigeonSettings
    capabilities = Capabilities(
        attachments=False, max_text_chars=280, can_start_conversation=True, hands_over=HandsOver.KEYED
    )
    face = Face("Carrier pigeon", "Short messages that fly.", icon="bird", colour="telegram")
    called_as = "pigeons"
    calls_name_inbox = True
    call_headers: Sequence[str] = ()

    def settings_schema(self) -> dict[str, Any]:
        """The form."""
        return {
            "type": "object",
            "required": ["loft_url"],
            "properties": {
                "loft_url": {
                    "type": "string",
                    "format": "uri",
                    "title": "Address of the loft",
                    "examples": ["https://loft.example/fly"],
                },
                "loft_key": {"type": "string", "secret": True, "title": "Key of the loft"},
            },
        }

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """All but the key."""
        return {"loft_url": inbox.channel_settings.get("loft_url", "")}

    def next_step(self, inbox: Inbox) -> str:
        """Where the loft has to call."""
        return f"Tell your loft to call /webhooks/pigeons/{inbox.identifier} when a pigeon comes home."

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """The loft needs an address. Raises Invalid."""
        settings = {"loft_url": str(given.get("loft_url", current.get("loft_url", "")))}
        if not is_web_url(settings["loft_url"]):
            raise Invalid(fields={"loft_url": ["Give an address that starts with http:// or https://."]})
        kept = {**secrets, **({"loft_key": given["loft_key"]} if given.get("loft_key") else {})}
        return settings, kept, ""

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """Nothing secret."""
        return self.form_values(inbox) if for_administrator else {}

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """A pigeon has to take it."""
        return True

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Pigeons fly day and night."""
        return True

    def parse(self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox) -> list[IncomingMessage]:
        """What the loft brought. Raises Unreadable."""
        try:
            said = json.loads(raw.read())
            return [
                IncomingMessage(
                    source_id=str(said["from"]), external_id=str(said["ring"]), content=str(said["text"])
                )
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable("payload_unreadable") from error

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Let one fly; the loft knows our key, so a message that is sent twice flies once. Raises SendFailed."""
        flight = {"to": message.to, "text": message.content, "key": message.key}
        try:
            answer = safe_http.fetch("POST", inbox.channel_settings["loft_url"], json=flight)
        except Refusal as error:
            raise SendFailed(str(error), permanent=False) from error
        if answer.status >= 400:
            raise SendFailed(f"The loft says {answer.status}.", permanent=answer.status < 500)
        return Receipt(external_id=message.key)

    # ── Being called ─────────────────────────────────────────────────────────────────────────────────────────

    def max_call_bytes(self) -> int:
        """A pigeon carries little."""
        return 10_000

    def is_open(self, token: str, inbox: Inbox | None) -> bool:
        """Every inbox with a key has a door."""
        return inbox is not None and bool((inbox.secrets or {}).get("loft_key"))

    def check_secret(self, token: str, inbox: Inbox | None, authorization: str) -> None:
        """The loft's key. Raises NotTheProvider."""
        key = (inbox.secrets or {}).get("loft_key", "") if inbox is not None else ""
        if not tokens.same(authorization, f"Bearer {key}"):
            raise NotTheProvider(missing=not authorization)

    def greeted(self, token: str, inbox: Inbox | None, query: Mapping[str, str]) -> Answer:
        """Lofts do not greet."""
        return Answer()

    def called(self, token: str, inbox: Inbox | None, call: Call) -> tuple[Sequence[Payload], Answer]:
        """One message a call; the ring's number says which."""
        try:
            ring = str(json.loads(call.body)["ring"])
        except (ValueError, KeyError, TypeError):
            ring = ""
        return [Payload(call.body, f"ring:{ring}" if ring else call.body.hex()[:200])], Answer()


channel = PigeonChannel()
