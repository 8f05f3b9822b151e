"""What conversations let go of when a user, a team or a contact is no longer there."""

from __future__ import annotations

from django.db.models import F

from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.held import held
from ventanilla.conversations.events import ConversationContactChanged
from ventanilla.conversations.models import Conversation, Mention, Message, Participant, SenderType


def release_user(conversation: Conversation, *, user_id: int) -> None:
    """The user left the account: the conversation is no one's, and they follow it no more. No line in the thread."""
    with held(conversation) as row:
        gone, _rows = Participant.objects.filter(conversation_id=row.id, user_id=user_id).delete()
        Mention.objects.filter(conversation_id=row.id, user_id=user_id).delete()
        if row.assignee_id == user_id:
            row.set("assignee_id", None)
        row.save(by=None, touch=bool(gone))


def release_team(conversation: Conversation, *, team_id: int) -> None:
    """The team was deleted."""
    with held(conversation) as row:
        if row.team_id == team_id:
            row.set("team_id", None)
            row.save(by=None)


def follow_merge(conversation: Conversation, *, contact: Contact, mergee_id: int) -> None:
    """A contact who wrote here was merged into `contact`: what they wrote is the other's now.

    The contacts room has moved the row already. Records conversation.contact_changed.
    """
    with held(conversation) as row:
        Message.objects.filter(
            conversation_id=row.id, sender_type=SenderType.CONTACT, sender_id=mergee_id
        ).update(sender_id=contact.pk, version=F("version") + 1)
        row.save(by=None, touch=True)
        row.record(ConversationContactChanged(account_id=row.account_id, conversation_id=row.id), by=None)
