"""Passing a message on to other contacts of the same inbox."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.accounts.models import User
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Conversation, Message, Upload
from ventanilla.kit.errors import NotFound


def forward_message(message: Message, *, contacts: Sequence[Contact], by: User) -> list[Message]:
    """Send the same text and files to each contact, as the user: in their newest conversation of this inbox, or in a
    new one that is the user's. Contacts this inbox does not know are left out. Raises NotFound for none at all.
    """
    identities = {
        row.contact_id: row
        for row in ContactInbox.objects.filter(
            inbox_id=message.inbox_id, contact__in=contacts, contact__account_id=message.account_id
        )
        .select_related("contact", "inbox")
        .order_by("id")
    }
    if not identities:
        raise NotFound
    return [_forward(message, identity, by=by) for identity in identities.values()]


def _forward(message: Message, identity: ContactInbox, *, by: User) -> Message:
    conversation = (
        Conversation.objects.filter(inbox_id=message.inbox_id, contact_id=identity.contact_id)
        .order_by("-id")
        .first()
    )
    if conversation is None:
        conversation = start_conversation(identity, by=by, assignee=by)
    # The bytes are copied: deleting one message must not take the other's file.
    files = [
        Upload(file=attachment.file.open("rb"), filename=attachment.filename)
        for attachment in message.attachments.all()
        if attachment.file
    ]
    try:
        return post_message(
            conversation,
            by=by,
            content=message.content,
            content_type=message.content_type if message.content_type != "incoming_email" else "text",
            content_attributes={
                key: value for key, value in message.content_attributes.items() if key == "items"
            },
            attachments=files,
        )
    finally:
        for upload in files:
            upload.file.close()
