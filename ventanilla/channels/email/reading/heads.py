"""The first lines of a mail, for lists of what is no message: quick, and whatever the rest of it is."""

from __future__ import annotations

from email import message_from_bytes
from typing import IO

from ventanilla.channels.email.reading.headers import addresses_of, settle_headers, text_of
from ventanilla.channels.email.reading.parcels import BoundedHeaders

_HEAD_BYTES = 64 * 1024


def of(raw: IO[bytes]) -> tuple[str, str]:
    """(From as people read it, Subject), each possibly empty."""
    raw.seek(0)
    head = raw.read(_HEAD_BYTES).replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    message = message_from_bytes(head + b"\n\n", policy=BoundedHeaders())
    settle_headers(message, None)
    senders = addresses_of(message, "From")
    if not senders:
        return text_of(message, "From"), text_of(message, "Subject")
    name, email = senders[0].name, senders[0].email
    return (f"{name} <{email}>" if name else email), text_of(message, "Subject")
