"""Who follows a conversation (contract B.1)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.http import HttpResponse

from ventanilla.accounts.models import User
from ventanilla.accounts.rendering import agent_json
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.conversation_access import find_conversation, writable_conversation
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.rendering import people_of

router = Router(tags=["Conversations"])


class ParticipantsIn(Body):
    """Ids of users; each must be able to open the inbox."""

    user_ids: list[int] = []


def _agents(account_id: int, users: Iterable[User]) -> HttpResponse:
    people = people_of(account_id)
    return json_reply([msgspec.Raw(people.render("agent", user.pk, None)) for user in users])


@router.get("", operation_id="list_participants", response=list[AgentShape])
def index(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Those who follow it."""
    conversation = find_conversation(request, conversation_id)
    return json_reply([agent_json(agent) for agent in selectors.participants_of(conversation)])


@router.post("", operation_id="add_participants", response=list[AgentShape])
def add(
    request: Request, account_id: int, conversation_id: int, given: ParticipantsIn = Given()
) -> HttpResponse:
    """They begin to follow; answers those who did not before."""
    conversation = writable_conversation(request, conversation_id)
    added = commands.add_participants(conversation, user_ids=given.user_ids, by=request.auth.person)
    return _agents(account_id, added)


@router.patch("", operation_id="set_participants", response=list[AgentShape])
def replace(
    request: Request, account_id: int, conversation_id: int, given: ParticipantsIn = Given()
) -> HttpResponse:
    """Exactly these follow."""
    conversation = writable_conversation(request, conversation_id)
    users = commands.set_participants(conversation, user_ids=given.user_ids, by=request.auth.person)
    return _agents(account_id, users)


@router.delete("", operation_id="remove_participants", response={200: None})
def remove(
    request: Request, account_id: int, conversation_id: int, given: ParticipantsIn = Given()
) -> HttpResponse:
    """They stop following."""
    conversation = writable_conversation(request, conversation_id)
    commands.remove_participants(conversation, user_ids=given.user_ids, by=request.auth.person)
    return empty_reply()
