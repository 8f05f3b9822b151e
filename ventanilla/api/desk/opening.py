"""A conversation as the desk opens it: all that thread and panel show, in one answer.

A hand that goes down the list asks once for each row. Five questions in its place cost the server five times the way to
the account and the conversation, and the desk five times the work of showing what came.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.rendering import agent_json
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.conversation_access import find_conversation, seen_with, visibility_of
from ventanilla.api.application.conversation_shapes import ConversationShape, MessageShape, StatusWord
from ventanilla.api.auth import Request
from ventanilla.api.desk.claims import ClaimsShape, claims_json
from ventanilla.api.desk.contact_card import CardShape
from ventanilla.api.desk.scheduled import ScheduledShape, scheduled_json
from ventanilla.api.desk.shared_drafts import SharedDraftShape, shared_drafts_json
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.card import card_json
from ventanilla.contacts.selectors import get_contact_for
from ventanilla.conversations import selectors
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import Visibility
from ventanilla.conversations.rendering import conversations_json
from ventanilla.conversations.rendering.conversations import render
from ventanilla.conversations.rendering.messages import render_rows
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class PreviousShape(Schema):
    """Another conversation with the same contact. `last_message`: its text, null for one without words."""

    id: int
    channel: str
    status: StatusWord
    last_activity_at: int
    last_message: str | None


class OpeningShape(Schema):
    """`messages`: the newest 20, oldest first. `previous`: the contact's newest others that the caller may see."""

    conversation: ConversationShape
    messages: list[MessageShape]
    scheduled: list[ScheduledShape]
    shared_drafts: list[SharedDraftShape]
    participants: list[AgentShape]
    previous: list[PreviousShape]
    claims: ClaimsShape
    card: CardShape | None


class _Meta(msgspec.Struct):
    channel: str


class _Said(msgspec.Struct):
    content: str | None = None


class _Row(msgspec.Struct):
    """What is needed of a rendered conversation; decoding leaves the rest out."""

    id: int
    meta: _Meta
    status: str
    last_activity_at: int
    last_non_activity_message: _Said | None = None


_row = msgspec.json.Decoder(_Row).decode


@router.get(
    "/conversations/{int:conversation_id}/opening", operation_id="open_conversation", response=OpeningShape
)
def opening(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """The conversation, its newest messages, what is scheduled in it, and what the panel says of it and its contact."""
    conversation = find_conversation(request, conversation_id)
    visibility = visibility_of(request)
    shown = conversations_json([conversation.pk], account_id=account_id, viewer_id=visibility.user_id)
    if conversation.pk not in shown:  # deleted by somebody else meanwhile
        raise NotFound
    rows = selectors.thread_page(conversation)
    messages = render_rows(
        rows, form="rest", account_id=account_id, all_answers=request.auth.is_administrator
    )
    return json_reply(
        {
            "conversation": msgspec.Raw(shown[conversation.pk]),
            "messages": [msgspec.Raw(body) for body in messages.values()],
            "scheduled": scheduled_json(conversation),
            "shared_drafts": shared_drafts_json(conversation, reader=request.auth.person),
            "participants": [agent_json(agent) for agent in selectors.participants_of(conversation)],
            "previous": _previous(visibility, conversation),
            "claims": _claims(request, conversation),
            "card": _card(request, conversation),
        }
    )


def _previous(visibility: Visibility, conversation: Conversation) -> list[dict[str, Any]]:
    keys = selectors.contact_conversation_keys(visibility, conversation.contact_id)
    found = render(keys, form="rest", account_id=visibility.account_id, viewer_id=visibility.user_id)
    return [_brief(_row(body)) for pk, body in found.items() if pk != conversation.pk]


def _brief(row: _Row) -> dict[str, Any]:
    said = row.last_non_activity_message
    return {
        "id": row.id,
        "channel": row.meta.channel,
        "status": row.status,
        "last_activity_at": row.last_activity_at,
        "last_message": said.content if said else None,
    }


def _card(request: Request, conversation: Conversation) -> dict[str, Any] | None:
    """None for who may not open the contact."""
    member = request.auth.member
    try:
        contact = get_contact_for(member, contact_id=conversation.contact_id)
    except NotFound:
        return None
    return card_json(contact, reader=member, seen=seen_with(request, contact.pk))


def _claims(request: Request, conversation: Conversation) -> dict[str, Any]:
    """Who sees the conversation need not see its contact's page."""
    try:
        return claims_json(request, conversation.contact_id)
    except NotFound:
        return {"payload": [], "is_verified": False}
