"""From an `OutgoingMessage` to a letter on its way: who it is from, who it is to, what it answers (contract F.20)."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings as installation
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from ventanilla.channels.email import settings, smtp
from ventanilla.channels.email.composing import (
    Letter,
    Quoted,
    compose,
    subject_of_forward,
    subject_of_reply,
)
from ventanilla.channels.email.reading import Address
from ventanilla.channels.email.reading.headers import parse_addresses
from ventanilla.inboxes.channel import OutgoingMessage, Receipt, SendFailed
from ventanilla.kit import mailer

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


def domain_of(inbox: Inbox, conversation: Mapping[str, Any]) -> str:
    """The domain of our ids and reply addresses: the account's, else the installation's, else the mailbox's own."""
    return (
        conversation.get("account_domain")
        or installation.MAIL_DOMAIN
        or inbox.address.rpartition("@")[2]
        or "localhost"
    )


def own_addresses(inbox: Inbox) -> list[str]:
    """Addresses by which mail of ours is known: the inbox's, those that lead into it, and the installation's sender."""
    domains = {inbox.account.domain, installation.MAIL_DOMAIN, inbox.address.rpartition("@")[2]} - {""}
    own = {
        inbox.address,
        settings.forward_address(inbox.channel_settings),
        parse_addresses([installation.DEFAULT_FROM_EMAIL])[0].email,
        *(f"reply@{domain}" for domain in domains),  # a plus and the conversation's uuid stand behind it
    }
    return sorted(own - {""})


def sender_of(inbox: Inbox, message: OutgoingMessage) -> Address:
    """ "Agent from Business" <address>, or the business alone; the inbox's address when we may send as it."""
    business = inbox.business_name or inbox.name
    friendly = inbox.sender_name_type == "friendly" and bool(message.sender_name)
    name = (
        _("%(agent)s from %(business)s") % {"agent": message.sender_name, "business": business}
        if friendly
        else business
    )
    own = bool(inbox.channel_settings.get("smtp_enabled")) or bool(
        inbox.channel_settings.get("sender_domain_verified")
    )
    fallback = (
        message.conversation.get("account_support_email")
        or parse_addresses([installation.DEFAULT_FROM_EMAIL])[0].email
    )
    return Address(inbox.address if own else fallback, name)


def letter_of(message: OutgoingMessage, inbox: Inbox, *, at: datetime) -> Letter:
    """The whole letter. Raises SendFailed when there is nobody to send it to."""
    about, attributes = message.conversation, message.content_attributes
    forwards = bool(attributes.get("forwarded_message_id"))
    customer = Address(message.to, about.get("contact_name", ""))
    to = [
        customer if address.email.lower() == message.to.lower() else address
        for address in _people(attributes.get("to_emails"))
    ]
    if not to and message.to and not forwards:  # what is passed on is never the customer's by default
        to = [customer]
    if not to:
        raise SendFailed(_("The message has no recipient."), permanent=True)
    uuid, domain = about["uuid"], domain_of(inbox, about)
    sender = sender_of(inbox, message)
    reads_mailbox = bool(inbox.channel_settings.get("imap_enabled"))
    return Letter(
        message_id=message_id(message, inbox),
        from_=sender,
        to=to,
        cc=_people(attributes.get("cc_emails")),
        bcc=_people(attributes.get("bcc_emails")),
        reply_to=Address(
            inbox.address if reads_mailbox else f"reply+{uuid}@{domain}", inbox.business_name or inbox.name
        ),
        subject=_subject(message, forwards=forwards),
        content=message.content,
        in_reply_to=about.get("last_incoming_id")
        or f"account/{about['account_id']}/conversation/{uuid}@{domain}",
        references=about.get("references", ()),
        quoted=_quoted(about.get("quoted")) if message.designed is None else None,
        forwards=forwards,
        files=message.files,
        date=at,
        locale=about.get("locale", "es"),
        headers=_headers(message),
        designed=mailer.render(message.designed) if message.designed is not None else None,
    )


