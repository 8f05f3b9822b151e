"""`read_mail`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from email.message import Message
from typing import IO

from ventanilla.channels.email.reading import authentication, bounces, extras, kinds
from ventanilla.channels.email.reading.headers import (
    addresses_of,
    date_of,
    message_id,
    message_ids,
    parse_addresses,
    raw_values,
    text_of,
)
from ventanilla.channels.email.reading.mail import Attachment, Automatic, Mail, Protection
from ventanilla.channels.email.reading.mailboxes import MAX_ADDRESS_CHARS
from ventanilla.channels.email.reading.parcels import BoundedHeaders, Parcels
from ventanilla.channels.email.reading.parts import CALENDARS, Found, walk
from ventanilla.inboxes.channel import Unreadable
from ventanilla.kit.html import text_from_html

# compat32 builds the tree without interpreting a header; the modern policy raises on headers that real mail has, and what
# it would interpret is read by `headers` with a way out for each fault.
_POLICY = BoundedHeaders()
_ARMOUR = re.compile(r"^-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)(?:, PART \d+/\d+)?-----[ \t]*$", re.MULTILINE)
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


@dataclass(frozen=True)
class Context:
    """What is known of a mail beside its bytes.

    `envelope_from`: its return path, "" for the empty one, where who took it kept that. `trusted_server` and
    `mailbox_host`: whose results of checking the sender count, see reading.authentication.
    """

    envelope_from: str | None = None
    trusted_server: str = ""
    mailbox_host: str = ""


def read_mail(raw: IO[bytes], context: Context = Context()) -> Mail:
    """Read one mail. Raises Unreadable when the bytes hold no mail: no header at all, or nested beyond reason."""
    try:
        parcels = Parcels()
        message = parcels.parse(raw, policy=_POLICY)
        found = walk(message, parcels)
    except RecursionError as error:
        raise Unreadable("nested_too_deeply") from error
    if not message.keys():
        raise Unreadable("not_a_mail")
    return _mail(message, found, context)


def _mail(message: Message, found: Found, context: Context) -> Mail:
    return_path = _return_path(message, context.envelope_from)
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
    recipients = tuple(address.email for address in addresses_of(message, *_RECIPIENT_HEADERS))
    bounce = kinds.is_bounce(message, return_path=return_path)
    automatic = kinds.automatic_kind(message, return_path=return_path)
    calendar = extras.read_calendar(found.calendars, invited=recipients)
    if not calendar and not any(item.content_type in CALENDARS for item in attachments):
        # What no card shows stays a file to be opened.
        attachments += [Attachment("invite.ics", "text/calendar", content) for content in found.calendars]
    words = text or (text_from_html("\n".join(found.htmls)) if bounce else "")
    failed = bounces.failed_recipients(message, found.status_reports, words) if bounce else []
    return Mail(
        message_id=message_id(message),
        in_reply_to=message_id(message, "In-Reply-To"),
        references=message_ids(message, "References"),
        subject=text_of(message, "Subject"),
        date=date_of(message),
        from_=from_,
        from_words="" if from_ else text_of(message, "From").strip("<>\"': ;").lower()[:MAX_ADDRESS_CHARS],
        original_from=addresses_of(message, "X-Original-From"),
        original_senders=addresses_of(message, "X-Original-Sender", "X-Google-Original-From"),
        sent_by=addresses_of(message, "Sender"),
        return_path=return_path,
        list_addresses=_list_addresses(message),
        reply_to=reply_to,
        to=addresses_of(message, "To"),
        cc=addresses_of(message, "Cc"),
        bcc=addresses_of(message, "Bcc"),
        recipients=recipients,
        text=text,
        html="\n".join(part for part in found.htmls if part.strip()),
        attachments=tuple(_named_apart(attachments)),
        calendar=tuple(calendar),
        protection=found.protection or _protection_of(text),
        authentication=authentication.read(
            message, trusted=context.trusted_server, mailbox_host=context.mailbox_host
        ),
        failed_recipients=tuple(failed),
        original_ids=tuple(
            bounces.original_ids(message, found.original_headers, attachments, words) if bounce else ()
        ),
        is_bounce=bounce,
        is_auto_reply=not bounce and kinds.is_auto_reply(message),
        is_receipt=kinds.is_receipt(message),
        automatic=Automatic.BOUNCE if bounce else automatic,
        test_mark=text_of(message, "X-Ventanilla-Test"),
        content_type=message.get_content_type(),
        is_multipart=message.is_multipart(),
        defects=tuple(
            dict.fromkeys([*found.defects, *(type(defect).__name__ for defect in message.defects)])
        ),
    )


def _protection_of(text: str) -> Protection:
    """PGP inside the text (RFC 4880 §6.2), where no part says so."""
    if found := _ARMOUR.search(text):
        return Protection.PGP_ENCRYPTED if found[1] == "MESSAGE" else Protection.PGP_SIGNED
    return Protection.NONE


def _return_path(message: Message, envelope_from: str | None) -> str | None:
    """The envelope's sender: as who took the mail kept it, else as the server wrote it on top; None where neither did."""
    given = envelope_from
    if given is None:
        values = raw_values(message, "Return-Path")
        if not values:
            return None
        given = values[0]
    found = parse_addresses([given])
    if found:
        return found[0].email
    return "" if given.strip() in {"", "<>"} else None


def _list_addresses(message: Message) -> frozenset[str]:
    """The addresses of the list that it came by (RFC 2369, RFC 2919), by which a rewritten From is known."""
    named = {
        address.email
        for address in addresses_of(message, "List-Post", "X-BeenThere", "Mailing-List", "X-Mailing-List")
    }
    for value in raw_values(message, "List-Id"):
        local, _dot, domain = (value.rpartition("<")[2].rstrip("> ")).partition(".")
        named.add(f"{local}@{domain}".lower())
    return frozenset(named)


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
