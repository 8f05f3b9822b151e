"""A channel for tests: it does with a message what it is told to. Found by the registry like every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ventanilla.channels.webchat import WebchatChannel
from ventanilla.inboxes.channel import Capabilities, HandsOver, OutgoingMessage, Receipt


class PretendChannel(WebchatChannel):
    """`send` does what `does` says."""

    kind = "pretend"
    create_type = "pretend"
    contract_type = "Channel::Pretend"
    capabilities = Capabilities()
    does: Callable[[OutgoingMessage], Receipt] = lambda message: Receipt("there-1")

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        return {}, {}, ""

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        return True

    def send(self, message: OutgoingMessage, inbox: object) -> Receipt:
        return type(self).does(message)


channel = PretendChannel()


def hands_over(how: HandsOver) -> None:
    """What the channel says of the moment in which the network takes a message."""
    channel.capabilities = Capabilities(hands_over=how)
