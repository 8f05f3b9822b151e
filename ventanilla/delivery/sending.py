"""A message on its way to its channel: everything a translator may need, gathered from our rows."""

from __future__ import annotations

from typing import Any

from ventanilla.accounts.models import AgentBot, User
from ventanilla.conversations.models import Attachment, Conversation, Message, MessageType, SenderType
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.channel import OutgoingFile, OutgoingMessage, Receipt, SendFailed, channel_of
from ventanilla.kit import links, storage

MAX_REFERENCES = 60


def send_message(row: Outgoing) -> Receipt:
    """Send a public message of ours by its inbox's channel. A note never leaves, whoever put it in the tray."""
    message = (
        Message.objects.select_related(
            "inbox", "conversation__account", "conversation__contact", "conversation__contact_inbox"
        )
        .prefetch_related("attachments")
        .filter(pk=row.message_id or 0)
        .first()
    )
    if message is None or message.deleted_at is not None:
        raise SendFailed("the message was deleted", permanent=True)
    if message.private or message.message_type not in (MessageType.OUTGOING, MessageType.TEMPLATE):
        raise SendFailed("this kind of message never leaves", permanent=True)
    if message.inbox.deleted_at is not None:
        raise SendFailed("the inbox was deleted", permanent=True)
    files = [_file(attachment) for attachment in message.attachments.all() if attachment.file]
    try:
        return channel_of(message.inbox.kind).send(outgoing_of(row, message, files), message.inbox)
    finally:
        for file in files:
            file.file.close()


def _file(attachment: Attachment) -> OutgoingFile:
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
        url=links.public_url(storage.blob_path(blob)),
    )


def outgoing_of(row: Outgoing, message: Message, files: list[OutgoingFile]) -> OutgoingMessage:
    """The message in the translators' shape."""
    return OutgoingMessage(
        key=row.key,
        content=message.content,
        to=message.conversation.contact_inbox.source_id,
        files=files,
        content_attributes=message.content_attributes,
        additional_attributes=message.additional_attributes,
        sender_name=_sender_name(message),
        conversation=thread_of(message),
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
    """What the conversation was before this message: its ids, its subject, and what is quoted below the answer."""
    conversation = message.conversation
    before = Message.objects.filter(conversation=conversation, pk__lt=message.pk, private=False)
    ids = list(
        before.filter(source_id__isnull=False)
        .order_by("-pk")
        .values_list("source_id", flat=True)[:MAX_REFERENCES]
    )
    answered = _answered(message, conversation)
    return {
        "message_id": message.pk,
        "uuid": str(conversation.uuid),
        "display_id": conversation.display_id,
        "account_id": conversation.account_id,
        "account_domain": conversation.account.domain,
        "account_support_email": conversation.account.support_email,
        "locale": conversation.account.locale,
        "subject": conversation.additional_attributes.get("mail_subject") or "",
        "contact_name": conversation.contact.name,
        "references": list(reversed(ids)),
        "last_incoming_id": answered.source_id if answered is not None else "",
        "is_first": not before.exclude(message_type=MessageType.ACTIVITY).exists(),
        "quoted": _quoted(answered)
        if answered is not None and message.inbox.channel_settings.get("quotes_history", True)
        else None,
    }


def _answered(message: Message, conversation: Conversation) -> Message | None:
    """The message this one answers: the one the agent chose, else the newest of the customer."""
    incoming = Message.objects.filter(
        conversation=conversation,
        message_type=MessageType.INCOMING,
        pk__lt=message.pk,
        deleted_at__isnull=True,
    )
    chosen = message.content_attributes.get("forwarded_message_id") or message.content_attributes.get(
        "in_reply_to"
    )
    if isinstance(chosen, int) and (found := incoming.filter(pk=chosen).first()) is not None:
        return found
    return incoming.order_by("-pk").first()


def _quoted(answered: Message) -> dict[str, Any]:
    email = answered.content_attributes.get("email") or {}
    return {
        "email": (email.get("from") or [""])[0],
        "name": answered.conversation.contact.name,
        "at": answered.created_at,
        "text": (email.get("text_content") or {}).get("quoted")
        or answered.processed_content
        or answered.content,
        "html": "",
        "subject": email.get("subject") or "",
        "to": email.get("to") or [],
    }
