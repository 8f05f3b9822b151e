"""A message on its way to its channel: everything a translator may need, gathered from our rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Attachment, Message, MessageType, SenderType
from ventanilla.conversations.satisfaction import scale, signs_of, survey_url
from ventanilla.conversations.speaking import language_of
from ventanilla.delivery import renewing
from ventanilla.delivery.audience import reaches_customer, shared_with_customer
from ventanilla.delivery.duplicates import mail_id_of
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import (
    HandsOver,
    Markup,
    OutgoingFile,
    OutgoingMessage,
    Receipt,
    SendFailed,
    SendNeedsSignIn,
    SignInRefused,
    Unreachable,
    Withdrawn,
)
from ventanilla.inboxes.channels import capabilities_of, channel_for
from ventanilla.inboxes.marks import PASSES_ON, STRANGER, WRITTEN_IN
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import addresses, limit_values, links, mailer, markdown, storage
from ventanilla.kit.faults import is_passing

MAX_REFERENCES, MAX_REFERENCE_CHARS = 60, 900  # a line ends at 998 (RFC 5322 §2.1.1)
_SURVEY_ADDRESS = re.compile(r"(?<!\S)\S*?/survey/responses/\S+")


def send_message(row: Outgoing, hand_over: Callable[[], None]) -> Receipt:
    """Send a public message of ours by its inbox's channel. A note never leaves, whoever put it in the tray.

    Raises SendFailed, SendUnknown; Withdrawn when it was deleted.
    """
    message = (
        Message.objects.select_related(
            "inbox", "conversation__account", "conversation__contact", "conversation__contact_inbox"
        )
        .prefetch_related("attachments")
        .filter(pk=row.message_id or 0)
        .first()
    )
    if message is None or message.deleted_at is not None:
        raise Withdrawn(_("The message was deleted."))
    if message.private or message.message_type not in (MessageType.OUTGOING, MessageType.TEMPLATE):
        raise SendFailed(_("This kind of message isn't sent."), permanent=True)
    if message.inbox.deleted_at is not None:
        raise Withdrawn(_("The channel was deleted."))
    with ExitStack() as opened:
        files = []
        for attachment in message.attachments.all():
            if attachment.file:
                files.append(_file(attachment))
                opened.callback(files[-1].file.close)
        outgoing = replace(outgoing_of(row, message, files), handing_over=hand_over)
        return _send(outgoing, message.inbox)


def _send(message: OutgoingMessage, inbox: Inbox) -> Receipt:
    """By the channel; a token that ends is renewed before, and once more when the provider refuses it."""
    channel = channel_for(inbox.kind)
    try:
        renewing.renew_if_due(inbox)
        if channel.capabilities.hands_over == HandsOver.WHOLE:
            message.handing_over()
        try:
            return channel.send(message, inbox)
        except SendNeedsSignIn:  # refused before anything was handed over, so nothing goes twice
            if not renewing.renew_refused(inbox):
                raise
        for file in message.files:
            file.file.seek(0)
        return channel.send(message, inbox)
    except (SignInRefused, Unreachable) as error:
        raise SendFailed(str(error), permanent=False) from error


def _file(attachment: Attachment) -> OutgoingFile:
    """Raises SendFailed when its bytes are gone for good."""
    try:
        return _opened(attachment)
    except FileNotFoundError as error:
        if is_passing(error):  # the whole storage is away
            raise
        reason = _("The file %(name)s is missing.") % {"name": attachment.filename}
        raise SendFailed(reason, permanent=True) from error


def _opened(attachment: Attachment) -> OutgoingFile:
    blob = storage.Blob(
        key=attachment.file.name or "",
        filename=attachment.filename,
        content_type=attachment.mime_type,
        byte_size=attachment.size,
    )
    return OutgoingFile(
        filename=attachment.filename,
        content_type=attachment.mime_type,
        size=attachment.size,
        file=storage.open_blob(blob),
        content_id=attachment.content_id,
        url=links.lasting_url(storage.blob_path(blob)),
    )


def outgoing_of(row: Outgoing, message: Message, files: list[OutgoingFile]) -> OutgoingMessage:
    """The message in the translators' shape."""
    return OutgoingMessage(
        key=row.key,
        content=_as_shown(message),
        to=message.conversation.contact_inbox.source_id,
        files=files,
        content_attributes=message.content_attributes,
        additional_attributes=message.additional_attributes,
        sender_name=_sender_name(message),
        # What a bot says is an automatic answer like any other (RFC 3834 §1).
        is_automatic=message.message_type == MessageType.TEMPLATE
        or message.sender_type == SenderType.AGENT_BOT,
        conversation=thread_of(message),
        designed=_survey(message) if message.content_type == "input_csat" else None,
        only=frozenset(addresses.key(one) for one in row.payload.get("only", ())),
    )


