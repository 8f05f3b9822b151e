"""What reaches the caller, by which way and when: kinds of notification against the ways they come by, for the profile.

The contract's notification_settings hold the same flags of mail and push; here are those of the bell too, and each switch is
told of alone, so that two screens do not undo each other.
"""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Schema

from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.notifications import commands
from ventanilla.notifications.models import NotificationSetting
from ventanilla.notifications.preferences import wants_bell, ways_of
from ventanilla.notifications.registry import kinds
from ventanilla.notifications.selectors import setting_of

router = Router(tags=["Desk"])


class NotificationKindShape(Schema):
    """`label` says when it comes, to whom it comes; `icon` is one of the desk's; `sound` is the name under which the
    caller's settings keep the tone for it. The rest: whether it comes by that way.
    """

    name: str
    label: str
    icon: str
    sound: str
    bell: bool
    push: bool
    email: bool


class NotificationPreferencesShape(Schema):
    """`mail_pace`: at once, every so many minutes as one mail, or once a day. Quiet hours are empty when there are none."""

    kinds: list[NotificationKindShape]
    mail_pace: Literal["at_once", "every", "daily"]
    mail_every_minutes: int
    mail_daily_at: str
    every_minutes: list[int]
    quiet_from: str
    quiet_until: str


class HoursIn(Body):
    """What is given is changed."""

    mail_pace: str | None = None
    mail_every_minutes: int | None = None
    mail_daily_at: str | None = None
    quiet_from: str | None = None
    quiet_until: str | None = None


class SwitchIn(Body):
    """A kind, a way (bell, push, email) and whether it comes by it."""

    kind: str = ""
    way: str = ""
    on: bool = True


def _json(setting: NotificationSetting) -> dict[str, Any]:
    return {
        "kinds": [
            {
                **kind.shown(),
                "bell": wants_bell(setting, kind),
                **{way: way in ways_of(setting, kind) for way in ("push", "email")},
            }
            for kind in kinds()
            if kind.is_offered
        ],
        "mail_pace": setting.mail_pace,
        "mail_every_minutes": setting.mail_every_minutes,
        "mail_daily_at": setting.mail_daily_at,
        "every_minutes": commands.EVERY_MINUTES,
        "quiet_from": setting.quiet_from,
        "quiet_until": setting.quiet_until,
    }


@router.get(
    "/notification_preferences",
    operation_id="show_notification_preferences",
    response=NotificationPreferencesShape,
)
def show(request: Request, account_id: int) -> HttpResponse:
    """The kinds that something tells of, and the caller's hours."""
    return json_reply(_json(setting_of(request.auth.member)))


@router.patch(
    "/notification_preferences",
    operation_id="change_notification_hours",
    response=NotificationPreferencesShape,
)
def change_hours(request: Request, account_id: int, given: HoursIn = Given()) -> HttpResponse:
    """How often mail comes, and when it is quiet."""
    changes = {name: value for name, value in given.given.items() if value is not None}
    return json_reply(_json(commands.change_hours(request.auth.member, changes=changes)))


@router.post(
    "/notification_preferences/switch",
    operation_id="switch_notification",
    response=NotificationPreferencesShape,
)
def switch(request: Request, account_id: int, given: SwitchIn = Given()) -> HttpResponse:
    """One kind by one way, on or off."""
    setting = commands.switch(request.auth.member, kind=given.kind, way=given.way, on=given.on)
    return json_reply(_json(setting))
