"""What a caller says of a conversation beside whom it is with: all of it is done, or nothing, with the field named.

The contract has a route for each of these and no others in PATCH; what is answered with 200 has happened all the same.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import (
    agent_given,
    require_for_status,
    require_of_person,
    team_given,
)
from ventanilla.api.application.conversation_input import Marks, object_given
from ventanilla.api.auth import Request
from ventanilla.conversations import commands
from ventanilla.conversations.given import priority_given, status_given
from ventanilla.conversations.models import Conversation, Status
from ventanilla.kit.wire_values import moment


class Changes(Marks):
    """Null says nothing of state, agent, team and attributes; 0 takes agent and team away."""

    status: str | int | None = None
    snoozed_until: int | float | str | None = None
    assignee_id: int | None = None
    team_id: int | None = None
    custom_attributes: Any = None


def mark(request: Request, conversation: Conversation, given: Marks) -> None:
    """Set labels and priority, as far as they were given. Raises Invalid."""
    by = request.auth.actor
    if given.labels is not None:
        commands.set_labels(conversation, titles=given.labels, by=by)
    if "priority" in given.model_fields_set:
        commands.set_priority(conversation, priority=priority_given(given.priority), by=by)


@transaction.atomic
def change(request: Request, conversation: Conversation, given: Changes) -> None:
    """Do all that was given. Raises Invalid, NotFound and what the commands raise."""
    by = request.auth.actor
    mark(request, conversation, given)
    until = moment(given.snoozed_until, field="snoozed_until")
    if given.status not in (None, "") or until is not None:
        status = Status.SNOOZED if given.status in (None, "") else status_given(given.status)
        require_for_status(request, conversation, status)
        commands.change_status(conversation, status=status, snoozed_until=until, by=by)
    if given.team_id is not None or given.assignee_id is not None:
        require_of_person(request, Capability.CONVERSATIONS_ASSIGN)
    if given.team_id is not None:
        commands.assign_team(conversation, team=team_given(request, given.team_id), by=by)
    if given.assignee_id is not None:
        commands.assign_agent(conversation, assignee=agent_given(request, given.assignee_id), by=by)
    if given.custom_attributes is not None:
        attributes = object_given(given.custom_attributes, field="custom_attributes")
        commands.set_custom_attributes(conversation, attributes=attributes, by=by)
