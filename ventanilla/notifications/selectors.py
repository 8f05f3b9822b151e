"""Questions about notifications."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from ventanilla.accounts.models import Membership, Presence
from ventanilla.accounts.policies import is_present
from ventanilla.accounts.selectors import last_seen
from ventanilla.conversations.models import Conversation
from ventanilla.conversations.policies import Visibility
from ventanilla.kit.clock import now
from ventanilla.notifications.models import Notification, NotificationSetting


def notifications_of(
    sees: Visibility,
    *,
    with_read: bool = False,
    with_snoozed: bool = False,
    newest_first: bool = True,
) -> QuerySet[Notification]:
    """A user's notifications, of what they still see; by default only unread ones that are not snoozed."""
    rows = seen_notifications(sees).filter(in_bell=True).select_related("actor_user", "message")
    if not with_read:
        rows = rows.filter(read_at__isnull=True)
    if not with_snoozed:
        rows = rows.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=now()))
    return (
        rows.order_by("-last_activity_at", "-id") if newest_first else rows.order_by("last_activity_at", "id")
    )


def seen_notifications(sees: Visibility) -> QuerySet[Notification]:
    """All of a user's about conversations that they still see."""
    rows = Notification.objects.filter(user_id=sees.user_id, account_id=sees.account_id)
    return rows if sees.everything else rows.filter(conversation__in=Conversation.objects.filter(sees.q()))


def unread_count(sees: Visibility) -> int:
    """How many the bell shows."""
    return notifications_of(sees).count()


def setting_of(membership: Membership) -> NotificationSetting:
    """The member's choice; an unsaved default when they never chose."""
    found = NotificationSetting.objects.filter(membership=membership).first()
    return found or NotificationSetting(membership=membership)


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
