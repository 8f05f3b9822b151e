"""The state of a conversation: status, priority, who has it, who has seen it, who is typing (contract B.1, F.1, F.5)."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.models import Team
from ventanilla.accounts.policies import Capability, may
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.conversation_access import (
    agent_given,
    conversation_reply,
    find_conversation,
    require_for_status,
    require_of_person,
    team_given,
    writable_conversation,
)
from ventanilla.api.application.conversation_shapes import ConversationShape, StatusWord
from ventanilla.api.auth import Request, account_or_bot_auth
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.conversations import commands
from ventanilla.conversations.given import priority_given, status_given, until_given
from ventanilla.conversations.models import Status
from ventanilla.conversations.rendering import people_of
from ventanilla.kit.clock import iso

router = Router(tags=["Conversations"])


class ToggledStatus(Schema):
    """What toggle_status answers."""

    success: bool
    conversation_id: int
    current_status: StatusWord
    snoozed_until: str | None


class ToggledStatusAnswer(Schema):
    """The same in its envelope."""

    meta: dict[str, Any]
    payload: ToggledStatus


class StatusIn(Body):
    """Without a status: open becomes resolved, anything else open.

    `snoozed_until`: epoch seconds, or hour, tomorrow, next_working_day, next_week, next_month as meant for the caller.
    """

    status: str | int | None = None
    snoozed_until: int | float | str | None = None
    close_reason: str | None = None


@router.post(
    "/{int:conversation_id}/toggle_status",
    operation_id="toggle_conversation_status",
    response=ToggledStatusAnswer,
    auth=account_or_bot_auth,
)
def toggle_status(
    request: Request, account_id: int, conversation_id: int, given: StatusIn = Given()
) -> HttpResponse:
    """Set the state, or turn open into resolved and the rest into open.

    `close_reason` "archived" archives, "resolved" takes out of the archive.
    """
    conversation = writable_conversation(request, conversation_id)
    if given.status in (None, ""):
        status = int(Status.RESOLVED if conversation.status == Status.OPEN else Status.OPEN)
    else:
        status = status_given(given.status)
    require_for_status(request, conversation, status)
    if status == Status.RESOLVED and given.close_reason == "archived":
        commands.archive(conversation, by=request.auth.actor)
    elif status == Status.RESOLVED and given.close_reason in ("resolved", "ignored"):
        commands.change_status(conversation, status=status, by=request.auth.actor)
        commands.unarchive(conversation, by=request.auth.actor)
    else:
        until = until_given(given.snoozed_until, by=request.auth.user, account=conversation.account)
        commands.change_status(conversation, status=status, snoozed_until=until, by=request.auth.actor)
    return json_reply(
        {
            "meta": {},
            "payload": {
                "success": True,
                "conversation_id": conversation.display_id,
                "current_status": Status(conversation.status).label,
                "snoozed_until": iso(conversation.snoozed_until),
            },
        }
    )


class PriorityIn(Body):
    """Null, a blank or "none" clears it."""

    priority: str | int | None = None


@router.post(
    "/{int:conversation_id}/toggle_priority",
    operation_id="set_conversation_priority",
    response={200: None},
    auth=account_or_bot_auth,
)
def toggle_priority(
    request: Request, account_id: int, conversation_id: int, given: PriorityIn = Given()
) -> HttpResponse:
    """Set or clear the priority."""
    conversation = writable_conversation(request, conversation_id)
    commands.set_priority(conversation, priority=priority_given(given.priority), by=request.auth.actor)
    return empty_reply()


class TypingIn(Body):
    """`typing_status` is on or off."""

    typing_status: str = "on"
    is_private: bool = False


@router.post(
    "/{int:conversation_id}/toggle_typing_status",
    operation_id="toggle_conversation_typing",
    response={200: None},
    auth=account_or_bot_auth,
)
def toggle_typing(
    request: Request, account_id: int, conversation_id: int, given: TypingIn = Given()
) -> HttpResponse:
    """Say that the caller began or stopped to type."""
    conversation = writable_conversation(request, conversation_id)
    commands.announce_typing(
        conversation, by=request.auth.actor, on=given.typing_status == "on", is_private=given.is_private
    )
    return empty_reply()


class AssignmentIn(Body):
    """`assignee_id` wins over `team_id`; 0 or null takes it away."""

    assignee_id: int | None = None
    team_id: int | None = None


@router.post(
    "/{int:conversation_id}/assignments",
    operation_id="assign_conversation",
    response=AgentShape | dict[str, Any] | None,
    auth=account_or_bot_auth,
)
def assign(
    request: Request, account_id: int, conversation_id: int, given: AssignmentIn = Given()
) -> HttpResponse:
    """Give it to an agent (answers the agent) or to a team (answers the team); null when it was taken away."""
    conversation = writable_conversation(request, conversation_id)
    require_of_person(request, Capability.CONVERSATIONS_ASSIGN)
    if not given.model_fields_set:
        return json_reply(None)
    if "assignee_id" not in given.model_fields_set:
        team = team_given(request, given.team_id)
        commands.assign_team(conversation, team=team, by=request.auth.actor)
        return json_reply(_team_row(team))
    assignee = agent_given(request, given.assignee_id)
    commands.assign_agent(conversation, assignee=assignee, by=request.auth.actor)
    if assignee is None:
        return json_reply(None)
    return json_reply(msgspec.Raw(people_of(account_id).render("agent", assignee.pk, None)))


def _team_row(team: Team | None) -> dict[str, Any] | None:
    if team is None:
        return None
    return {
        "id": team.pk,
        "name": team.name,
        "description": team.description,
        "allow_auto_assign": team.allow_auto_assign,
        "account_id": team.account_id,
        "created_at": iso(team.created_at),
        "updated_at": iso(team.updated_at),
    }


@router.post("/{int:conversation_id}/mute", operation_id="mute_conversation", response={200: None})
def mute(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Block the contact and resolve the conversation."""
    commands.mute(writable_conversation(request, conversation_id), by=request.auth.person)
    return empty_reply()


@router.post("/{int:conversation_id}/unmute", operation_id="unmute_conversation", response={200: None})
def unmute(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """Unblock the contact."""
    commands.unmute(writable_conversation(request, conversation_id), by=request.auth.person)
    return empty_reply()


@router.post(
    "/{int:conversation_id}/update_last_seen",
    operation_id="mark_conversation_seen",
    response=ConversationShape,
)
def update_last_seen(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """The caller opened it. An analyst's look leaves no trace: the mark is shared by all agents."""
    conversation = find_conversation(request, conversation_id)
    if may(request.auth.member, Capability.CONVERSATIONS_WRITE):
        commands.mark_seen(conversation, by=request.auth.person)
    return conversation_reply(request, conversation)


@router.post(
    "/{int:conversation_id}/unread", operation_id="mark_conversation_unread", response=ConversationShape
)
def unread(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """The newest message of the customer counts as unread again."""
    conversation = writable_conversation(request, conversation_id)
    return conversation_reply(request, commands.mark_unread(conversation, by=request.auth.person))
