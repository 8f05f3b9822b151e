"""Drafts of our desk: one per user, conversation and mode, kept on the server so that another machine has them too."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.application.conversation_access import (
    find_conversation,
    visibility_of,
    writable_conversation,
)
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands
from ventanilla.conversations.models import Conversation, Draft
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])

Mode = Literal["reply", "note"]


class DraftShape(Schema):
    """An unsent text; `conversation_id` is the conversation's number."""

    conversation_id: int
    mode: Mode
    content: str
    is_shared: bool
    updated_at: str


class DraftIn(Body):
    """The text so far."""

    content: str = ""


def draft_json(draft: Draft, display_id: int) -> dict[str, Any]:
    """As DraftShape says."""
    return {
        "conversation_id": display_id,
        "mode": draft.mode,
        "content": draft.content,
        "is_shared": draft.is_shared,
        "updated_at": iso(draft.updated_at),
    }


@router.get("/drafts", operation_id="list_drafts", response=list[DraftShape])
def index(request: Request, account_id: int) -> HttpResponse:
    """All drafts of the caller in conversations they may see, newest first."""
    visible = Conversation.objects.filter(visibility_of(request).q())
    drafts = Draft.objects.filter(user=request.auth.person, conversation__in=visible)
    rows = drafts.select_related("conversation").order_by("-updated_at")
    return json_reply([draft_json(draft, draft.conversation.display_id) for draft in rows])


@router.get(
    "/conversations/{int:conversation_id}/drafts/{mode}", operation_id="show_draft", response=DraftShape
)
def show(request: Request, account_id: int, conversation_id: int, mode: Mode) -> HttpResponse:
    """One draft; 404 when there is none."""
    conversation = find_conversation(request, conversation_id)
    draft = Draft.objects.filter(conversation=conversation, user=request.auth.person, mode=mode).first()
    if draft is None:
        raise NotFound
    return json_reply(draft_json(draft, conversation.display_id))


@router.patch(
    "/conversations/{int:conversation_id}/drafts/{mode}",
    operation_id="save_draft",
    response=DraftShape | None,
)
def save(
    request: Request, account_id: int, conversation_id: int, mode: Mode, given: DraftIn = Given()
) -> HttpResponse:
    """Keep the text; a blank one is forgotten and answers null."""
    conversation = writable_conversation(request, conversation_id)
    draft = commands.save_draft(conversation, user=request.auth.person, mode=mode, content=given.content)
    return json_reply(None if draft is None else draft_json(draft, conversation.display_id))


@router.delete(
    "/conversations/{int:conversation_id}/drafts/{mode}", operation_id="discard_draft", response={200: None}
)
def discard(request: Request, account_id: int, conversation_id: int, mode: Mode) -> HttpResponse:
    """Forget it."""
    conversation = writable_conversation(request, conversation_id)
    commands.discard_draft(conversation, user=request.auth.person, mode=mode)
    return empty_reply()
