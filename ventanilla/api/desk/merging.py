"""Two conversations that are one matter: which can be merged, merging, and undoing it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.application.conversation_access import (
    conversation_reply,
    find_conversation,
    visibility_of,
    writable_conversation,
)
from ventanilla.api.application.conversation_shapes import ConversationShape, StatusWord
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.models import Contact
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.models import Conversation, Message, MessageType, Status
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid
from ventanilla.search.selectors import holding

router = Router(tags=["Desk"])

MOST = 20
_PREVIEW_CHARS = 140
_MAX_ID = 2**63 - 1


class MergeContactShape(Schema):
    """With whom the conversation is."""

    id: int
    name: str
    email: str | None


class MergeCandidateShape(Schema):
    """A conversation that another can go into. `last_activity_at` is in seconds since 1970."""

    id: int
    subject: str
    status: StatusWord
    last_activity_at: int
    message_count: int
    preview: str
    contact: MergeContactShape
    is_same_contact: bool


class MergeCandidates(Schema):
    """At most 20. `message_count`: how many messages of the conversation itself would go along."""

    message_count: int
    takes_other_customers: bool
    payload: list[MergeCandidateShape]


class MergeIn(Body):
    """The number of the conversation that continues."""

    into: int | str | None = None


@router.get(
    "/conversations/{int:conversation_id}/merge_candidates",
    operation_id="list_merge_candidates",
    response=MergeCandidates,
)
def candidates(request: Request, account_id: int, conversation_id: int, q: str = "") -> HttpResponse:
    """The contact's other conversations of this inbox; with `q` those of that number, subject or customer."""
    conversation = find_conversation(request, conversation_id)
    text = q[:200].replace("\0", "").strip()
    people = holding(Contact.objects.filter(account_id=account_id), text, account_id=account_id)
    found = selectors.merge_candidates(visibility_of(request), conversation, text=text, people=people)
    rows = list(found[:MOST])
    counts = _counts([conversation, *rows])
    previews = Message.objects.in_bulk(
        [row.last_non_activity_message_id for row in rows if row.last_non_activity_message_id]
    )
    return json_reply(
        {
            "message_count": counts.get(conversation.pk, 0),
            "takes_other_customers": selectors.takes_other_customers(conversation),
            "payload": [
                {
                    **_row(row, previews.get(row.last_non_activity_message_id or 0)),
                    "message_count": counts.get(row.pk, 0),
                    "is_same_contact": row.contact_id == conversation.contact_id,
                }
                for row in rows
            ],
        }
    )


def _counts(conversations: list[Conversation]) -> dict[int, int]:
    said = Message.objects.filter(conversation__in=conversations)
    said = said.exclude(message_type=MessageType.ACTIVITY).exclude(content_type="input_csat")
    return dict(said.values_list("conversation").annotate(count=Count("pk")).order_by())


def _row(conversation: Conversation, newest: Message | None) -> dict[str, Any]:
    contact = conversation.contact
    return {
        "id": conversation.display_id,
        "subject": conversation.marks.subject,
        "status": Status(conversation.status).label,
        "last_activity_at": epoch(conversation.last_activity_at),
        "preview": " ".join((newest.processed_content or newest.content).split())[:_PREVIEW_CHARS]
        if newest is not None
        else "",
        "contact": {"id": contact.pk, "name": contact.name, "email": contact.email},
    }


@router.post(
    "/conversations/{int:conversation_id}/merge",
    operation_id="merge_conversation",
    response=ConversationShape,
)
def merge(request: Request, account_id: int, conversation_id: int, given: MergeIn = Given()) -> HttpResponse:
    """Put it into another conversation of the inbox, which is answered; it is resolved and points there."""
    source = writable_conversation(request, conversation_id)
    number = str(given.into).strip().removeprefix("#")
    if not number.isdecimal() or not 0 < int(number[:20]) <= _MAX_ID:
        raise Invalid(fields={"into": [_("Enter the number of the conversation to keep.")]})
    into = writable_conversation(request, int(number[:20]))
    return conversation_reply(
        request, commands.merge_conversations(source, into=into, by=request.auth.person)
    )


@router.post(
    "/conversations/{int:conversation_id}/unmerge",
    operation_id="unmerge_conversation",
    response=ConversationShape,
)
def unmerge(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Undo it: the conversation has its messages again, and is answered. 404 when one of both is not to be seen."""
    source = writable_conversation(request, conversation_id)
    target = selectors.merged_directly_into(source)
    if target is not None:
        writable_conversation(request, target)
    return conversation_reply(request, commands.unmerge_conversation(source, by=request.auth.person))
