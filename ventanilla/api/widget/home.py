"""GET home: what the messenger shows before a conversation is chosen, in one answer. Ours, beside the contract."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.avatars import avatar_url
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.api.visitors import conversations_of, known_keys, status_name
from ventanilla.api.widget.access import VisitorRequest
from ventanilla.api.widget.config import WidgetMemberOut, member_rows
from ventanilla.api.widget.contact import WidgetContactOut
from ventanilla.conversations.selectors.visits import (
    VisitorsConversation,
    usual_reply_time,
    visitors_conversations,
)
from ventanilla.kit.clock import epoch

router = Router(tags=["widget"])


class WidgetAgentOut(Schema):
    """Who answered last, or is to answer."""

    id: int
    name: str
    avatar_url: str


class WidgetConversationRowOut(Schema):
    """A conversation in the visitor's list. `title`: what they wrote first; `text`, `author`: the last word."""

    id: int
    status: str
    title: str
    text: str
    author: str
    is_own: bool
    has_files: bool
    said_at: int
    unread_count: int
    agent_last_seen_at: int
    agent: WidgetAgentOut | None


class WidgetHomeOut(Schema):
    """`reply_seconds`: how soon the inbox usually answers, null while too few answers were measured."""

    contact: WidgetContactOut
    members: list[WidgetMemberOut]
    conversations: list[WidgetConversationRowOut]
    reply_seconds: int | None


@router.get("/home", response=WidgetHomeOut, summary="The visitor's conversations, and who is here")
def home(request: VisitorRequest) -> HttpResponse:
    """The visitor's conversations, newest word first, the inbox's agents, and how soon they usually answer."""
    visitor = request.auth
    usual = usual_reply_time(visitor.inbox)
    return json_reply(
        {
            "contact": known_keys(visitor),
            "members": member_rows(visitor.inbox),
            "conversations": [_row(one) for one in visitors_conversations(conversations_of(visitor))],
            "reply_seconds": None if usual is None else int(usual.total_seconds()),
        }
    )


def _row(one: VisitorsConversation) -> dict[str, Any]:
    return {
        "id": one.conversation.display_id,
        "status": status_name(one.conversation),
        "title": one.title,
        "text": one.text,
        "author": one.author,
        "is_own": one.is_own,
        "has_files": one.has_files,
        "said_at": epoch(one.said_at),
        "unread_count": one.unread_count,
        "agent_last_seen_at": epoch(one.conversation.agent_last_seen_at),
        "agent": one.agent
        and {
            "id": one.agent.pk,
            "name": one.agent.available_name,
            "avatar_url": avatar_url(one.agent.avatar.name or ""),
        },
    }
