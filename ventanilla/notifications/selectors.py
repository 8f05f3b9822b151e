"""Questions about notifications."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Account, Membership, Presence, User
from ventanilla.accounts.policies import is_present
from ventanilla.accounts.selectors import last_seen
from ventanilla.kit.clock import now
from ventanilla.notifications.models import (
    Notification,
    NotificationSetting,
    default_email_flags,
    default_push_flags,
)


def notifications_of(
    user: User,
    *,
    account: Account,
    with_read: bool = False,
    with_snoozed: bool = False,
    newest_first: bool = True,
) -> QuerySet[Notification]:
    """A user's notifications; by default only unread ones that are not snoozed."""
    rows = Notification.objects.filter(user=user, account=account).select_related("actor_user", "message")
    if not with_read:
        rows = rows.filter(read_at__isnull=True)
    if not with_snoozed:
        rows = rows.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now()))
    return (
        rows.order_by("-last_activity_at", "-id") if newest_first else rows.order_by("last_activity_at", "id")
    )


def unread_count(user: User, *, account: Account) -> int:
    """How many the bell shows."""
    return notifications_of(user, account=account).count()


def setting_of(membership: Membership) -> NotificationSetting:
    """The member's choice; an unsaved default when they never chose."""
    found = NotificationSetting.objects.filter(membership=membership).first()
    return found or NotificationSetting(
        membership=membership, email_flags=default_email_flags(), push_flags=default_push_flags()
    )


def wants_mail(membership: Membership, kinds: Collection[str]) -> bool:
    """Whether the member still wants mail of one of the kinds of these names."""
    flags = setting_of(membership).email_flags
    return any(f"email_{kind}" in flags for kind in kinds)


def wants_push(membership: Membership, kinds: Collection[str]) -> bool:
    """The same of push messages."""
    flags = setting_of(membership).push_flags
    return any(f"push_{kind}" in flags for kind in kinds)


def present_user_ids(account_id: int, user_ids: Collection[int]) -> set[int]:
    """Those of the users whose desk is open now, whatever they say of their availability."""
    seen, moment = last_seen(account_id, kind=Presence.Kind.USER, ids=user_ids), now()
    return {user_id for user_id, at in seen.items() if is_present(at, at=moment)}


def flags_of(setting: NotificationSetting | None, kind: str) -> tuple[str, ...]:
    """By which ways (`email`, `push`) who set this wants the kind of this name; None is who never chose."""
    email = setting.email_flags if setting else default_email_flags()
    push = setting.push_flags if setting else default_push_flags()
    return tuple(way for way, flags in (("email", email), ("push", push)) if f"{way}_{kind}" in flags)
