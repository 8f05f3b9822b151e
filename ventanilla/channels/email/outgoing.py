"""From an `OutgoingMessage` to an email on its way: who it is from, who it is to, what it answers (contract F.20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings as installation
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
from ventanilla.inboxes.channel import SMTP_UTF8, OutgoingMessage, Receipt, SendFailed
from ventanilla.inboxes.marks import MessageMarks
from ventanilla.kit import addresses, mailer, own_mail_server
from ventanilla.kit.reply_addresses import reply_address

if TYPE_CHECKING:
    from ventanilla.inboxes.models import Inbox


def domain_of(inbox: Inbox, conversation: Mapping[str, Any]) -> str:
    """The domain of our ids and reply addresses: the account's, else the installation's, else the mailbox's own."""
    return addresses.ascii_domain(
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
        parse_addresses([own_mail_server.sender()])[0].email,
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
        or parse_addresses([own_mail_server.sender()])[0].email
    )
    return Address(inbox.address if own else fallback, name)


def letter_of(message: OutgoingMessage, inbox: Inbox, *, at: datetime) -> Letter:
    """The whole email, each mailbox once and in its form for the wire. Raises SendFailed when there is no one to send it
    to, or an address that no server would understand.
    """
    about, marks = message.conversation, MessageMarks(message.content_attributes)
    forwards = bool(marks.passed_on)
    customer = Address(message.to, about.get("contact_name", ""))
    to = [
        customer if address.email.lower() == message.to.lower() else address
        for address in parse_addresses(marks.to)
    ]
    if not to and message.to and not forwards:  # what is passed on is never the customer's by default
        to = [customer]
    to, cc, bcc = _once(inbox, to, parse_addresses(marks.cc), parse_addresses(marks.bcc))
    if not (to or cc or bcc):
        raise SendFailed(_("Add a recipient."), permanent=True)
    uuid, domain = about["uuid"], domain_of(inbox, about)
    sender = sender_of(inbox, message)
    reads_mailbox = bool(inbox.channel_settings.get("imap_enabled"))
    return Letter(
        message_id=message_id(message, inbox),
        from_=_on_the_wire(sender),
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=_on_the_wire(
            Address(
                inbox.address if reads_mailbox else reply_address(uuid, domain),
                inbox.business_name or inbox.name,
            )
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


def _once(inbox: Inbox, *lists: Sequence[Address]) -> tuple[list[Address], ...]:
    """Each mailbox in the first list that names it, and never our own: who writes to himself reads it twice."""
    seen: set[str] = set()
    kept: list[list[Address]] = []
    for people in lists:
        kept.append([])
        for address in map(_on_the_wire, people):
            one = addresses.key(address.email)
            if one not in seen and not _is_own(one, inbox):
                seen.add(one)
                kept[-1].append(address)
    return tuple(kept)


def _is_own(one: str, inbox: Inbox) -> bool:
    local, _at, domain = one.rpartition("@")
    return bool(inbox.address) and addresses.key(inbox.address) in {
        one,
        f"{local.partition('+')[0]}@{domain}",
    }


def _on_the_wire(address: Address) -> Address:
    try:
        return Address(addresses.on_the_wire(address.email), address.name)
    except addresses.Unwritable as error:
        reason = _("%(address)s can't be used in an email.") % {"address": address.email}
        raise SendFailed(reason, permanent=True) from error


def _headers(message: OutgoingMessage) -> dict[str, str]:
    """No program shall answer what a program of ours says (RFC 3834 §5): two desks would greet one another."""
    if not message.is_automatic:
        return {}
    kind = "auto-generated" if message.designed is not None else "auto-replied"
    return {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}


def _subject(message: OutgoingMessage, *, forwards: bool) -> str:
    """What the agent wrote, as it is; else the conversation's with the usual prefix."""
    about = message.conversation
    if written := MessageMarks(message.content_attributes).subject:
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


def _quoted(given: Mapping[str, Any] | None) -> Quoted | None:
    if not given:
        return None
    return Quoted(
        author=Address(given["email"], given.get("name", "")),
        at=given["at"],
        text=given.get("text", ""),
        html=given.get("html", ""),
        subject=given.get("subject", ""),
        to=parse_addresses(given.get("to", ())),
        cc=parse_addresses(given.get("cc", ())),
    )


def send(message: OutgoingMessage, inbox: Inbox, *, at: datetime) -> Receipt:
    """Compose and hand over to the inbox's server, or to the installation's when it has none.

    Raises SendFailed, SendUnknown.
    """
    server = settings.smtp_server(inbox.channel_settings, inbox.secrets)
    if server is None and not mailer.is_set_up():
        reason = _("No mail server is set up. Add one in the channel's settings and send it again.")
        raise SendFailed(reason, permanent=True)
    letter = letter_of(message, inbox, at=at)
    recipients = [
        address.email
        for address in (*letter.to, *letter.cc, *letter.bcc)
        if not message.only or addresses.key(address.email) in message.only
    ]
    key = settings.dkim_key(inbox.channel_settings, inbox.secrets)
    raw = smtp.without_blind(compose(letter))
    raw = smtp.sign(raw, key) if key else raw
    sender = letter.from_.email
    if server is None:
        sender = settings.return_path(inbox.channel_settings) or sender
        server = mailer.server()
    if server is None:  # an installation that keeps its mail as files, or a test
        message.handing_over()
        mailer.put_raw(raw, sender=sender, recipients=recipients)
        return Receipt(external_id=letter.message_id)
    taken = smtp.send(
        raw, server=server, sender=sender, recipients=recipients, before_data=message.handing_over
    )
    noticed = {SMTP_UTF8: taken.takes_utf8}
    return Receipt(letter.message_id, refused=taken.refused, later=taken.refused_now, noticed=noticed)
