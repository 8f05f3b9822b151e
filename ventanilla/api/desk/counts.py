"""The numbers beside the desk's lists."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.conversations import selectors

router = Router(tags=["Desk"])


class DeskCountsShape(Schema):
    """Open conversations that the caller may see (`snoozed` counts the snoozed ones); keys are ids and titles."""

    mine: int
    unassigned: int
    all: int
    unattended: int
    mentions: int
    snoozed: int
    participating: int
    by_inbox: dict[str, int]
    by_team: dict[str, int]
    by_label: dict[str, int]


@router.get("/counts", operation_id="desk_counts", response=DeskCountsShape)
def counts(request: Request, account_id: int) -> HttpResponse:
    """All of them at once."""
    return json_reply(asdict(selectors.desk_counts(visibility_of(request))))
