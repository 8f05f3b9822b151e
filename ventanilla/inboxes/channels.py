"""The installed channels by what they can do, and what stands in for one that is installed no more.

No room asks for a channel by its name: it asks for what it needs (`kinds_where(in_our_widget=True)`), or what the channel
of an inbox can do (`capabilities_of(inbox.kind)`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.inboxes.channel import (
    Capabilities,
    Channel,
    Face,
    IncomingMessage,
    OutgoingMessage,
    Receipt,
    SendFailed,
    Unreadable,
    registry,
)
from ventanilla.inboxes.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


class AbsentChannel:
    """The channel of inboxes whose own was taken out or switched off: they are still read, and nothing comes or leaves."""

    create_type = ""
    settings_shape = ChannelSettings
    capabilities = Capabilities(attachments=False)

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.contract_type = f"Channel::{kind.title()}"
        self.face = Face(kind.replace("_", " ").title(), lazy("It is not installed any more."))

    def settings_schema(self) -> dict[str, Any]:
        """Nothing can be filled in."""
        return {"type": "object", "properties": {}}

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """What stands, stands."""
        return dict(current), dict(secrets), ""

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """Nothing: what is secret among the settings is not known any more."""
        return {}

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """Nothing."""
        return {}

    def next_step(self, inbox: Inbox) -> str:
        """None can be made."""
        return ""

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """A message that is written all the same is shown as failed."""
        return True

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Never."""
        return False

    def parse(self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox) -> list[IncomingMessage]:
        """It waits in the quarantine until the channel is back."""
        raise Unreadable(f"channel_absent: {self.kind}")

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Fails for good."""
        raise SendFailed(_("This channel is no longer installed."), permanent=True)


@lru_cache(maxsize=64)
def _absent(kind: str) -> AbsentChannel:
    return AbsentChannel(kind)


def channel_for(kind: str) -> Channel:
    """The channel of an inbox that is there already. Where `channel_of` refuses an unknown kind, this one stands in."""
    return registry().get(kind) or _absent(kind)


def capabilities_of(kind: str) -> Capabilities:
    """What the channel of this kind can do; nothing, when it is not installed."""
    return channel_for(kind).capabilities


def kinds_where(**wanted: object) -> frozenset[str]:
    """The installed kinds that can all of this, by the names of Capabilities: `kinds_where(email_headers=True)`."""
    return frozenset(
        kind
        for kind, channel in registry().items()
        if all(getattr(channel.capabilities, name) == value for name, value in wanted.items())
    )
