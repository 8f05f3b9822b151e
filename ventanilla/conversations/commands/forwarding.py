"""Passing a message on: to other contacts of the same inbox, or by mail to anyone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.files_beside import shown_inside
from ventanilla.conversations.models import Conversation, Message, MessageType, Upload
from ventanilla.inboxes.marks import MessageMarks
from ventanilla.kit.errors import Invalid, NotFound


def forward_message(message: Message, *, contacts: Sequence[Contact], by: User) -> list[Message]:
    """Send the same text and files to each contact, as the user: in their newest conversation of this inbox, or in a
    new one that is the user's. Raises NotFound when the inbox does not know one of them.
    """
    identities = {
        row.contact_id: row
        for row in ContactInbox.objects.filter(
            inbox_id=message.inbox_id, contact__in=contacts, contact__account_id=message.account_id
        )
        .select_related("contact", "inbox")
        .order_by("id")
    }
    if identities.keys() != {contact.pk for contact in contacts}:
        raise NotFound(fields={"contacts": [_("This channel doesn't know one of these contacts.")]})
    return [_forward(message, identity, by=by) for identity in identities.values()]


def _forward(message: Message, identity: ContactInbox, *, by: User) -> Message:
    conversation = (
        Conversation.objects.filter(inbox_id=message.inbox_id, contact_id=identity.contact_id)
        .order_by("-id")
        .first()
    )
    if conversation is None:
        conversation = start_conversation(identity, by=by, assignee=by)
    with _copies(message, None) as files:
        new = NewMessage(
            message.content,
            content_type=message.content_type if message.content_type != "incoming_email" else "text",
            content_attributes={
                key: value for key, value in message.content_attributes.items() if key == "items"
            },
            attachments=files,
        )
        return post_message(conversation, new, by=by)


@contextmanager
def _copies(message: Message, chosen: Collection[int] | None) -> Iterator[list[Upload]]:
    """The files of a message (all, or those with the chosen ids), open for as long as they are copied.

    The bytes are copied: deleting one message must not take the other's file.
    """
    shown = shown_inside(message)
    with ExitStack() as opened:
        yield [
            Upload(
                file=opened.enter_context(attachment.file.open("rb")),
                filename=attachment.filename,
                content_type=attachment.mime_type,
                content_id=attachment.content_id,
                inline=bool(attachment.content_id) and attachment.content_id in shown,
            )
            for attachment in message.attachments.order_by("pk")
            if attachment.file and (chosen is None or attachment.pk in chosen)
        ]


def forward_by_mail(
    message: Message,
    new: NewMessage,
    *,
    by: User | AgentBot,
    attachment_ids: Collection[int] | None = None,
) -> Message:
    """Mail a public message of a conversation to `to_emails` of the content attributes, under a comment (may be empty).

    Its files go along: all, or those with `attachment_ids`; those of `new` are added. The customer gets nothing.
    Raises NotFound for a note, an activity line or a deleted message, Invalid without a recipient or for files that
    are not the message's, and what `post_message` raises.
    """
    check_forward(message, new, attachment_ids)
    with _copies(message, attachment_ids) as files:
        new = replace(new, attachments=[*files, *new.attachments], forwards=message)
        return post_message(message.conversation, new, by=by)


def check_forward(message: Message, new: NewMessage, attachment_ids: Collection[int] | None) -> None:
    """Whether it can be mailed on. Raises NotFound or Invalid."""
    if (
        message.private
        or message.deleted_at is not None
        or message.message_type not in {MessageType.INCOMING, MessageType.OUTGOING, MessageType.TEMPLATE}
    ):
        raise NotFound
    if not MessageMarks(new.content_attributes).to:
        raise Invalid(fields={"to_emails": [_("Add a recipient to forward it to.")]})
    if attachment_ids is not None:
        own = set(message.attachments.values_list("pk", flat=True))
        if not own.issuperset(attachment_ids):
            raise Invalid(
                fields={"forwarded_attachment_ids": [_("This file doesn't belong to that message.")]}
            )
