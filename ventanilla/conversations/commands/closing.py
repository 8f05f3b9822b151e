"""Emptying an account that was closed, or an inbox that was deleted. In small steps, because others write meanwhile."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.accounts.avatars import forget_avatar
from ventanilla.accounts.commands.platform import delete_account
from ventanilla.accounts.models import Account
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.attachments import forget_files
from ventanilla.conversations.models import Attachment, Conversation, ScheduledFile
from ventanilla.inboxes.commands.inboxes import delete_rows_of
from ventanilla.inboxes.models import Inbox

_STEP = 200


def _delete_conversations(rows: QuerySet[Conversation]) -> None:
    while conversation_ids := list(rows.order_by("pk").values_list("pk", flat=True)[:_STEP]):
        files: list[Attachment | ScheduledFile] = [
            *Attachment.objects.filter(message__conversation_id__in=conversation_ids),
            *ScheduledFile.objects.filter(scheduled__conversation_id__in=conversation_ids),
        ]
        Conversation.objects.filter(pk__in=conversation_ids).delete()
        forget_files(files)


def delete_hidden_inbox(inbox: Inbox) -> None:
    """Delete the files and conversations of an inbox that was asked to be deleted, then what is left and the inbox.

    Its members were told by inbox.deleted; started again after a crash, it continues.
    """
    _delete_conversations(Conversation.objects.filter(inbox=inbox))
    delete_rows_of(inbox)


def delete_closed_account(account: Account) -> None:
    """Delete the conversations with their files and the contacts, then the account itself with all that is left."""
    _delete_conversations(Conversation.objects.filter(account=account))
    while contacts := list(
        Contact.objects.filter(account=account).order_by("pk").only("pk", "avatar")[:_STEP]
    ):
        for contact in contacts:
            forget_avatar(contact.avatar.name or "")
        Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).delete()
    for inbox in Inbox.objects.filter(account=account).only("pk", "avatar"):
        forget_avatar(inbox.avatar.name or "")
    delete_account(account)
