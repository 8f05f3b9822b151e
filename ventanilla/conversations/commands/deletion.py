"""Deleting a message (its place stays, its content goes) and whole conversations."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership, Role, User
from ventanilla.contacts.commands.contacts import check_contact_is_away, delete_contact
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.attachments import forget_files
from ventanilla.conversations.commands.held import By, actor_of, held
from ventanilla.conversations.commands.rows import locked_message, where_it_stands
from ventanilla.conversations.errors import DeletionNotAllowed
from ventanilla.conversations.events import ConversationDeleted, MessageUpdated
from ventanilla.conversations.models import Attachment, Conversation, FoldedText, Message, ScheduledFile
from ventanilla.events.log import record
from ventanilla.inboxes.marks import DELETED
from ventanilla.kit.errors import NotFound


@where_it_stands
def delete_message(message: Message, *, by: User | Contact | None) -> Message:
    """Take away what the message said, for agents and customer alike; a notice stands in its place.

    Raises DeletionNotAllowed for an agent where the inbox does not let them. Records message.updated.
    """
    conversation = message.conversation
    if isinstance(by, User) and not conversation.inbox.allow_agent_to_delete_message:
        _check_administrator(by, conversation.account_id)
    with held(conversation) as row:
        current = locked_message(message, row)
        files = list(Attachment.objects.filter(message_id=message.pk))
        if current.deleted_at is None:
            Attachment.objects.filter(message_id=message.pk).delete()
            FoldedText.objects.filter(message_id=message.pk).delete()
            with translation.override(row.locale.replace("_", "-")):
                current.content = _("This message was deleted.")
            current.processed_content = ""
            current.content_type = "text"
            current.content_attributes = {DELETED: True}
            current.has_attachments = False
            current.deleted_at = current.updated_at = row.at
            current.version += 1
            current.save()
            record(
                MessageUpdated(
                    account_id=row.account_id,
                    message_id=message.pk,
                    conversation_id=row.id,
                    changes={"deleted": [False, True]},
                ),
                actor=actor_of(by),
            )
            row.save(by=by, touch=True)
    forget_files(files)
    return current


def _check_administrator(user: User, account_id: int) -> None:
    administrators = Membership.objects.filter(user=user, account_id=account_id, role=Role.ADMINISTRATOR)
    if not administrators.exists():
        raise DeletionNotAllowed


def delete_conversation(conversation: Conversation, *, by: By) -> None:
    """Delete the conversation with its messages and files. Records conversation.deleted."""
    with transaction.atomic():
        # With those that went into it, in the order in which a merge takes them.
        taken = Conversation.objects.select_for_update().filter(
            Q(pk=conversation.pk) | Q(merged_into=conversation.pk)
        )
        row = {one.pk: one for one in taken.order_by("pk")}.get(conversation.pk)
        if row is None:
            raise NotFound
        Conversation.objects.filter(merged_into=row).update(merged_into=None, version=F("version") + 1)
        files: list[Attachment | ScheduledFile] = [
            *Attachment.objects.filter(message__conversation_id=row.pk),
            *ScheduledFile.objects.filter(scheduled__conversation_id=row.pk),
        ]
        record(
            ConversationDeleted(
                account_id=row.account_id,
                conversation_id=row.pk,
                display_id=row.display_id,
                inbox_id=row.inbox_id,
            ),
            actor=actor_of(by),
        )
        row.delete()
    forget_files(files)


def delete_contact_with_conversations(contact: Contact, *, by: By) -> None:
    """Delete the contact, first each of their conversations with its files, so that every screen lets go of them.

    Each conversation goes in a transaction of its own; done again after a failure, it continues.
    Raises ContactIsOnline. Records conversation.deleted for each, then contact.deleted.
    """
    check_contact_is_away(contact)
    for conversation in Conversation.objects.filter(contact=contact).order_by("pk"):
        delete_conversation(conversation, by=by)
    delete_contact(contact, by=by)
