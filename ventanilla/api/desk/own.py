"""What the caller keeps about conversations for themselves: which are muted, of which they are reminded, and how long
"until tomorrow" is for them.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.late import Router
from ventanilla.api.application.conversation_access import visibility_of, writable_conversation
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.given import until_given
from ventanilla.conversations.snoozing import zone_of
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid

router = Router(tags=["Desk"])


class OwnShape(Schema):
    """`muted`: numbers of conversations; `reminders`: epoch seconds by number. The rest: what snoozes are counted
    by, and how long a sent reply can be taken back."""

    timezone: str
    day_starts_at: str
    working_days: list[int]
    undo_send_seconds: int
    muted: list[int]
    reminders: dict[str, int]


class AlertsIn(Body):
    """Whether the caller is told nothing of the conversation."""

    muted: bool = True


class ReminderIn(Body):
    """Epoch seconds, or the name of a moment: hour, tomorrow, next_working_day, next_week, next_month."""

    remind_at: int | float | str | None = None


def _own(request: Request) -> dict[str, Any]:
    account, visibility = request.auth.account, visibility_of(request)
    return {
        "timezone": zone_of(request.auth.person, account).key,
        "day_starts_at": account.day_starts_at,
        "working_days": account.working_days,
        "undo_send_seconds": account.undo_send_seconds,
        "muted": selectors.muted_numbers(visibility),
        "reminders": {
            str(number): epoch(at) for number, at in selectors.reminders_of(visibility).items()
        },
    }


@router.get("/own", operation_id="desk_own", response=OwnShape)
def show(request: Request, account_id: int) -> HttpResponse:
    """All of it."""
    return json_reply(_own(request))


@router.patch(
    "/conversations/{int:conversation_id}/alerts", operation_id="set_conversation_alerts", response=OwnShape
)
def set_alerts(
    request: Request, account_id: int, conversation_id: int, given: AlertsIn = Given()
) -> HttpResponse:
    """Mute it for the caller alone, or not."""
    conversation = writable_conversation(request, conversation_id)
    commands.set_muted(conversation, user=request.auth.person, muted=given.muted)
    return json_reply(_own(request))


@router.patch(
    "/conversations/{int:conversation_id}/reminder", operation_id="set_reminder", response=OwnShape
)
def set_reminder(
    request: Request, account_id: int, conversation_id: int, given: ReminderIn = Given()
) -> HttpResponse:
    """Remind the caller then; the conversation stays where it is."""
    conversation = writable_conversation(request, conversation_id)
    person = request.auth.person
    at = until_given(given.remind_at, by=person, account=request.auth.account, field="remind_at")
    if at is None:
        raise Invalid(fields={"remind_at": [_("This is required.")]})
    commands.set_reminder(conversation, user=person, at=at)
    return json_reply(_own(request))


@router.delete(
    "/conversations/{int:conversation_id}/reminder", operation_id="drop_reminder", response=OwnShape
)
def drop_reminder(request: Request, account_id: int, conversation_id: int) -> HttpResponse:
    """No reminder after all."""
    conversation = writable_conversation(request, conversation_id)
    commands.drop_reminder(conversation, user=request.auth.person)
    return json_reply(_own(request))
