"""From a `Mail` to the messages and reports of `inboxes.channel` (contract F.20)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings as installation

from ventanilla.channels.email.authors import IsOurs, author_of, is_one_of, is_ours_alone
from ventanilla.channels.email.reading import (
    Address,
    Automatic,
    FailedRecipient,
    Mail,
    Protection,
    read_mail,
)
from ventanilla.channels.email.reading.kinds import is_robot
from ventanilla.channels.email.replies import Parts, split_reply
from ventanilla.inboxes.channel import DeliveryReport, Ignored, IncomingFile, IncomingMessage, Unreadable
from ventanilla.kit import inline_pictures
from ventanilla.kit.html_text import text_from_html
from ventanilla.kit.limits import is_email
from ventanilla.kit.reply_addresses import conversation_in
from ventanilla.kit.subjects import bare_subject, is_forward, is_reply

MAX_CHARS = 150_000
MAX_HTML_CHARS = 2_000_000
MAX_PASSED_ON_BYTES = 10 * 1024 * 1024  # of a mail that is read once more; a larger one is a file alone
MAX_REFERENCES = 100  # of a thread that long only the newest are kept
# The last ones, as the contract has it, and pictures that the HTML shows; the rest stay in the source, to be downloaded.
MAX_FILES, MAX_PICTURES = 15, 50
MAX_LEFT_OUT = 100  # of these the thread names
_OUR_ID = re.compile(r"conversation/([0-9a-f-]{36})(?:/messages/\d+)?@", re.IGNORECASE)


def messages_of(
    mail: Mail, *, own_addresses: Sequence[str], wanted: bool = False
) -> list[IncomingMessage | DeliveryReport]:
    """What to store. Raises Ignored for our own mail and for automatic answers, Unreadable where no one is named.

    `wanted`: a person asked for it, so it is a message whatever wrote it.
    """
    is_ours = is_one_of(own_addresses)
    if mail.is_bounce and not wanted:
        return [*_reports(mail, is_ours)]
    author = author_of(mail, is_ours) or (mail.from_[0] if wanted and mail.from_ else None)
    if author is None:
        if is_ours_alone(mail, is_ours):
            raise Ignored("own_address")
        raise Unreadable("no_sender")
    if mail.is_receipt and not wanted:
        raise Ignored("read_receipt")
    # An answer to an invitation is written by a program and says what a person decided.
    if mail.is_auto_reply and not (wanted or mail.calendar or mail.is_bounce):
        raise Ignored("auto_reply")
    return [_message(mail, author, is_ours)]


def _reports(mail: Mail, is_ours: IsOurs) -> list[DeliveryReport]:
    """One per recipient that was not reached; a delay is not a failure. Of no mail of ours it is a message itself."""
    failed = [item for item in mail.failed_recipients if item.is_permanent and not is_ours(item.email)]
    if not failed and mail.failed_recipients:
        words = {item.action for item in mail.failed_recipients}
        if all(item.is_permanent for item in mail.failed_recipients):
            failed = [FailedRecipient("", "failed", "", is_certain=False)]  # only our own address is named
        else:
            raise Ignored("delivery_delayed" if "delayed" in words else "delivered_report")
    first, *others = mail.original_ids or [""]
    author = author_of(mail, is_ours) or Address("mailer-daemon", mail.from_[0].name if mail.from_ else "")
    instead = _message(mail, author, is_ours)
    return [
        DeliveryReport(
            external_id=first,
            also_ids=others,
            status="failed",
            reason=": ".join(filter(None, [item.email, f"{item.status} {item.diagnostic}".strip()])),
            recipient=item.email,
            alias=item.also,
            is_certain=item.is_certain,
            instead=instead,
        )
        for item in failed
    ]


def _message(mail: Mail, sender: Address, is_ours: IsOurs) -> IncomingMessage:
    names = {item.content_id: item.filename for item in mail.attachments if item.content_id}
    html = inline_pictures.named_in_html(mail.html, names)
    text = inline_pictures.named_in_text(mail.text, names)
    stripped_html = text_from_html(html) if html else ""
    full_text = text or stripped_html
    passed_on = is_forward(mail.subject)
    parts = split_reply(text, html, is_forward=passed_on, writer=sender.name)
    html_reply = split_reply("", html, is_forward=passed_on, writer=sender.name).reply if html else ""
    content = parts.reply or html_reply or _stands_for(mail)
    folded = (parts.history[:MAX_CHARS], parts.signature[:MAX_CHARS], parts.footer)
    digest = _digest(mail, sender, full_text)
    files, left_out = _files(mail)
    attributes: dict[str, Any] = {
        "email": {
            "bcc": [address.email for address in mail.bcc],
            "cc": [address.email for address in mail.cc],
            "content_type": mail.content_type,
            "date": mail.date.isoformat() if mail.date else None,
            "from": [address.email for address in mail.from_],
            # `quoted` is the text WITHOUT the quoted history: the contract's names are the wrong way round.
            "html_content": {
                "full": mail.html[:MAX_HTML_CHARS],
                "reply": stripped_html[:MAX_CHARS],
                "quoted": html_reply[:MAX_CHARS],
            }
            if mail.html
            else {},
            "text_content": {
                "full": full_text[:MAX_CHARS],
                "reply": full_text[:MAX_CHARS],
                "quoted": parts.reply[:MAX_CHARS],
            },
            "in_reply_to": mail.in_reply_to or None,
            "message_id": mail.message_id,
            "digest": digest,
            "multipart": mail.is_multipart,
            "number_of_attachments": len(mail.attachments),
            "references": list(mail.references[-MAX_REFERENCES:]),
            "reply_to": [address.email for address in mail.reply_to],
            # Where answers go, where that is not who wrote.
            "answers_to": [
                address.email
                for address in mail.reply_to
                if address.email != sender.email and not is_ours(address.email)
            ],
            # Whose mail it is for the servers that checked it, where that is not who is shown as its author: a list or a
            # form says whose words it brings, and so may anyone who calls themselves one.
            "via": ""
            if sender.email in {address.email for address in mail.from_}
            else next((address.email for address in mail.from_), ""),
            "subject": mail.subject,
            "to": [address.email for address in mail.to],
            "left_out": left_out,
            "authentication": asdict(mail.authentication) if mail.authentication.by else {},
            "history": folded[0],
            "signature": folded[1],
            "footer": folded[2],
            # What is beyond stands in the source alone.
            "truncated": max(len(full_text), len(stripped_html)) > MAX_CHARS,
            "cut": _cut(mail, parts, content),
        },
        "cc_email": [address.email for address in mail.cc],
        "bcc_email": [address.email for address in mail.bcc],
    }
    if mail.calendar:
        attributes["calendar"] = [asdict(card) for card in mail.calendar]
    if mail.protection != Protection.NONE:
        attributes["protection"] = str(mail.protection)
    automatic = mail.automatic or (Automatic.NO_REPLY if is_robot(sender.email) else Automatic.PERSON)
    if automatic:
        attributes |= {"automatic": True, "automatic_kind": str(automatic)}
    return IncomingMessage(
        source_id=sender.email,
        external_id=mail.message_id,
        content=_bounded(content),
        processed_content=(parts.reply or html_reply)[:MAX_CHARS],
        folded_text="\n\n".join(filter(None, folded))[: 2 * MAX_CHARS],
        # Of an address that no contact can have, the name is all that is seen.
        sender_name=sender.name
        or (sender.email.rpartition("@")[0] if is_email(sender.email) else sender.email),
        sender_email=sender.email,
        content_type="incoming_email",
        content_attributes=attributes,
        files=files,
        sent_at=mail.date,
        thread_hints=_hints(mail, sender, is_forward=passed_on or parts.is_forward),
        conversation_attributes={
            "source": "email",
            "in_reply_to": mail.in_reply_to or None,
            "mail_subject": mail.subject,
            "thread_subject": bare_subject(mail.subject),
            "initiated_at": {"timestamp": mail.date.isoformat() if mail.date else None},
        },
        is_automatic=bool(automatic),
        digest=digest,
    )


def _digest(mail: Mail, sender: Address, text: str) -> str:
    """Of what the mail says and who says it: two mails of one id are one only where this is the same."""
    files = sorted((item.filename, item.size) for item in mail.attachments)
    said = [sender.email, bare_subject(mail.subject), " ".join(text.split()), files]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _stands_for(mail: Mail) -> str:
    """A text for a mail without one, so that the list shows what came."""
    if mail.calendar and mail.calendar[0].summary:
        return mail.calendar[0].summary
    if passed_on := _passed_on_as_file(mail):
        return passed_on
    return mail.subject if not mail.attachments else ""


def _passed_on_as_file(mail: Mail) -> str:
    """The author, subject and words of the mail that a mail without words of its own brings as a file; "" for none."""
    kind = "message/rfc822"
    brought = next((item for item in mail.attachments if item.content_type == kind), None)
    if brought is None or brought.size > MAX_PASSED_ON_BYTES:
        return ""
    try:
        inner = read_mail(brought.open())
    except Unreadable:
        return ""
    authors = ", ".join(f"{one.name} <{one.email}>".strip() for one in inner.from_)
    words = inner.text or text_from_html(inner.html)
    return "\n\n".join(filter(None, ["\n".join(filter(None, [authors, inner.subject])), words.strip()]))


def _files(mail: Mail) -> tuple[list[IncomingFile], list[dict[str, Any]]]:
    """(files to keep, files that only the source holds, with their name, size and why): a file too large, or one too
    many, never costs the mail its words.
    """
    shown = inline_pictures.shown_by(mail.html)
    most = {True: MAX_PICTURES, False: MAX_FILES}
    kept: list[IncomingFile] = []
    left_out: list[dict[str, Any]] = []
    for item in reversed(mail.attachments):
        is_picture = bool(item.content_id) and item.content_id in shown
        why = (
            "too_large"
            if item.size > installation.MAX_UPLOAD_BYTES
            else ""
            if most[is_picture]
            else "too_many"
        )
        if why:
            left_out.append({"filename": item.filename, "size": item.size, "reason": why})
            continue
        most[is_picture] -= 1
        kept.append(
            IncomingFile(
                filename=item.filename,
                content_type=item.content_type,
                size=item.size,
                file=item.open(),
                content_id=item.content_id,
                inline=is_picture,
            )
        )
    return kept[::-1], left_out[::-1][:MAX_LEFT_OUT]


def _cut(mail: Mail, parts: Parts, content: str) -> list[str]:
    """What is longer here than what is kept of it: reply, history, signature, html. Its end stands in the source alone."""
    kept = {"reply": content, "history": parts.history, "signature": parts.signature}
    found = [name for name, text in kept.items() if len(text) > MAX_CHARS or name == parts.cut]
    return [*found, "html"] if len(mail.html) > MAX_HTML_CHARS else found


def _bounded(content: str) -> str:
    """The text within what a message may hold, its end marked where it was cut."""
    end = "\n\n[…]"
    return content if len(content) <= MAX_CHARS else f"{content[: MAX_CHARS - len(end)]}{end}"


def _hints(mail: Mail, sender: Address, *, is_forward: bool) -> dict[str, Any]:
    ids = [item for item in (mail.in_reply_to, *reversed(mail.references)) if item]
    uuid = next((found for address in mail.recipients if (found := conversation_in(address))), None)
    if uuid is None:
        uuid = next((match[1].lower() for item in ids if (match := _OUR_ID.search(item))), None)
    return {
        "conversation_uuid": uuid,
        "references": list(dict.fromkeys(ids)),
        "subject": bare_subject(mail.subject),
        # A subject alone joins only what says it is an answer: two first mails called "Pedido" are two conversations,
        # and what a colleague passes on under one subject is of as many customers.
        "is_answer": not is_forward and (bool(ids) or is_reply(mail.subject)),
        "participants": [sender.email],
    }
