"""How the desk is told what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ventanilla.accounts.avatars import avatar_url
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Conversation, Message, SenderType, Status
from ventanilla.conversations.selectors import sender_names
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.rendering import contract_type
from ventanilla.kit.clock import epoch
from ventanilla.search import selectors
from ventanilla.search.language import Question
from ventanilla.search.selectors import Excerpt, Found

_STATES = {int(state): state.label for state in Status}


def _pieces(excerpt: Excerpt) -> list[dict[str, Any]]:
    return [{"text": text, "hit": hit} for text, hit in excerpt.parts]


def _inbox(inbox: Inbox) -> dict[str, Any]:
    return {"id": inbox.pk, "name": inbox.name, "channel_type": contract_type(inbox.kind)}


def _of_conversation(conversation: Conversation) -> dict[str, Any]:
    return {
        "number": conversation.display_id,
        "title": str(conversation.contact),
        "thumbnail": avatar_url(conversation.contact.avatar.name or ""),
        "inbox": _inbox(conversation.inbox),
        "status": _STATES[conversation.status],
        "assignee": conversation.assignee.name if conversation.assignee else None,
    }


def of_messages(found: Found) -> list[dict[str, Any]]:
    """Messages and notes in the order in which they were found. Some statements for all of them."""
    related = ("conversation__contact", "conversation__inbox", "conversation__assignee")
    rows = Message.objects.select_related(*related).in_bulk(found.ids)
    messages = [rows[pk] for pk in found.ids if pk in rows]
    names, excerpts = sender_names(messages), selectors.excerpts(messages, found.expression)
    return [
        {
            **_of_conversation(message.conversation),
            "kind": "note" if message.private else "message",
            "id": message.pk,
            "by": names.get((message.sender_type, message.sender_id or 0)) or "",
            "is_ours": message.sender_type != SenderType.CONTACT,
            "pieces": _pieces(excerpts[message.pk]),
            "place": excerpts[message.pk].place,
            "at": epoch(message.created_at),
        }
        for message in messages
    ]


def of_conversations(rows: Sequence[Conversation], question: Question) -> list[dict[str, Any]]:
    """Conversations with the last that was said in each."""
    last = Message.objects.in_bulk([row.last_non_activity_message_id or 0 for row in rows])
    return [
        {
            **_of_conversation(row),
            "kind": "conversation",
            "id": row.display_id,
            "by": "",
            "is_ours": False,
            "pieces": _pieces(selectors.marked(said.content if said else "", question)),
            "place": "content",
            "at": epoch(row.last_activity_at),
        }
        for row in rows
        for said in [last.get(row.last_non_activity_message_id or 0)]
    ]


def of_contacts(rows: Sequence[Contact], question: Question) -> list[dict[str, Any]]:
    """Contacts with what they are known by."""
    return [
        {
            "kind": "contact",
            "id": row.pk,
            "number": None,
            "title": str(row),
            "by": "",
            "is_ours": False,
            "thumbnail": avatar_url(row.avatar.name or ""),
            "pieces": _pieces(selectors.marked(_known_by(row), question)),
            "place": "content",
            "inbox": None,
            "status": None,
            "assignee": None,
            "at": epoch(row.last_activity_at) if row.last_activity_at else None,
        }
        for row in rows
    ]


def _known_by(contact: Contact) -> str:
    known = (contact.email, contact.phone_number, contact.company, contact.location)
    return " · ".join(one for one in known if one)
