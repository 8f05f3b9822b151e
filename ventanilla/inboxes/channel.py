"""What every channel promises, the shapes it translates to and from, and the registry that finds it.

A channel is a folder of `ventanilla.channels` with an object `channel` that satisfies `Channel`. It only translates:
it writes no rows, and the post room (`delivery`) stores, retries and calls the commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from django.conf import settings

from ventanilla.inboxes.channel_settings import ChannelSettings
from ventanilla.kit import announced, mailer, shapes, smtp
from ventanilla.plugins import loading
from ventanilla.plugins.selectors import Active, active

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox
    from ventanilla.kit.errors import Text


class UnknownChannel(LookupError):
    """No channel of this kind is installed."""


class Markup(StrEnum):
    """The syntax a channel's customers see: Markdown is rendered, or rewritten to what the network knows."""

    MARKDOWN = "markdown"
    HTML = "html"
    WHATSAPP = "whatsapp"
    PLAIN = "plain"


# Among the settings of an inbox: whether its mail server takes addresses that are not ASCII before their @ (RFC 6531);
# absent until the server was asked.
SMTP_UTF8 = "smtp_utf8"


class HandsOver(StrEnum):
    """What a crash in the moment of sending means: whether the network may have the message already.

    `KEYED`: the network knows our key again, so the message is simply sent once more. `MARKED`: the channel calls
    `OutgoingMessage.handing_over` right before the network may take it; a crash after that leaves it unknown.
    `WHOLE`: all of `send` counts as that moment.
    """

    KEYED = "keyed"
    MARKED = "marked"
    WHOLE = "whole"


