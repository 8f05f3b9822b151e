"""What a mail says, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from io import SEEK_END, BytesIO
from typing import IO, NamedTuple


class Address(NamedTuple):
    """A mailbox: `email` lower case in its domain, `name` decoded and possibly empty."""

    email: str
    name: str = ""


class Protection(StrEnum):
    """How the mail was signed or encrypted, as its structure says; signatures are not verified here."""

    NONE = ""
    SMIME_SIGNED = "smime_signed"
    SMIME_ENCRYPTED = "smime_encrypted"
    PGP_SIGNED = "pgp_signed"
    PGP_ENCRYPTED = "pgp_encrypted"


class Automatic(StrEnum):
    """What wrote it, where no program may answer (RFC 3834 §2)."""

    PERSON = ""
    ANSWER = "answer"  # out of office, "we got your mail"
    BOUNCE = "bounce"  # the mail system, about a mail of ours
    LIST = "list"  # a list or someone who writes to many
    PROGRAM = "program"  # a form, a shop, an alarm
    NO_REPLY = "no_reply"  # an address that no one reads


@dataclass(frozen=True)
class Attachment:
    """A file of the mail. `content_id` without its angle brackets; `inline`: the HTML shows it.

    `body` is an open temporary file when it is large.
    """

    filename: str
    content_type: str
    body: bytes | IO[bytes]
    content_id: str = ""
    inline: bool = False

    def open(self) -> IO[bytes]:
        """The bytes from their beginning."""
        if isinstance(self.body, bytes):
            return BytesIO(self.body)
        self.body.seek(0)
        return self.body

    @property
    def content(self) -> bytes:
        """All of it in memory."""
        return self.open().read()

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.body) if isinstance(self.body, bytes) else self.body.seek(0, SEEK_END)


@dataclass(frozen=True)
class CalendarCard:
    """An invitation: what, when, where (RFC 5545, RFC 5546). `method` is REQUEST, CANCEL, REPLY, …

    Times are ISO 8601: a bare date for whole days, without an offset where the event floats. `answer` is accepted,
    declined, tentative or needs_action, of `attendee`: who answers in a REPLY, and otherwise the mailbox invited.
    """

    method: str
    summary: str
    starts_at: str
    ends_at: str = ""
    location: str = ""
    organizer: str = ""
    uid: str = ""
    organizer_name: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    repeats: bool = False
    answer: str = ""
    attendee: str = ""


@dataclass(frozen=True)
class Authentication:
    """What the server `by` said, a word per method; empty where it said nothing. `failed`: what did not hold.

    Where DMARC or a signature of the sender's own domain holds, an SPF that was lost by forwarding is no failure.
    """

    by: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class FailedRecipient:
    """One recipient of a bounce (RFC 3464): `status` such as 5.1.1, `diagnostic` the other server's words.

    `also`: where the address led. `is_certain`: the mail system names it, and does not only mention it.
    """

    email: str
    action: str
    status: str
    diagnostic: str = ""
    also: str = ""
    is_certain: bool = True

    @property
    def is_permanent(self) -> bool:
        return self.action == "failed" or (self.action not in _NO_FAILURE and self.status.startswith("5"))


_NO_FAILURE = frozenset({"delayed", "delivered", "relayed", "expanded"})


@dataclass(frozen=True)
class Mail:
    """A mail that was read. Times are aware; ids without angle brackets.

    `return_path` is the envelope's sender: "" for the empty one, None where no one kept it. `from_words`: a From that
    holds no address. `list_addresses`: a list's own, if it came by one.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    from_: tuple[Address, ...] = ()
    from_words: str = ""
    original_from: tuple[Address, ...] = ()
    original_senders: tuple[Address, ...] = ()
    sent_by: tuple[Address, ...] = ()  # Sender
    return_path: str | None = None
    list_addresses: frozenset[str] = frozenset()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    recipients: tuple[
        str, ...
    ] = ()  # every address it may have been sent to, also from Delivered-To and the like
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    calendar: tuple[CalendarCard, ...] = ()
    protection: Protection = Protection.NONE
    failed_recipients: tuple[FailedRecipient, ...] = ()
    original_ids: tuple[str, ...] = ()  # that the mail of which a bounce speaks may have, the surest first
    is_bounce: bool = False
    is_auto_reply: bool = False
    is_receipt: bool = False
    automatic: Automatic = Automatic.PERSON
    authentication: Authentication = Authentication()
    test_mark: str = ""  # of a mail that the test button sent
    content_type: str = "text/plain"
    is_multipart: bool = False
    defects: tuple[str, ...] = field(default_factory=tuple)
