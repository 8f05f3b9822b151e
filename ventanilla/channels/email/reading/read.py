"""`read_mail`."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from typing import IO

from ventanilla.channels.email.reading import extras, kinds
from ventanilla.channels.email.reading.headers import (
    addresses_of,
    date_of,
    message_id,
    message_ids,
    text_of,
)
from ventanilla.channels.email.reading.mail import Address, Attachment, Mail
from ventanilla.channels.email.reading.parcels import BoundedHeaders, Parcels
from ventanilla.channels.email.reading.parts import Found, children_of, content_of, walk
from ventanilla.inboxes.channel import Unreadable

# compat32 builds the tree without interpreting a header; the modern policy raises on headers that real mail has, and what
# it would interpret is read by `headers` with a way out for each fault.
_POLICY = BoundedHeaders()
_RECIPIENT_HEADERS = (
    "To",
    "Cc",
    "Bcc",
    "Delivered-To",
    "X-Original-To",
    "X-Forwarded-To",
    "X-Envelope-To",
    "Envelope-To",
)


def read_mail(raw: IO[bytes]) -> Mail:
    """Read one mail. Raises Unreadable when the bytes hold no mail: no header at all, or nested beyond reason."""
    try:
        parcels = Parcels()
        message = parcels.parse(raw, policy=_POLICY)
        found = walk(message, parcels)
    except RecursionError as error:
        raise Unreadable("nested beyond reason") from error
    if not message.keys():
        raise Unreadable("no headers")
    return _mail(message, found)


def _mail(message: Message, found: Found) -> Mail:
    attachments = list(found.attachments)
    for content in found.tnefs:
        inside, text, html = extras.unpack_tnef(content)
        attachments += inside
        if text and not found.texts:
            found.texts.append(text)
        if html and not found.htmls:
            found.htmls.append(html)
    text = "\n\n".join(part.strip("\n") for part in found.texts if part.strip())
    from_ = addresses_of(message, "From")
    reply_to = addresses_of(message, "Reply-To")
    bounce = kinds.is_bounce(message)
    failed = [item for report in found.status_reports for item in extras.read_status_report(report)]
    if bounce and not failed:
        failed = extras.failed_by_header(message, text)
    return Mail(
        message_id=message_id(message),
        in_reply_to=message_id(message, "In-Reply-To"),
        references=message_ids(message, "References"),
        subject=text_of(message, "Subject"),
        date=date_of(message),
        from_=from_,
        sender=_sender(message, from_, reply_to),
        reply_to=reply_to,
        to=addresses_of(message, "To"),
        cc=addresses_of(message, "Cc"),
        bcc=addresses_of(message, "Bcc"),
        recipients=tuple(address.email for address in addresses_of(message, *_RECIPIENT_HEADERS)),
        text=text,
        html="\n".join(part for part in found.htmls if part.strip()),
        attachments=tuple(_named_apart(attachments)),
        calendar=tuple(card for content in found.calendars for card in extras.read_calendar(content)),
        protection=found.protection,
        failed_recipients=tuple(failed),
        original_message_id=_original_id(found),
        is_bounce=bounce,
        is_auto_reply=not bounce and kinds.is_auto_reply(message),
        is_list_mail=kinds.is_list_mail(message),
        test_mark=text_of(message, "X-Ventanilla-Test"),
        content_type=message.get_content_type(),
        is_multipart=message.is_multipart(),
        defects=tuple(
            dict.fromkeys([*found.defects, *(type(defect).__name__ for defect in message.defects)])
        ),
    )


def _sender(message: Message, from_: tuple[Address, ...], reply_to: tuple[Address, ...]) -> Address | None:
    """Who to answer: Reply-To, else X-Original-Sender, else From (contract F.20); a name from From when it has none."""
    candidates = (
        *reply_to,
        *addresses_of(message, "X-Original-Sender"),
        *from_,
        *addresses_of(message, "Sender", "Return-Path"),
    )
    if not candidates:
        return None
    chosen = candidates[0]
    if not chosen.name:
        name = next(
            (
                address.name
                for address in (*from_, *candidates)
                if address.name and address.email == chosen.email
            ),
            "",
        )
        chosen = Address(chosen.email, name or (from_[0].name if from_ else ""))
    return chosen


def _original_id(found: Found) -> str:
    for part in found.original_headers:
        inner = next(iter(children_of(part)), None)
        if inner is None:
            inner = message_from_bytes(content_of(part), policy=_POLICY)
        if inner is not None and (found_id := message_id(inner)):
            return found_id
    return ""


def _named_apart(attachments: list[Attachment]) -> list[Attachment]:
    """Two files of one name get a number, so that both can be saved."""
    seen: dict[str, int] = {}
    result = []
    for item in attachments:
        count = seen[item.filename] = seen.get(item.filename, 0) + 1
        if count > 1:
            stem, dot, extension = item.filename.rpartition(".")
            name = f"{stem} ({count}).{extension}" if dot and stem else f"{item.filename} ({count})"
            item = replace(item, filename=name)
        result.append(item)
    return result
