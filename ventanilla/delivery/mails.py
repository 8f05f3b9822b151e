"""Mails about a conversation that an event asks for; each is rendered when it is sent, so a retry shows the latest state.

Letters to our own people (invitation, password) are the accounts room's; what agents write to customers by e-mail is the
e-mail channel's.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.conversations.models import Attachment, Conversation, Message, MessageType, SenderType
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import Receipt, SendFailed
from ventanilla.kit import links, mailer, storage

MAX_TRANSCRIPT_MESSAGES = 2_000


def transcript(payload: Mapping[str, Any]) -> mailer.Mail:
    """All public messages of a conversation, without activity and notes (contract F.20)."""
    conversation = (
        Conversation.objects.select_related("account", "inbox", "contact")
        .filter(pk=payload["conversation_id"])
        .first()
    )
    if conversation is None:
        raise SendFailed("the conversation is gone", permanent=True)
    messages = list(
        Message.objects.filter(conversation=conversation, private=False, deleted_at__isnull=True)
        .exclude(message_type=MessageType.ACTIVITY)
        .exclude(content_type__in=("input_email", "input_csat"))
        .prefetch_related("attachments")
        .order_by("pk")[:MAX_TRANSCRIPT_MESSAGES]
    )
    names = _names(messages)
    with translation.override(conversation.account.locale):
        subject = conversation.additional_attributes.get("mail_subject") or _(
            "Your conversation with %(name)s"
        ) % {"name": conversation.inbox.business_name or conversation.inbox.name}
        return mailer.Mail(
            to=[payload["email"]],
            subject=f"[#{conversation.display_id}] {subject}",
            heading=subject,
            paragraphs=[_("This is a copy of the conversation.")],
            locale=conversation.account.locale,
            entries=[_entry(message, conversation, names) for message in messages],
            brand=conversation.inbox.business_name or conversation.account.name,
            zone=ZoneInfo(conversation.inbox.timezone),
        )


def _names(messages: list[Message]) -> dict[tuple[str, int | None], str]:
    users = {message.sender_id or 0 for message in messages if message.sender_type == SenderType.USER}
    bots = {message.sender_id or 0 for message in messages if message.sender_type == SenderType.AGENT_BOT}
    names: dict[tuple[str, int | None], str] = {
        (SenderType.USER, user.pk): user.available_name for user in User.objects.filter(pk__in=users)
    }
    return names | {(SenderType.AGENT_BOT, bot.pk): bot.name for bot in AgentBot.objects.filter(pk__in=bots)}


def _entry(
    message: Message, conversation: Conversation, names: Mapping[tuple[str, int | None], str]
) -> mailer.Entry:
    ours = message.message_type != MessageType.INCOMING
    author = names.get((message.sender_type, message.sender_id)) if ours else str(conversation.contact)
    return mailer.Entry(
        author=author or conversation.inbox.business_name or conversation.inbox.name,
        at=message.created_at,
        content=message.content,
        ours=ours,
        files=[
            mailer.File(item.filename, _file_url(item)) for item in message.attachments.all() if item.file
        ],
    )


def _file_url(item: Attachment) -> str:
    blob = storage.Blob(
        key=item.file.name or "", filename=item.filename, content_type=item.mime_type, byte_size=item.size
    )
    return links.public_url(storage.blob_path(blob))


# What asks for a mail, and who writes it.
MAILS: dict[str, Callable[[Mapping[str, Any]], mailer.Mail]] = {
    "conversation.transcript_requested": transcript
}


def send_mail(row: Outgoing) -> Receipt:
    """Render and send. A refusal of the recipient is permanent, a server that does not answer is not."""
    mail = MAILS[row.payload["event"]](row.payload)
    try:
        mailer.send(mail)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        raise SendFailed(str(error), permanent=True) from error
    except smtplib.SMTPResponseException as error:
        raise SendFailed(
            f"{error.smtp_code} {error.smtp_error!r}", permanent=500 <= error.smtp_code < 600
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(str(error), permanent=False) from error
    return Receipt()
