"""The conversations that one change is meant for, with what the change may move: all of a list, or some by number.

The desk asks before and after, and takes back the difference. So nothing is forgotten that a change brings along, such
as the agent whom a team brought.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.bulk_actions import MOST
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.application.conversation_shapes import StatusWord
from ventanilla.api.application.conversations import ListIn, list_question
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.conversations import selectors
from ventanilla.conversations.models import Conversation, Priority, Status
from ventanilla.kit.clock import epoch

router = Router(tags=["Desk"])


class SelectionIn(Body):
    """`ids` (numbers) when given; else all that `conditions` of F.15 mean, by
    `filters.assignee_type` of whom; else all of the list that `filters` ask for."""

    ids: list[int] | None = None
    conditions: list[dict[str, Any]] = []
    filters: ListIn = ListIn()


class SelectedShape(Schema):
    """`snoozed_until`: seconds since 1970."""

    id: int
    inbox_id: int
    status: StatusWord
    close_reason: str | None
    snoozed_until: int | None
    priority: str | None
    assignee_id: int | None
    team_id: int | None
    labels: list[str]


class Selection(Schema):
    """At most as many as one change takes; `total`: how many there are."""

    total: int
    payload: list[SelectedShape]


@router.post("/selection", operation_id="desk_selection", response=Selection)
def select(request: Request, account_id: int, given: SelectionIn = Given()) -> HttpResponse:
    """The visible ones of them, in the list's order."""
    request.auth.require(Capability.CONVERSATIONS_WRITE)
    rows = rows_of(request, given)
    found = [_shown(row) for row in rows[:MOST]]
    total = len(found) if len(found) < MOST else rows.count()
    return json_reply({"total": total, "payload": found})


def rows_of(request: Request, given: SelectionIn) -> QuerySet[Conversation]:
    """The visible ones of them, in the list's order; of those by number a thousand at most. Raises InvalidCondition."""
    visibility, whose = visibility_of(request), given.filters.assignee_type or "all"
    if given.ids is not None:
        return Conversation.objects.filter(visibility.q(), display_id__in=given.ids[:MOST]).order_by("id")
    if given.conditions:
        return selectors.filtered(visibility, request.auth.account, given.conditions, whose=whose)
    return selectors.listed(visibility, list_question(request, given.filters))


def _shown(row: Conversation) -> dict[str, Any]:
    return {
        "id": row.display_id,
        "inbox_id": row.inbox_id,
        "status": Status(row.status).label,
        "close_reason": row.close_reason or None,
        "snoozed_until": epoch(row.snoozed_until) if row.snoozed_until else None,
        "priority": None if row.priority is None else Priority(row.priority).label,
        "assignee_id": row.assignee_id,
        "team_id": row.team_id,
        "labels": row.label_titles,
    }
