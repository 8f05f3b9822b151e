"""Reports that a mail was not delivered, in every shape that mail systems give them: RFC 3464, a header, or plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message

from ventanilla.channels.email.reading.headers import (
    addresses_of,
    message_ids,
    normalise,
    raw_values,
    text_of,
)
from ventanilla.channels.email.reading.mail import Attachment, FailedRecipient
from ventanilla.channels.email.reading.parcels import BoundedHeaders
from ventanilla.channels.email.reading.parts import children_of, content_of

_HEAD_BYTES = 64 * 1024
_MAX_TEXT = 100_000  # characters of a report that are looked at
_MAX_RECIPIENTS = 50
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b(5[0-5]\d)(?:[ \t-]+(?=\S)|$)", re.MULTILINE)
_EMAIL = re.compile(r"[^\s<>\"',;:()\[\]]{1,253}@[^\s<>\"',;:()\[\]]{1,253}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461 §4
_ID_IN_TEXT = re.compile(
    r"^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t>]+)?<([^<>\s]{1,990})>", re.IGNORECASE | re.MULTILINE
)
_OUR_ID = re.compile(r"conversation/[0-9a-f-]{36}/messages/\d{1,19}@[^\s<>\"']{1,253}", re.IGNORECASE)
# What stands below is a copy of our mail, with addresses of its own.
_COPY = re.compile(
    r"^[ \t]*(?:-{2,}[^\n]{0,80}(?:copy|original|message|mensaje|nachricht|headers|cabeceras)[^\n]{0,80}"
    r"|(?:original message|mensaje original|message headers|original headers|the message headers|encabezados de mensaje"
    r"|diagnostic information for administrators)[^\n]{0,40}"
    r"|(?:return-path|received|dkim-signature|mime-version|message-id):[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_DELAYED = re.compile(
    r"delayed|delay(?:s|ing)? in deliver|will (?:be retried|keep trying|continue (?:to try|trying))|still trying"
    r"|no (?:need to resend|action is required)|warning(?: message)? only|not yet been delivered|temporar(?:y|ily)"
    r"|retras|se (?:seguir[aá]|reintentar[aá])|verz[oö]ger|retard|em atraso",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"permanent|fatal|given up|giving up|could not be delivered|couldn't be delivered|undeliverable|wasn't delivered"
    r"|not delivered|does not exist|doesn't exist|unknown user|user unknown|no such user|mailbox (?:full|unavailable)"
    r"|no (?:se )?(?:pudo|ha podido) entregar|no existe|rechazad|definitiv|dauerhaft|unzustellbar|nicht zugestellt",
    re.IGNORECASE,
)


def failed_recipients(message: Message, reports: Iterable[Message], text: str) -> list[FailedRecipient]:
    """Who was not reached. What only the words say is not certain: any address among them may be someone else's."""
    found = [item for report in reports for item in _of_report(report)]
    return found or _of_header(message, text) or _of_words(message, text)


def _of_report(report: Message) -> Iterator[FailedRecipient]:
    """Per-recipient fields of a message/delivery-status part (RFC 3464)."""
    for group in children_of(report):
        final, original = (
            _address(text_of(group, name)) for name in ("Final-Recipient", "Original-Recipient")
        )
        if not (final or original):
            continue
        status = _STATUS.search(text_of(group, "Status"))
        diagnostic = text_of(group, "Diagnostic-Code")
        yield FailedRecipient(
            # What we wrote to; the final one is where that address led.
            email=original or final,
            also=final,
            action=next(iter(text_of(group, "Action").lower().split()), "failed"),
            status=status[1] if status else "",
            diagnostic=(diagnostic.partition(";")[2].strip() or diagnostic)[:500],
        )


def _address(value: str) -> str:
    """`rfc822; ana@x.cl` without its type and its encoding."""
    match = _EMAIL.search(_XTEXT.sub(lambda found: chr(int(found[1], 16)), value.partition(";")[2] or value))
    return normalise(match[0]) if match else ""


def _of_header(message: Message, text: str) -> list[FailedRecipient]:
    """Servers that send no report say it in a header."""
    emails = [
        normalise(email)
        for value in raw_values(message, "X-Failed-Recipients")
        for email in _EMAIL.findall(value)
    ]
    status, diagnostic = _why(text)
    diagnostic = diagnostic or text_of(message, "Subject")[:200]
    return [
        FailedRecipient(email, "failed", status, diagnostic)
        for email in dict.fromkeys(emails[:_MAX_RECIPIENTS])
    ]


def _of_words(message: Message, text: str) -> list[FailedRecipient]:
    """The addresses in the report itself, above the copy of our mail."""
    text = text[:_MAX_TEXT]
    copy = _COPY.search(text)
    said = text[: copy.start()] if copy else text
    status, diagnostic = _why(said)
    subject = text_of(message, "Subject")
    is_final = status.startswith("5") or _CODE.search(said) or _GIVEN_UP.search(f"{subject}\n{said}")
    action = (
        "delayed"
        if not is_final and (status.startswith("4") or _DELAYED.search(f"{subject}\n{said}"))
        else "failed"
    )
    # A failure always says something: its own words where no code stands in them.
    diagnostic = diagnostic or " ".join(said.split())[:200] or subject[:200]
    senders = {address.email for address in addresses_of(message, "From", "Sender", "Reply-To")}
    emails = [normalise(email).rstrip(".") for email in _EMAIL.findall(said)]
    wanted = [email for email in dict.fromkeys(emails) if email not in senders and not _is_daemon(email)]
    return [
        FailedRecipient(email, action, status, diagnostic, is_certain=False)
        for email in wanted[:_MAX_RECIPIENTS] or [""]
    ]


def _is_daemon(email: str) -> bool:
    return email.partition("@")[0] in {"mailer-daemon", "postmaster"}


def _why(text: str) -> tuple[str, str]:
    """(status, the line that says it)."""
    text = text[:_MAX_TEXT]
    found = _STATUS.search(text) or _CODE.search(text)
    if found is None:
        return "", ""
    start = text.rfind("\n", 0, found.start()) + 1
    line = " ".join(text[start : (text.find("\n", found.end()) + 1 or len(text) + 1) - 1].split())
    return (found[1] if "." in found[1] else f"{found[1][0]}.0.0"), line[:500]


def original_ids(
    message: Message, originals: Iterable[Message], attachments: Iterable[Attachment], text: str
) -> list[str]:
    """Ids that the bounced mail may have, the surest first: in its returned headers, in the words, in the bounce's own."""
    ids: list[str] = []
    for part in originals:
        inner = next(iter(children_of(part)), None)
        ids += message_ids(inner if inner is not None else _head(content_of(part)), "Message-ID")
    for item in attachments:
        if item.content_type in {"message/rfc822", "text/rfc822-headers", "message/global"}:
            ids += message_ids(_head(item.open().read(_HEAD_BYTES)), "Message-ID")
    text = text[:_MAX_TEXT]
    ids += _OUR_ID.findall(text)
    ids += _ID_IN_TEXT.findall(text)
    ids += message_ids(message, "In-Reply-To")
    ids += reversed(message_ids(message, "References"))
    return list(dict.fromkeys(ids))[:_MAX_RECIPIENTS]


def _head(content: bytes) -> Message:
    return message_from_bytes(content[:_HEAD_BYTES], policy=BoundedHeaders())
