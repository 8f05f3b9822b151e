"""What a channel may offer beyond `Channel`, each behind one door that is the same for all of them.

`CalledChannel`: its provider calls /webhooks/<kind>/<token>. `EquippedChannel`: what helps to set it up or look after it, at
…/channels/<kind>/tools/<tool>. `SourcedChannel`: a stored payload as the file a person wants to see. `AddressedChannel`:
where an inbox can be written to. A channel has one of these by having its methods; the doors know no channel by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from ventanilla.inboxes.channel import Channel, registry
from ventanilla.kit.shapes import Shape

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


class NotTheProvider(Exception):
    """Signature or secret are wrong. `missing`: none was given at all."""

    def __init__(self, *, missing: bool = False) -> None:
        super().__init__()
        self.missing = missing


@dataclass(frozen=True)
class Call:
    """A call as it came. `authorization` and `headers` are looked at to know who calls, and not kept."""

    body: bytes
    content_type: str
    authorization: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Payload:
    """One message of a call, to be kept before the call is answered.

    `key` is the same when the provider sends it again. `recipients`: addresses whose inboxes it is for, where the token does
    not name the inbox. `meta` is handed to `parse`.
    """

    body: bytes
    key: str
    recipients: Sequence[str] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the provider wants to hear."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain"


class CalledChannel(Channel, Protocol):
    """A channel whose provider calls us at /webhooks/<called_as>/<token>, or by the channel's kind instead of that word.

    `calls_name_inbox`: the token is the identifier of an inbox of this kind, and what comes is that inbox's; else it says
    which provider calls, and each payload names its recipients. `call_headers` are those that show who calls.
    """

    called_as: str
    calls_name_inbox: bool
    call_headers: Sequence[str]

    def max_call_bytes(self) -> int:
        """The largest call that is read."""

    def is_open(self, token: str, inbox: Inbox | None) -> bool:
        """Whether this door is set up; to others it does not exist."""

    def check_secret(self, token: str, inbox: Inbox | None, authorization: str) -> None:
        """What can be known before the body is read. Raises NotTheProvider."""

    def greeted(self, token: str, inbox: Inbox | None, query: Mapping[str, str]) -> Answer:
        """The answer to a GET, by which some see whether the address is ours. Raises NotTheProvider."""

    def called(self, token: str, inbox: Inbox | None, call: Call) -> tuple[Sequence[Payload], Answer]:
        """What to keep, and what to answer once that is done. Raises NotTheProvider."""


def called(word: str) -> CalledChannel | None:
    """The channel that /webhooks/<word>/… leads to; None where there is none."""
    for kind, channel in registry().items():
        if hasattr(channel, "called") and word in (kind, cast("CalledChannel", channel).called_as):
            return cast("CalledChannel", channel)
    return None


@dataclass(frozen=True)
class ToolUse:
    """What a tool works on. `settings` and `secrets`: the form as it would be kept, where the tool asks for it.

    `given` was read by the tool's `shape`.
    """

    given: Mapping[str, Any]
    inbox: Inbox | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a tool says. `changes`: what it found out about the inbox, to keep among its settings; `works`: its provider was
    reached and took what it was given.
    """

    answer: Mapping[str, Any]
    changes: Mapping[str, Any] = field(default_factory=dict)
    works: bool = False


class NoFields(Shape):
    """A tool that is given nothing."""


@dataclass(frozen=True)
class Tool:
    """Something an administrator can ask of a channel. It keeps nothing itself and may take seconds.

    `is_probe`: it asks servers that a form names, and is counted. `reads_form`: it wants the form, checked as it would be
    before it is kept. `needs_inbox`: it is about an inbox that is there.
    """

    use: Callable[[ToolUse], Found]
    shape: type[Shape] = NoFields
    is_probe: bool = True
    reads_form: bool = False
    needs_inbox: bool = False


class EquippedChannel(Channel, Protocol):
    """A channel with tools."""

    def tools(self) -> Mapping[str, Tool]:
        """By name, as they stand in addresses."""


def tool_of(kind: str, name: str) -> Tool | None:
    """The tool of that name, if the channel is installed and has it."""
    channel = registry().get(kind)
    return cast("EquippedChannel", channel).tools().get(name) if hasattr(channel, "tools") else None


@dataclass(frozen=True)
class Source:
    """A payload as a file to look at. `suffix` ends its name."""

    file: IO[bytes]
    content_type: str = "application/octet-stream"
    suffix: str = "txt"
    name: str = ""  # instead of the channel's kind


class SourcedChannel(Channel, Protocol):
    """A channel whose payloads are something a person knows, such as a mail."""

    def source_of(self, raw: IO[bytes], meta: Mapping[str, Any]) -> Source:
        """What is in the payload; never raises for what that is. It may take the open file over, or close it."""


def source_of(kind: str, raw: IO[bytes], meta: Mapping[str, Any]) -> Source:
    """The payload as its channel knows it, or as it came."""
    channel = registry().get(kind)
    return (
        cast("SourcedChannel", channel).source_of(raw, meta) if hasattr(channel, "source_of") else Source(raw)
    )


class AddressedChannel(Channel, Protocol):
    """A channel whose inboxes can be written to at addresses that people see."""

    def addresses_of(self, inbox: Inbox) -> Sequence[str]:
        """All of them, each perhaps empty."""


def addresses_of(inbox: Inbox) -> Sequence[str]:
    """Where the inbox can be written to, in lower case; empty for a channel without addresses."""
    channel = registry().get(inbox.kind)
    if not hasattr(channel, "addresses_of"):
        return ()
    found = cast("AddressedChannel", channel).addresses_of(inbox)
    return [address.lower() for address in found if address]


def kind_signing_in(provider: str) -> str:
    """The kind of the channel whose people sign in at that provider; "" for none."""
    for kind, channel in registry().items():
        if provider in getattr(channel, "signs_in_with", ()):
            return kind
    return ""