def _headers(message: OutgoingMessage) -> dict[str, str]:
    """No program shall answer what a program of ours says (RFC 3834 §5): two desks would greet one another."""
    if not message.is_automatic:
        return {}
    kind = "auto-generated" if message.designed is not None else "auto-replied"
    return {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}


def _subject(message: OutgoingMessage, *, forwards: bool) -> str:
    """What the agent wrote, as it is; else the conversation's with the usual prefix."""
    about = message.conversation
    if written := str(message.content_attributes.get("subject") or "").strip():
        return written
    subject = str(about.get("subject") or "")
    if forwards:
        quoted = about.get("quoted") or {}
        return subject_of_forward(str(quoted.get("subject") or "") or subject)
    return subject_of_reply(subject, display_id=about["display_id"], is_first=about["is_first"])


def message_id(message: OutgoingMessage, inbox: Inbox) -> str:
    """The same for every try, so that whoever gets it twice can tell (contract F.20)."""
    about = message.conversation
    return f"conversation/{about['uuid']}/messages/{about['message_id']}@{domain_of(inbox, about)}"


def _people(values: Any) -> list[Address]:
    if isinstance(values, str):
        values = [values]
    return parse_addresses([str(value) for value in values]) if isinstance(values, Sequence) else []


def _quoted(given: Mapping[str, Any] | None) -> Quoted | None:
    if not given:
        return None
    return Quoted(
        author=Address(given["email"], given.get("name", "")),
        at=given["at"],
        text=given.get("text", ""),
        html=given.get("html", ""),
        subject=given.get("subject", ""),
        to=_people(given.get("to", ())),
        cc=_people(given.get("cc", ())),
    )


def send(message: OutgoingMessage, inbox: Inbox, *, at: datetime) -> Receipt:
    """Compose and hand over to the inbox's server, or to the installation's when it has none. Raises SendFailed."""
    letter = letter_of(message, inbox, at=at)
    composed = compose(letter)
    recipients = list(dict.fromkeys(address.email for address in (*letter.to, *letter.cc, *letter.bcc)))
    server = settings.smtp_server(inbox.channel_settings, inbox.secrets)
    key = settings.dkim_key(inbox.channel_settings, inbox.secrets)
    if server is not None:
        smtp.send(composed, server=server, sender=letter.from_.email, recipients=recipients, key=key)
    else:
        envelope_sender = settings.return_path(inbox.channel_settings) or letter.from_.email
        _send_from_here(smtp.without_blind(composed), envelope_sender, recipients, key)
    return Receipt(external_id=letter.message_id)


class _Ready:
    """A composed mail in the shape of Django's own, so that every mail back end can send it."""

    def __init__(self, raw: bytes, envelope_sender: str, recipients: Sequence[str]) -> None:
        self.raw, self.from_email, self._recipients = raw, envelope_sender, list(recipients)
        self.encoding = None
        self.extra_headers: dict[str, str] = {}

    def recipients(self) -> list[str]:
        return self._recipients

    def message(self) -> _Ready:
        return self

    def as_bytes(self, linesep: str = "\r\n") -> bytes:
        return self.raw


def _send_from_here(
    raw: bytes, envelope_sender: str, recipients: Sequence[str], key: smtp.DkimKey | None
) -> None:
    ready = _Ready(smtp.sign(raw, key) if key else raw, envelope_sender, recipients)
    try:
        get_connection(fail_silently=False).send_messages([ready])  # type: ignore[list-item]  # a mail in all but name
    except smtplib.SMTPResponseException as error:
        raise SendFailed(
            f"{error.smtp_code} {error.smtp_error!r}"[:900], permanent=500 <= error.smtp_code < 600
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise SendFailed(str(error.recipients)[:900], permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(str(error) or type(error).__name__, permanent=False) from error