def _as_shown(message: Message) -> str:
    """Markdown, or what a network that does not know it shows instead."""
    markup = capabilities_of(message.inbox.kind).markup
    return _WRITTEN.get(markup, str)(message.content)


_WRITTEN = {Markup.PLAIN: markdown.render_plain, Markup.WHATSAPP: markdown.render_whatsapp}


def _survey(message: Message) -> mailer.Mail:
    """The question how the customer was served, as a mail: five links that choose a face on the survey's page."""
    conversation, inbox = message.conversation, message.inbox
    url = survey_url(conversation.uuid)
    locale = language_of(conversation.additional_attributes, account_locale=conversation.account.locale)
    with translation.override(locale):
        return mailer.Mail(
            to=(),
            subject="",
            heading=_SURVEY_ADDRESS.sub("", message.content).strip().rstrip(":") or _("How did we do?"),
            paragraphs=[_("Choose what fits best. You can add a comment on the next page.")],
            locale=locale,
            choices=[
                mailer.Choice(sign, word, f"{url}?rating={rating}")
                for sign, (rating, word) in zip(signs_of(message.content_attributes), scale(), strict=True)
            ],
            action=mailer.Action(_("Open the survey"), url),
            footer=_("You have 14 days to answer."),
            brand=inbox.business_name or inbox.name,
        )


def _sender_name(message: Message) -> str:
    if message.sender_type == SenderType.USER:
        user = User.objects.filter(pk=message.sender_id or 0).first()
        return user.available_name if user else ""
    if message.sender_type == SenderType.AGENT_BOT:
        bot = AgentBot.objects.filter(pk=message.sender_id or 0).first()
        return bot.name if bot else ""
    return ""


def thread_of(message: Message) -> dict[str, Any]:
    """What the conversation was before this message: its ids, its subject, and what is quoted below the answer.

    Raises SendFailed when the message that is passed on is there no more.
    """
    conversation = message.conversation
    before = Message.objects.filter(conversation=conversation, pk__lt=message.pk, private=False)
    # What went to others is no part of the customer's thread.
    shared = before.exclude(content_attributes__has_key=PASSES_ON)
    ids = list(
        shared.filter(source_id__isnull=False)
        .order_by("-pk")
        .values_list("source_id", flat=True)[:MAX_REFERENCES]
    )
    answered = _answered(message, before, shared)
    written_in = message.additional_attributes.get(WRITTEN_IN)
    if written_in and answered is not None and not reaches_customer(message):
        # It came with the merged conversation of another customer, who is not quoted this one.
        answered = answered if answered.pk == message.marks.answers else None
    quotes = message.marks.passes_on or message.inbox.channel_settings.get("quotes_history", True)
    return {
        "message_id": message.pk,
        "uuid": written_in or str(conversation.uuid),
        "display_id": conversation.display_id,
        "account_id": conversation.account_id,
        "account_domain": conversation.account.domain,
        "account_support_email": conversation.account.support_email,
        "locale": conversation.account.locale,
        "subject": conversation.marks.subject,
        "contact_name": conversation.contact.name,
        "references": _chain(answered, [mail_id_of(source_id) for source_id in reversed(ids)]),
        "last_incoming_id": mail_id_of(answered.source_id) if answered is not None else "",
        "is_first": not shared.exclude(message_type=MessageType.ACTIVITY).exists(),
        "quoted": _quoted(answered, whole=message.marks.passes_on)
        if answered is not None and quotes
        else None,
    }