class Identity(StrEnum):
    """By what a contact is known in an inbox: a session of ours, an address, a number, or its digits alone."""

    SESSION = "session"
    EMAIL = "email"
    PHONE = "phone"
    PHONE_DIGITS = "phone_digits"


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do, and what other rooms go by instead of its name. Sizes in bytes."""

    markup: Markup = Markup.PLAIN
    attachments: bool = True
    max_attachment_bytes: int = 40 * 1024 * 1024
    max_text_chars: int = 150_000
    voice_notes: bool = False  # what an agent records is played where the customer reads
    can_start_conversation: bool = False
    email_headers: bool = False  # To, Cc, Bcc and a subject make sense
    delivery_receipts: bool = False
    sends_through_out_tray: bool = True  # false: the customer reads from us (website chat)
    hands_over: HandsOver = HandsOver.WHOLE
    threads_by_subject: bool = False  # a message may continue a conversation by subject and participants
    identity: Identity = Identity.SESSION
    visitors: bool = (
        False  # who writes only says who they are, and is told no more than that (contacts.visitors)
    )
    in_our_widget: bool = False  # the customer reads and writes in our own messenger
    written_by_program: bool = (
        False  # another system writes for its customers by API and tells what became of ours
    )


@dataclass(frozen=True)
class Face:
    """How people recognise a channel. `about`: what it is good for, in one sentence.

    `icon`: the name of one that the desk has (desk/src/ui/channelIcons.ts); `colour`: the name of one of its channel colours
    (web, email, api, phone, sms, telegram, whatsapp, …).
    """

    name: Text
    about: Text
    icon: str = "message-circle"
    colour: str = "web"


@dataclass(frozen=True)
class IncomingFile:
    """A file that came with a message. `open` gives a fresh binary file each time."""

    filename: str
    content_type: str
    size: int
    file: IO[bytes]
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class IncomingMessage:
    """One message of a provider in our shape. `source_id` is the sender as the inbox knows them (contact_inbox)."""

    source_id: str
    external_id: str  # the provider's id of the message: read once
    content: str
    sender_name: str = ""
    sender_email: str | None = None
    sender_phone: str | None = None
    content_type: str = "text"
    content_attributes: Mapping[str, Any] = field(default_factory=dict)
    processed_content: str = ""
    folded_text: str = ""  # what is quoted and signed with beside the content: found by search
    files: Sequence[IncomingFile] = ()
    sent_at: datetime | None = None
    # What finds the conversation: conversation_uuid, references (ids, nearest first), subject, is_answer.
    thread_hints: Mapping[str, Any] = field(default_factory=dict)
    # Additional attributes of a conversation that begins with it; `thread_subject` is what a later `subject` finds.
    conversation_attributes: Mapping[str, Any] = field(default_factory=dict)
    is_automatic: bool = False  # a program wrote it: never answered by a program of ours
    digest: str = ""  # of what it says, where the external id is the sender's word and not the network's


@dataclass(frozen=True)
class DeliveryReport:
    """What became of a message we sent. `external_id` is the provider's id of it; `status` delivered, read or failed.

    `also_ids`: others that it may have, the surest first. `recipient`: whom it concerns, where a message has several, and
    `alias`: another name of the same; not `is_certain` when the report only mentions that address. `instead`: what to show
    when it is about no message of ours.
    """

    external_id: str
    status: str
    reason: str = ""
    recipient: str = ""
    alias: str = ""
    also_ids: Sequence[str] = ()
    is_certain: bool = True
    instead: IncomingMessage | None = None


@dataclass(frozen=True)
class OutgoingFile:
    """A file to send along. `file` is open for reading. `content_id`: what HTML that is passed on shows it by."""

    filename: str
    content_type: str
    size: int
    file: IO[bytes]
    url: str
    content_id: str = ""


@dataclass(frozen=True)
class OutgoingMessage:
    """A message to send, with everything a channel may need and no row of ours."""

    key: str  # stable over retries
    content: str  # Markdown; where the channel's markup is plain or WhatsApp's, already written so
    to: str  # source_id of the contact in this inbox
    files: Sequence[OutgoingFile] = ()
    content_attributes: Mapping[str, Any] = field(default_factory=dict)
    additional_attributes: Mapping[str, Any] = field(default_factory=dict)
    sender_name: str = ""
    conversation: Mapping[str, Any] = field(default_factory=dict)  # uuid, display_id, subject, references, …
    payload: Mapping[str, Any] = field(default_factory=dict)  # the contract's message body, for webhooks
    is_automatic: bool = False  # a program of ours says it (greeting, out of office, survey)
    designed: mailer.Mail | None = None  # the same as a mail of our design, for networks that carry mail
    only: frozenset[str] = (
        frozenset()
    )  # of the recipients, those it did not reach yet (kit.addresses.key); empty is all
    handing_over: Callable[[], None] = smtp.nothing  # for channels that mark the moment (HandsOver.MARKED)


@dataclass(frozen=True)
class Receipt:
    """The provider took it, at least for one recipient. `external_id` is its id there, if it gave one.

    `refused`: recipients who do not get it, and why. `later`: recipients it could not be given to now, and why; they are
    tried again. `noticed`: what the channel learned meanwhile, to keep among the inbox's settings.
    """

    external_id: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    noticed: Mapping[str, Any] = field(default_factory=dict)


class SendFailed(Exception):
    """The message did not leave. `permanent`: trying again will not help. `reason` is for people."""

    def __init__(self, reason: str, *, permanent: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class Withdrawn(Exception):
    """What was to leave is not wanted any more: it was deleted before it left."""


class SendUnknown(Exception):
    """The network may have taken the message, and nobody can say so. `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SendNeedsSignIn(SendFailed):
    """It did not leave because user, password or token are not accepted; nothing was handed over."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False)


class Unreachable(Exception):
    """The provider does not answer, or hung up. Passing."""


class PartlyFailed(Exception):
    """All that could be fetched was; the text says, for people, what could not."""


class SignInRefused(Exception):
    """The provider does not accept user, password or token: an administrator must act."""


class SignInFailed(Exception):
    """A person came back from a provider without what we need. `code` says why: refused, denied, expired, …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SignIn:
    """A person's way to a provider and back: what both ends of it must know. `redirect_uri` is ours."""

    provider: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the channel's fields that follow from it, secrets among them."""

    address: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Noticed:
    """What a channel found when it looked after an inbox: settings to change, and a letter if administrators must know."""

    changes: Mapping[str, Any]
    subject: str = ""
    text: str = ""


@dataclass(frozen=True)
class Pulled:
    """One payload fetched from a provider, to be kept before anything else. `raw` is closed by who fetched it."""

    raw: IO[bytes]
    meta: Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """How far a place (a folder) was read. `values`, as JSON takes them, mean something to the channel alone."""

    place: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class NotFetched:
    """A payload that the provider could not give. Times are seconds since 1970; `sender` and `subject` may be unknown."""

    place: str
    key: str
    since: float
    next_try: float
    reason: str = ""
    size: int = 0
    sender: str = ""
    subject: str = ""


class Unreadable(Exception):
    """The payload is not what the provider's contract says; it goes to quarantine with this reason, a code of
    delivery.reasons and perhaps a detail behind a colon.
    """


class Ignored(Exception):
    """The payload is rightly not a message (own echo, auto-reply, receipt). The reason, a code, is kept with it; a person
    may read it again as a message (`wanted` in the meta).
    """


class Channel(Protocol):
    """The promises. `contract_type` is the wire's `Channel::…`, `create_type` the word of POST inboxes.

    `settings_shape` has every field that clean_settings looks at: what an administrator sends is read by it first.
    """

    kind: str
    contract_type: str
    create_type: str
    settings_shape: type[ChannelSettings]
    capabilities: Capabilities
    face: Face

    def settings_schema(self) -> dict[str, Any]:
        """JSON Schema of the fields an administrator fills; `"secret": true` marks what is sealed and never shown again.

        The desk draws it (docs/howto/add-a-channel.md has all it understands). Words are in the language active now.
        """

    def form_values(self, inbox: Inbox) -> dict[str, Any]:
        """What the form shows of an inbox that is there, by the names of the schema; no secret."""

    def next_step(self, inbox: Inbox) -> str:
        """What its administrator is told when the inbox was made."""

    def clean_settings(
        self, given: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any], str]:
        """Check and complete settings: (channel_settings, secrets, address). Raises kit.errors.Invalid, naming fields.

        `given` was read by settings_shape: only what was said, each value of its type.
        """

    def public_settings(self, inbox: Inbox, *, for_administrator: bool) -> dict[str, Any]:
        """The channel's own keys of the contract's inbox object."""

    def must_leave(self, settings: Mapping[str, Any]) -> bool:
        """Whether a message of ours has to be taken by somebody outside before it is sent, with these settings."""

    def can_reply(self, inbox: Inbox, *, last_incoming_at: datetime | None, at: datetime) -> bool:
        """Whether free text may be sent now (reply windows)."""

    def parse(
        self, raw: IO[bytes], meta: Mapping[str, Any], inbox: Inbox
    ) -> Sequence[IncomingMessage | DeliveryReport]:
        """Read one payload. Raises Unreadable or Ignored."""

    def send(self, message: OutgoingMessage, inbox: Inbox) -> Receipt:
        """Hand one message to the provider. Raises SendFailed when it did not take it, SendUnknown when nobody knows."""


class PullingChannel(Channel, Protocol):
    """A channel that fetches, because its provider does not call us. Found by `pulls_from`."""

    def pulls_from(self, inbox: Inbox) -> bool:
        """Whether this inbox has something to fetch from."""

    def server_of(self, inbox: Inbox) -> str:
        """Which server it fetches from, for inboxes that share one; "" for none."""

    def pull(self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> Iterator[Pulled | Mark]:
        """Everything new since the marks, each payload before the mark that says it was read.

        Raises Unreachable, SignInRefused, or PartlyFailed at the end.
        """

    def wait(
        self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]], *, should_stop: Callable[[], bool]
    ) -> None:
        """Return when something may have come since the marks. Raises Unreachable or SignInRefused."""

    def not_fetched(self, inbox: Inbox, marks: Mapping[str, Mapping[str, Any]]) -> Sequence[NotFetched]:
        """What the provider could not give, for people to see."""

    def ask_again(self, mark: Mapping[str, Any]) -> Mapping[str, Any]:
        """The mark with which that is asked for at once."""


class VerifiableChannel(Channel, Protocol):
    """A channel whose settings can be tried out before they are kept."""

    def verify(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Sign in once. Raises kit.errors.Invalid, naming the field to look at. Takes seconds: never in a transaction."""


@dataclass(frozen=True)
class Glance:
    """What a payload says of itself at first sight: who sent it and what it is about, each possibly empty."""

    sender: str = ""
    subject: str = ""


class GlancingChannel(Channel, Protocol):
    """A channel whose payloads say what they are before they are read, so that people can tell them apart in a list."""

    def glance(self, raw: IO[bytes], meta: Mapping[str, Any]) -> Glance:
        """Who sent it, and its subject. Never raises for what is in it."""


class WatchfulChannel(Channel, Protocol):
    """A channel whose settings rest on something outside that may change, and is looked at every day."""

    def look_again(self, inbox: Inbox) -> Noticed | None:
        """What changed; None for nothing. Takes seconds. Texts are in the language that is active."""


def watchful_channels() -> dict[str, WatchfulChannel]:
    """All of them by kind."""
    return {
        kind: cast("WatchfulChannel", channel)
        for kind, channel in registry().items()
        if hasattr(channel, "look_again")
    }


class SigningInChannel(Channel, Protocol):
    """A channel whose people sign in at their provider, which gives tokens that are renewed.

    `signs_in_with`: the providers, by the word in /<word>/callback, where they come back to.
    """

    signs_in_with: Sequence[str]

    def sign_in_url(self, way: SignIn) -> str:
        """Where the browser goes. Raises SignInFailed("not_set_up")."""

    def signed_in(self, way: SignIn, code: str) -> SignedIn:
        """What the code that came back is worth. Raises SignInFailed or Unreachable. Takes seconds."""

    def must_renew(self, inbox: Inbox, *, refused: str) -> bool:
        """Whether the token ends soon, or is the one that was just `refused`."""

    def token_of(self, inbox: Inbox) -> str:
        """The token in use, to say which one was refused; "" for an inbox that has none."""

    def renew(self, inbox: Inbox) -> Mapping[str, str]:
        """Secrets that change. Raises SignInRefused when a person must sign in again, else Unreachable. Takes seconds."""


def signing_in(kind: str) -> SigningInChannel | None:
    """The channel of this kind if it is installed and people sign in at its provider."""
    channel = registry().get(kind)
    return cast("SigningInChannel", channel) if hasattr(channel, "sign_in_url") else None


def pulling(kind: str) -> PullingChannel | None:
    """The channel of this kind if it is installed and fetches; None for one that is called."""
    channel = registry().get(kind)
    return cast("PullingChannel", channel) if hasattr(channel, "pull") else None


@lru_cache(maxsize=4)
def _registry(paths: tuple[str, ...], plugins: tuple[Active, ...]) -> dict[str, Channel]:
    channels: list[Channel] = [import_module(path).channel for path in paths]
    own = {channel.kind: channel for channel in channels}
    if not plugins:
        return own
    found = loading.given(announced.CHANNELS, check=lambda one: _check_announced(one.value, own))
    return own | {channel.kind: channel for channel in (cast("Channel", one.value) for one in found)}


def _check_announced(channel: object, own: Mapping[str, Channel]) -> None:
    """Raises TypeError for what cannot be a channel, ValueError for one that takes another's place."""
    promised = [name for name in (*vars(Channel), *Channel.__annotations__) if not name.startswith("_")]
    if missing := [name for name in promised if not hasattr(channel, name)]:
        raise TypeError(f"no channel: it has no {', '.join(missing)}")
    said = cast("Channel", channel)
    if said.kind in own or said.create_type in {one.create_type for one in own.values()}:
        raise ValueError(f"there is a channel {said.kind} already")


def registry() -> dict[str, Channel]:
    """All installed channels by kind: those of settings.CHANNELS in their order, then those of active plug-ins."""
    return _registry(tuple(settings.CHANNELS), active())


def read_settings(channel: Channel, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the channel, in its types (see kit.shapes). Raises kit.errors.Invalid, naming the fields."""
    return shapes.read(channel.settings_shape, given)


def channel_of(kind: str) -> Channel:
    """The channel of this kind. Raises UnknownChannel."""
    try:
        return registry()[kind]
    except KeyError:
        raise UnknownChannel(kind) from None
