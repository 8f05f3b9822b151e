"""What the caller keeps about conversations for themselves: which are muted, of which they are reminded, and how long
"until tomorrow" is for them.
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.application.conversation_access import visibility_of, writable_conversation
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.conversations import commands, selectors
from ventanilla.conversations.given import until_given
from ventanilla.conversations.models import AlertLevel
from ventanilla.conversations.snoozing import zone_of
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import Invalid
from ventanilla.notifications.selectors import setting_of

router = Router(tags=["Desk"])


class OwnShape(Schema):
    """`alerts`: how much the caller is told of a conversation, by its number (of all others: everything); `reminders`: epoch
    seconds by number. The rest: what snoozes are counted by, when nothing sounds (`quiet_from`, `quiet_until`: hours of
    the caller's day, empty for never), and how long a sent reply can be taken back."""

    timezone: str
    day_starts_at: str
    working_days: list[int]
    undo_send_seconds: int
    undo_send_mail_seconds: int
    quiet_from: str
    quiet_until: str
    alerts: dict[str, Literal["mine", "nothing"]]
    reminders: dict[str, int]


class AlertsIn(Body):
    """How much the caller is told of the conversation: all, mine (what is addressed to them) or nothing."""

    level: str = ""


class ReminderIn(Body):
    """Epoch seconds, or the name of a moment: hour, tomorrow, next_working_day, next_week, next_month."""

    remind_at: int | float | str | None = None


def _own(request: Request) -> dict[str, Any]:
    account, visibility = request.auth.account, visibility_of(request)
    setting = setting_of(request.auth.member)
    return {
        "timezone": zone_of(request.auth.person, account).key,
        "day_starts_at": account.day_starts_at,
        "working_days": account.working_days,
        "undo_send_seconds": account.undo_send_seconds,
        "undo_send_mail_seconds": account.undo_send_mail_seconds,
        "quiet_from": setting.quiet_from,
        "quiet_until": setting.quiet_until,
        "alerts": {str(number): level for number, level in selectors.alert_levels(visibility).items()},
        "reminders": {str(number): epoch(at) for number, at in selectors.reminders_of(visibility).items()},
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
    """Change it for the caller alone."""
    conversation = writable_conversation(request, conversation_id)
    if given.level not in AlertLevel.values:
        raise Invalid(fields={"level": [_("“%(name)s” doesn't exist.") % {"name": given.level[:100]}]})
    commands.set_alert_level(conversation, user=request.auth.person, level=AlertLevel(given.level))
    return json_reply(_own(request))


@router.patch("/conversations/{int:conversation_id}/reminder", operation_id="set_reminder", response=OwnShape)
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
