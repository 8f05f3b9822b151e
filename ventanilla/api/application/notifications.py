"""Notifications and which of them reach the caller (contract B.8)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.params.functions import Query

from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.kit.errors import Invalid, NotFound
from ventanilla.kit.pagination import page_number, page_of
from ventanilla.notifications import commands, selectors
from ventanilla.notifications.models import Notification, NotificationSetting
from ventanilla.notifications.rendering import notification_row, notifications_json

router = Router(tags=["Notifications"])

PAGE = 15
INCLUDES = Query([], alias="includes[]")


def _own(request: Request, notification_id: int) -> Notification:
    row = (
        selectors.seen_notifications(visibility_of(request))
        .filter(pk=notification_id)
        .select_related("actor_user", "message")
        .first()
    )
    if row is None:
        raise NotFound
    return row


@router.get("/notifications", operation_id="notifications_list")
def list_notifications(
    request: Request,
    account_id: int,
    page: str = "1",
    sort_order: str = "desc",
    includes: list[str] = INCLUDES,
) -> HttpResponse:
    """The caller's notifications: by default only unread ones that are not snoozed."""
    user, sees = request.auth.person, visibility_of(request)
    rows = selectors.notifications_of(
        sees,
        with_read="read" in includes,
        with_snoozed="snoozed" in includes,
        newest_first=sort_order != "asc",
    )
    shown = page_of(rows, page=page, size=PAGE)
    return json_reply(
        {
            "data": {
                "meta": {
                    "unread_count": selectors.unread_count(sees),
                    "count": rows.count(),
                    "current_page": page_number(page),
                },
                "payload": notifications_json(shown, user=user),
            }
        }
    )


@router.get("/notifications/unread_count", operation_id="notifications_unread_count")
def unread_count(request: Request, account_id: int) -> HttpResponse:
    """How many are unread: a bare number."""
    return json_reply(selectors.unread_count(visibility_of(request)))


class ReadAllIn(Body):
    primary_actor_type: str | None = None
    primary_actor_id: int | None = None


@router.post("/notifications/read_all", operation_id="notifications_read_all")
def read_all(request: Request, account_id: int, given: ReadAllIn = Given()) -> HttpResponse:
    """Mark all, or all about one conversation (its database id), as read."""
    commands.read_all(
        request.auth.person, account=request.auth.account, conversation_id=given.primary_actor_id
    )
    return empty_reply()


class DestroyAllIn(Body):
    type: str | None = None


@router.post("/notifications/destroy_all", operation_id="notifications_destroy_all")
def destroy_all(request: Request, account_id: int, given: DestroyAllIn = Given()) -> HttpResponse:
    """Remove all, or with `type=read` those that were read."""
    commands.delete_all(request.auth.person, account=request.auth.account, only_read=given.type == "read")
    return empty_reply()


@router.patch("/notifications/{int:notification_id}", operation_id="notifications_read")
def read(request: Request, account_id: int, notification_id: int) -> HttpResponse:
    """Mark one as read."""
    return json_reply(notification_row(commands.mark_read(_own(request, notification_id))))


@router.post("/notifications/{int:notification_id}/unread", operation_id="notifications_unread")
def unread(request: Request, account_id: int, notification_id: int) -> HttpResponse:
    """Mark one as unread."""
    return json_reply(notification_row(commands.mark_unread(_own(request, notification_id))))


class SnoozeIn(Body):
    snoozed_until: int | float | None = None


@router.post("/notifications/{int:notification_id}/snooze", operation_id="notifications_snooze")
def snooze(
    request: Request, account_id: int, notification_id: int, given: SnoozeIn = Given()
) -> HttpResponse:
    """Hide one until `snoozed_until` (epoch seconds)."""
    until = None
    if given.snoozed_until is not None:
        try:
            until = datetime.fromtimestamp(float(given.snoozed_until), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise Invalid(fields={"snoozed_until": [_("Enter a valid date and time.")]}) from error
    return json_reply(notification_row(commands.snooze(_own(request, notification_id), until=until)))


@router.delete("/notifications/{int:notification_id}", operation_id="notifications_delete")
def delete(request: Request, account_id: int, notification_id: int) -> HttpResponse:
    """Remove one."""
    commands.delete_notification(_own(request, notification_id))
    return empty_reply()


class SettingsIn(Body):
    wrapper: ClassVar[str | None] = "notification_settings"
    selected_email_flags: list[str] | None = None
    selected_push_flags: list[str] | None = None


def _settings_json(setting: NotificationSetting) -> dict[str, Any]:
    return {
        "id": setting.pk or 0,
        "user_id": setting.membership.user_id,
        "account_id": setting.membership.account_id,
        "all_email_flags": list(commands.EMAIL_FLAGS),
        "selected_email_flags": setting.email_flags,
        "all_push_flags": list(commands.PUSH_FLAGS),
        "selected_push_flags": setting.push_flags,
    }


@router.get("/notification_settings", operation_id="notification_settings_show")
def show_settings(request: Request, account_id: int) -> HttpResponse:
    """Which kinds reach the caller by mail and push."""
    return json_reply(_settings_json(selectors.setting_of(request.auth.member)))


@router.patch("/notification_settings", operation_id="notification_settings_update")
def update_settings(request: Request, account_id: int, given: SettingsIn = Given()) -> HttpResponse:
    """Choose the kinds; a list that is not given stays as it is."""
    setting = commands.change_settings(
        request.auth.member, email_flags=given.selected_email_flags, push_flags=given.selected_push_flags
    )
    return json_reply(_settings_json(setting))
