"""Replies that colleagues have begun and show: looked at, and taken to go on with them (Z-26)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.models import User
from ventanilla.api.application.conversation_access import find_conversation, writable_conversation
from ventanilla.api.auth import Request
from ventanilla.api.desk.drafts import DraftShape, draft_json
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.models import Conversation
from ventanilla.kit.clock import epoch

router = Router(tags=["Desk"])


class SharedAuthorShape(Schema):
    """Who wrote it."""

    id: int
    name: str


class SharedDraftShape(Schema):
    """A reply that others have begun; without an author, the one that programs of the API share."""

    id: int
    author: SharedAuthorShape | None
    content: str
    updated_at: int


def shared_drafts_json(conversation: Conversation, *, reader: User) -> list[dict[str, Any]]:
    """What colleagues show there, the oldest first."""
    return [
        {
            "id": row.pk,
            "author": {"id": row.user.pk, "name": row.user.available_name} if row.user else None,
            "content": row.content,
            "updated_at": epoch(row.updated_at),
        }
        for row in selectors.shared_drafts(conversation, reader=reader)
    ]


@router.get(
    "/conversations/{int:conversation_id}/shared_drafts",
    operation_id="list_shared_drafts",
    response=list[SharedDraftShape],
)
def index(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """What colleagues show there, the oldest first."""
    conversation = find_conversation(request, conversation_id)
    return json_reply(shared_drafts_json(conversation, reader=request.auth.person))


@router.post(
    "/conversations/{int:conversation_id}/shared_drafts/{int:draft_id}/take",
    operation_id="take_shared_draft",
    response=DraftShape,
)
def take(request: Request, account_id: int, conversation_id: int, draft_id: int) -> HttpResponse:
    """Go on with it: it stands under the caller's own draft. 409 when it was sent, taken or put away meanwhile."""
    conversation = writable_conversation(request, conversation_id)
    draft = commands.take_draft(conversation, draft_id=draft_id, user=request.auth.person)
    return json_reply(draft_json(draft, conversation.display_id))


@router.post(
    "/conversations/{int:conversation_id}/drafts/reply/give_back",
    operation_id="give_draft_back",
    response={200: None},
)
def give_back(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """What the caller took is its writer's again. 409 when there is nothing that can go back."""
    conversation = writable_conversation(request, conversation_id)
    commands.give_draft_back(conversation, user=request.auth.person)
    return empty_reply()


@router.post(
    "/conversations/{int:conversation_id}/drafts/reply/share",
    operation_id="share_draft",
    response=DraftShape,
)
def share(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Show one's own reply to colleagues; 404 when nothing is written."""
    return _shared(request, conversation_id, on=True)


@router.delete(
    "/conversations/{int:conversation_id}/drafts/reply/share",
    operation_id="stop_sharing_draft",
    response=DraftShape,
)
def stop_sharing(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Show it no longer."""
    return _shared(request, conversation_id, on=False)


def _shared(request: Request, conversation_id: int, *, on: bool) -> HttpResponse:
    conversation = writable_conversation(request, conversation_id)
    draft = commands.share_draft(conversation, user=request.auth.person, on=on)
    return json_reply(draft_json(draft, conversation.display_id))