def _chain(answered: Message | None, ids: Sequence[str]) -> list[str]:
    """The ids that an answer refers to (RFC 5322 §3.6.4): those of the mail that is answered, those of the thread, and
    last the mail itself. Of a long thread the first and the newest.
    """
    referred = answered.marks.mail.references if answered is not None else []
    last = [mail_id_of(answered.source_id)] if answered is not None else []
    known = dict.fromkeys(one for one in (*referred, *ids) if one and one not in last)
    chain = [one for one in (*known, *last) if one and one.isascii() and len(one) <= MAX_REFERENCE_CHARS]
    return chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[1 - MAX_REFERENCES :]]


def _answered(message: Message, before: QuerySet[Message], shared: QuerySet[Message]) -> Message | None:
    """The message this one passes on or answers: the one the agent chose, else the customer's newest."""
    there = {"deleted_at__isnull": True}
    if message.marks.passes_on:
        found = before.filter(pk=message.marks.passed_on, **there).first()
        if found is None:
            raise SendFailed(_("The message to be forwarded was deleted."), permanent=True)
        return found
    chosen = message.marks.answers
    spoken = before.exclude(message_type=MessageType.ACTIVITY).select_related("conversation__contact_inbox")
    found = spoken.filter(pk=chosen, **there).first() if chosen is not None else None
    # What went to others can be answered to them, and is never quoted to the customer.
    if found is not None and (not reaches_customer(message) or _is_shared(found, spoken)):
        return found
    incoming = shared.filter(message_type=MessageType.INCOMING, **there).order_by("-pk")
    theirs = incoming.filter(sender_type=SenderType.CONTACT, sender_id=message.conversation.contact_id)
    return theirs.first() or incoming.exclude(content_attributes__has_key=STRANGER).first()


def _is_shared(found: Message, spoken: QuerySet[Message]) -> bool:
    if found.message_type != MessageType.INCOMING:
        return reaches_customer(found)
    if not found.marks.is_strangers:
        return True
    return found in shared_with_customer(spoken.filter(pk__lte=found.pk).order_by("pk").iterator(100))


def _quoted(answered: Message, *, whole: bool) -> dict[str, Any]:
    """The mail below ours: an answer shows what its writer said, what is passed on is shown whole."""
    mail = answered.marks.mail
    if answered.message_type != MessageType.INCOMING:
        return _quoted_of_ours(answered)
    return {
        "email": (mail.senders or [answered.conversation.contact_inbox.source_id])[0],
        "name": _writer(answered),
        "at": _written_at(answered, mail.date),
        "text": (mail.whole_text if whole else mail.own_text)
        or answered.processed_content
        or answered.content,
        # A newsletter of megabytes would go back and forth with every answer.
        "html": mail.html if len(mail.html) <= limit_values.of("MAX_QUOTED_HTML_CHARS") else "",
        "subject": mail.subject,
        "to": mail.to,
        "cc": mail.cc,
    }


def _quoted_of_ours(answered: Message) -> dict[str, Any]:
    marks, conversation = answered.marks, answered.conversation
    return {
        "email": answered.inbox.address,
        "name": _sender_name(answered),
        "at": answered.created_at,
        "text": markdown.render_plain(answered.content),
        "html": markdown.render_html(answered.content),
        "subject": marks.subject or conversation.marks.subject,
        "to": marks.to or [conversation.contact_inbox.source_id],
        "cc": marks.cc,
    }


def _written_at(message: Message, date: Any) -> datetime:
    """When the mail says it was written; else when it came."""
    try:
        at = datetime.fromisoformat(date)
    except (TypeError, ValueError):
        return message.created_at
    return at if at.tzinfo else message.created_at


def _writer(message: Message) -> str:
    """The name of the contact who wrote it: not always whose conversation it is."""
    if message.sender_type == SenderType.CONTACT and message.sender_id:
        found = Contact.objects.filter(pk=message.sender_id).first()
        if found is not None:
            return found.name
    return message.conversation.contact.name
