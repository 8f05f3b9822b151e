"""The door at which providers bring mail by HTTP: /webhooks/mail/PROVIDER."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, Any

from ventanilla.channels.email import webhooks
from ventanilla.inboxes.channel import Unreadable
from ventanilla.inboxes.channel_doors import Answer, Call, Payload, Source

HEADERS = ("X-Mandrill-Signature", "X-Amz-Sns-Message-Type", "X-Amz-Sns-Message-Id")


def provider_of(token: str) -> str:
    """The provider in an address: names are also written with a hyphen."""
    return token.replace("-", "_")


def called(token: str, call: Call) -> tuple[Sequence[Payload], Answer]:
    """Its mails, or a subscription that only wants to be confirmed. Raises NotTheProvider."""
    provider = provider_of(token)
    webhooks.check(provider, call)
    if webhooks.confirm(provider, call):
        return (), Answer()
    payloads = [
        Payload(
            found.body,
            found.key,
            found.recipients,
            {
                "webhook": provider,
                "content_type": found.content_type,
                **({} if found.envelope_from is None else {"envelope_from": found.envelope_from}),
            },
        )
        for found in webhooks.payloads(provider, call)
    ]
    return payloads, Answer()


def mime(raw: IO[bytes], meta: Mapping[str, Any]) -> IO[bytes]:
    """The mail, also where a provider brought it by HTTP. Raises Unreadable."""
    provider = meta.get("webhook")
    if not provider:
        return raw
    return BytesIO(webhooks.mail_of(str(provider), raw.read(), str(meta.get("content_type", ""))))


def source_of(raw: IO[bytes], meta: Mapping[str, Any]) -> Source:
    """The mail; what a provider brought as the mail that is in it, or as it came when none can be read."""
    if not meta.get("webhook"):
        return Source(raw, "message/rfc822", "eml")
    with raw:
        body = raw.read()
    try:
        mail = mime(BytesIO(body), meta)
    except (Unreadable, OSError):
        return Source(BytesIO(body), name=str(meta["webhook"]))
    return Source(mail, "message/rfc822", "eml")
