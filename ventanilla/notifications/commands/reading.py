"""Read, unread, put off, gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import record, record_all
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.notifications.commands import digests
from ventanilla.notifications.events import NotificationDeleted, NotificationUpdated
from ventanilla.notifications.models import Notification


def _updated(notification: Notification) -> None:
    record(
        NotificationUpdated(
            account_id=notification.account_id, notification_id=notification.pk, user_id=notification.user_id
        )
    )


@transaction.atomic
def mark_read(notification: Notification) -> Notification:
    """Read now; nothing happens when it was read before."""
    if notification.read_at is None:
        notification.read_at = now()
        notification.save(update_fields=["read_at"])
        _updated(notification)
    return notification


@transaction.atomic
def mark_unread(notification: Notification) -> Notification:
    """As if it had just come."""
    notification.read_at = None
    notification.save(update_fields=["read_at"])
    _updated(notification)
    return notification


@transaction.atomic
def snooze(notification: Notification, *, until: datetime | None) -> Notification:
    """Hide it until then (aware); null shows it again. Raises Invalid when `until` has passed."""
    if until is not None and until <= now():
        raise Invalid(fields={"snoozed_until": [_("Choose a time in the future.")]})
    notification.snoozed_until = until
    notification.meta = {**notification.meta, "last_snoozed_at": None}
    notification.save(update_fields=["snoozed_until", "meta"])
    _updated(notification)
    return notification


def wake_snoozed() -> int:
    """Bring snoozed notifications back unread when their time has come; returns how many."""
    due = Notification.objects.filter(snoozed_until__lte=now()).order_by("snoozed_until")
    return row_by_row.walk(due, _wake, where="notifications.wake_snoozed")


@transaction.atomic
def _wake(notification: Notification) -> bool:
    moment = notification.snoozed_until
    notification.snoozed_until, notification.read_at = None, None
    notification.meta = {**notification.meta, "last_snoozed_at": moment.isoformat() if moment else None}
    notification.last_activity_at = now()
    notification.save(update_fields=["snoozed_until", "read_at", "meta", "last_activity_at"])
    _updated(notification)
    return True


@transaction.atomic
def read_all(user: User, *, account: Account, conversation_id: int | None = None) -> int:
    """Mark all of a user's, or those about one conversation, as read; returns how many changed."""
    rows = Notification.objects.filter(user=user, account=account, read_at__isnull=True)
    if conversation_id is not None:
        rows = rows.filter(conversation_id=conversation_id)
    changed = rows.update(read_at=now())
    if changed:
        record(NotificationUpdated(account_id=account.pk, notification_id=None, user_id=user.pk))
    return changed


@transaction.atomic(savepoint=False)
def read_after_opening(
    pairs: Collection[tuple[int, int]], *, conversations: Mapping[int, Conversation]
) -> None:
    """Mark as read what told these users of these conversations: pairs of user id and conversation id."""
    if not pairs:
        return
    unread = Notification.objects.filter(
        user_id__in={user_id for user_id, _conversation_id in pairs},
        conversation_id__in={conversation_id for _user_id, conversation_id in pairs},
        read_at__isnull=True,
    ).values_list("pk", "user_id", "conversation_id")
    found = [row for row in unread if row[1:] in pairs]
    if not found:
        return
    Notification.objects.filter(pk__in=[row[0] for row in found]).update(read_at=now())
    readers = dict.fromkeys((conversations[row[2]].account_id, row[1]) for row in found)
    record_all(
        [
            NotificationUpdated(account_id=account_id, notification_id=None, user_id=user_id)
            for account_id, user_id in readers
        ]
    )


@transaction.atomic
def follow_messages(conversation_id: int, *, to: int, all_of_them: bool) -> None:
    """Notifications of a conversation go to another with their messages, or `all_of_them`. Where the user was told of
    the other already, the newer one stays. Records notification.updated and notification.deleted.
    """
    rows = Notification.objects.filter(conversation_id=conversation_id).select_for_update()
    if not all_of_them:
        rows = rows.filter(message__conversation_id=to)
    for row in rows.order_by("pk"):
        other = Notification.objects.filter(user_id=row.user_id, conversation_id=to).first()
        if other is not None:
            older = min(row, other, key=lambda one: (one.read_at is None, one.last_activity_at))
            delete_notification(older)
            if older is row:
                continue
        row.conversation_id = to
        row.save(update_fields=["conversation"])
        _updated(row)
    digests.follow_messages(conversation_id, to=to, all_of_them=all_of_them)


@transaction.atomic
def delete_notification(notification: Notification) -> None:
    """Remove one."""
    fact = NotificationDeleted(
        account_id=notification.account_id, notification_id=notification.pk, user_id=notification.user_id
    )
    notification.delete()
    record(fact)


@transaction.atomic
def delete_all(user: User, *, account: Account, only_read: bool) -> int:
    """Remove all of a user's notifications in the account, or those that were read."""
    rows = Notification.objects.filter(user=user, account=account)
    if only_read:
        rows = rows.filter(read_at__isnull=False)
    deleted, _by_model = rows.delete()
    if deleted:
        record(NotificationDeleted(account_id=account.pk, notification_id=None, user_id=user.pk))
    return deleted


@transaction.atomic
def delete_older_than(moment: datetime) -> int:
    """Retention: notifications without activity since `moment` go."""
    deleted, _by_model = Notification.objects.filter(last_activity_at__lt=moment).delete()
    return deleted
