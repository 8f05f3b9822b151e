"""Mails about a conversation that an event asks for; each is rendered when it is sent, so a retry shows the latest state.

Who writes for which event stands in `settings.MAIL_WRITERS`: a room of this floor can have its mails sent from here
without knowing of us. Emails to our own people (invitation, password) are the accounts room's; what agents write to
customers by email is the email channel's.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import parseaddr
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.conversations.commands import TranscriptState, note_transcript
from ventanilla.conversations.files_beside import files_beside
from ventanilla.conversations.models import Conversation, Message, MessageType, SenderType
from ventanilla.conversations.rendering import attachment_url
from ventanilla.conversations.selectors import sender_names
from ventanilla.conversations.speaking import language_of
from ventanilla.delivery.audience import shared_with_customer
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import Receipt, SendFailed, SendUnknown
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import links, mailer, own_mail_server, smtp
from ventanilla.kit.addresses import ascii_domain

log = structlog.get_logger("delivery")

MAX_TRANSCRIPT_MESSAGES = 2_000


def transcript(payload: Mapping[str, Any]) -> mailer.Mail:
    """All public messages of a conversation, without activity and notes (contract F.20)."""
    conversation = (
        Conversation.objects.select_related("account", "inbox", "contact")
        .filter(pk=payload["conversation_id"])
        .first()
    )
    if conversation is None:
        raise SendFailed(_("The conversation no longer exists."), permanent=True)
    messages = list(
        Message.objects.filter(conversation=conversation, private=False, deleted_at__isnull=True)
        .exclude(message_type=MessageType.ACTIVITY)
        .exclude(content_type__in=("input_email", "input_csat"))
        .select_related("conversation__contact_inbox")
        .prefetch_related("attachments")
        .order_by("pk")[:MAX_TRANSCRIPT_MESSAGES]
    )
    # Anyone may be sent the copy: it has what the customer knows.
    messages = shared_with_customer(messages)
    names = _names(messages)
    locale = language_of(conversation.additional_attributes, account_locale=conversation.account.locale)
    with translation.override(locale):
        subject = conversation.marks.subject or _("Your conversation with %(name)s") % {
            "name": conversation.inbox.business_name or conversation.inbox.name
        }
        return mailer.Mail(
            to=[payload["email"]],
            subject=f"[#{conversation.display_id}] {subject}",
            heading=subject,
            paragraphs=[_("Here's a copy of your conversation.")],
            locale=locale,
            entries=[_entry(message, conversation, names) for message in messages],
            brand=conversation.inbox.business_name or conversation.account.name,
            zone=ZoneInfo(conversation.inbox.timezone),
            reply_to=_answers_go_to(conversation),
        )


def _answers_go_to(conversation: Conversation) -> str:
    """Where an answer is read: the mailbox itself, else the account's support; "" when neither has an address."""
    inbox = conversation.inbox
    return inbox.address if capabilities_of(inbox.kind).email_headers else conversation.account.support_email


def _names(messages: list[Message]) -> dict[tuple[str, int], str]:
    users = {message.sender_id or 0 for message in messages if message.sender_type == SenderType.USER}
    # Customers know agents by the name these chose for them.
    chosen = {
        (str(SenderType.USER), user.pk): user.available_name for user in User.objects.filter(pk__in=users)
    }
    return sender_names(messages) | chosen


def _entry(
    message: Message, conversation: Conversation, names: Mapping[tuple[str, int], str]
) -> mailer.Entry:
    ours = message.message_type != MessageType.INCOMING
    author = names.get((message.sender_type, message.sender_id or 0)) or (
        "" if ours else str(conversation.contact)
    )
    return mailer.Entry(
        author=author or conversation.inbox.business_name or conversation.inbox.name,
        at=message.created_at,
        content=message.content,
        ours=ours,
        files=[
            mailer.File(item.filename, attachment_url(item)) for item in files_beside(message) if item.file
        ],
    )


_TRANSCRIPT_STATES = {
    mailer.Way.TRYING: TranscriptState.TRYING,
    mailer.Way.LEFT: TranscriptState.SENT,
    mailer.Way.LOST: TranscriptState.LOST,
    mailer.Way.UNKNOWN: TranscriptState.UNKNOWN,
}


def _transcript_went(payload: Mapping[str, Any], way: mailer.Way, reason: str) -> None:
    line = Message.objects.select_related("conversation").filter(pk=payload.get("message_id", 0)).first()
    if line is not None:  # gone with its conversation, or asked for before there were lines
        note_transcript(line, state=_TRANSCRIPT_STATES[way], reason=reason)


TRANSCRIPT = mailer.Writer(transcript, went=_transcript_went)


@lru_cache(maxsize=1)
def writers() -> dict[str, mailer.Writer]:
    """What asks for a mail, and who writes it."""
    return {event: import_string(path) for event, path in settings.MAIL_WRITERS.items()}


def _message_id(row: Outgoing) -> str:
    """The same for every try, so that whoever gets it twice can tell."""
    _name, address = parseaddr(own_mail_server.sender())
    domain = ascii_domain(settings.MAIL_DOMAIN or address.rpartition("@")[2] or "localhost")
    return f"<outgoing/{row.created_at:%Y%m%d%H%M%S}.{row.pk}@{domain}>"


def send_mail(row: Outgoing, hand_over: Callable[[], None]) -> Receipt:
    """Render and send, or do nothing when no one wants it any more.

    Raises SendFailed (a refusal of the recipient is permanent, a server that does not answer is not), SendUnknown.
    """
    try:
        mail = writers()[row.payload["event"]].write(row.payload)
    except links.AddressUnknown as refusal:  # an administrator can set it while the row waits
        raise SendFailed(str(refusal), permanent=False) from refusal
    if mail is None:
        return Receipt()
    if not mailer.is_set_up():
        raise SendFailed(_("No mail server is set up on this server."), permanent=True)
    message_id = _message_id(row)
    try:
        mailer.send(replace(mail, headers={"Message-ID": message_id, **mail.headers}), before_data=hand_over)
    except smtp.Unanswered as error:
        raise SendUnknown(_("The mail server didn't say whether it accepted the email.")) from error
    except smtplib.SMTPRecipientsRefused as error:
        said = [(code, smtp.words(text)) for code, text in error.recipients.values()]
        reason = "; ".join(f"{code} {text}" for code, text in said)
        raise SendFailed(reason, permanent=all(500 <= code < 600 for code, _text in said)) from error
    except smtplib.SMTPResponseException as error:
        reason = f"{error.smtp_code} {smtp.words(error.smtp_error)}"
        raise SendFailed(reason, permanent=500 <= error.smtp_code < 600) from error
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mails.not_sent", outgoing=row.pk, error=repr(error))
        raise SendFailed(_("Ventanilla's mail server isn't responding."), permanent=False) from error
    return Receipt(external_id=message_id.strip("<>"))


def say_way(row: Outgoing, way: mailer.Way, reason: str = "") -> None:
    """How far a mail of ours came: its writer tells whom it concerns."""
    writer = writers().get(row.payload.get("event", ""))
    if row.kind == "mail" and writer is not None and writer.went is not None:
        writer.went(row.payload, way, reason)
