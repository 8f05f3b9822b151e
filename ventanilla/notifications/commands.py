"""The only writers of notifications, their settings and push subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Account, Membership, User
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import record, record_all
from ventanilla.kit import row_by_row
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid
from ventanilla.kit.limits import is_web_url
from ventanilla.notifications.events import NotificationCreated, NotificationDeleted, NotificationUpdated
from ventanilla.notifications.models import Notification, NotificationSetting, PushKey, PushSubscription
from ventanilla.notifications.registry import Kind, kinds

EMAIL_FLAGS = tuple(f"email_{kind.name}" for kind in kinds())
MAX_DEVICES = 20  # of one user; whoever comes after takes the place of the one not seen longest
PUSH_FLAGS = tuple(f"push_{kind.name}" for kind in kinds())


@dataclass(frozen=True, slots=True)
class Telling:
    """Someone is told of something about a conversation. `ways`: mail and push as they wish them for this kind."""

    user: User
    conversation: Conversation
    kind: Kind
    ways: tuple[str, ...] = ()
    message_id: int | None = None
    actor_id: int | None = None


@transaction.atomic(savepoint=False)
def tell(tellings: Sequence[Telling]) -> None:
    """Tell all of them; an older notification of the user about the conversation gives way, also one of these.

    Records notification.created for each. The number of statements does not grow with the number of tellings.
    """
    if not tellings:
        return
    moment = now()
    newest = {(telling.user.pk, telling.conversation.pk): telling for telling in tellings}
    rows = Notification.objects.bulk_create(
        [
            Notification(
                account_id=telling.conversation.account_id,
                user=telling.user,
                conversation=telling.conversation,
                kind=telling.kind.number,
                message_id=telling.message_id,
                actor_user_id=telling.actor_id,
                last_activity_at=moment,
            )
            for telling in newest.values()
        ],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=[
            "kind", "message", "actor_user", "read_at", "snoozed_until", "meta", "last_activity_at",
        ],
    )  # fmt: skip
    ids = {(row.user_id, row.conversation_id): row.pk for row in rows}
    record_all(
        [
            NotificationCreated(
                account_id=telling.conversation.account_id,
                notification_id=ids[telling.user.pk, telling.conversation.pk],
                user_id=telling.user.pk,
                kind=telling.kind.name,
                ways=telling.ways,
                conversation_id=telling.conversation.pk,
                message_id=telling.message_id,
                actor_id=telling.actor_id,
            )
            for telling in tellings
        ]
    )


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


@transaction.atomic
def change_settings(
    membership: Membership, *, email_flags: Collection[str] | None, push_flags: Collection[str] | None
) -> NotificationSetting:
    """Choose which kinds come by mail and push; a list not given stays. Raises Invalid for unknown flags."""
    _check_flags("selected_email_flags", email_flags, EMAIL_FLAGS)
    _check_flags("selected_push_flags", push_flags, PUSH_FLAGS)
    setting, _created = NotificationSetting.objects.get_or_create(membership=membership)
    if email_flags is not None:
        setting.email_flags = [flag for flag in EMAIL_FLAGS if flag in email_flags]
    if push_flags is not None:
        setting.push_flags = [flag for flag in PUSH_FLAGS if flag in push_flags]
    setting.save()
    return setting


def _check_flags(field: str, given: Collection[str] | None, known: Collection[str]) -> None:
    if unknown := [flag for flag in given or () if flag not in known]:
        raise Invalid(fields={field: [_("“%(name)s” doesn't exist.") % {"name": unknown[0][:100]}]})


@transaction.atomic
def stop_mailing(membership: Membership, *, kind: Kind) -> NotificationSetting:
    """This kind comes by mail no more; everything else the member chose stays."""
    NotificationSetting.objects.get_or_create(membership=membership)
    setting = NotificationSetting.objects.select_for_update().get(membership=membership)
    setting.email_flags = [flag for flag in setting.email_flags if flag != f"email_{kind.name}"]
    setting.save()
    return setting


@transaction.atomic
def subscribe_to_push(user: User, *, kind: str, attributes: Mapping[str, Any]) -> PushSubscription:
    """Register a browser or phone; the same endpoint or device is owned by whoever signed in on it last.

    Raises Invalid when the kind is unknown or its address is missing.
    """
    if kind == "browser_push":
        token: Any = ""
        key = attributes.get("endpoint")
    elif kind == "fcm":
        token = attributes.get("push_token") or attributes.get("pushToken")
        key = attributes.get("device_id") or attributes.get("deviceId") or token
    else:
        raise Invalid(fields={"subscription_type": [_("This kind of subscription doesn't exist.")]})
    if not isinstance(key, str) or not key or len(key) > 1000 or not isinstance(token or "", str):
        raise Invalid(fields={"subscription_attributes": [_("The address of the device is missing.")]})
    if kind == "browser_push" and not is_web_url(key):
        raise Invalid(fields={"subscription_attributes": [_("The address of the device is missing.")]})
    subscription, _created = PushSubscription.objects.update_or_create(
        key=key,
        defaults={"user": user, "kind": kind, "push_token": token or "", "attributes": dict(attributes)},
    )
    others = (
        PushSubscription.objects.filter(user=user).exclude(pk=subscription.pk).order_by("-updated_at", "-pk")
    )
    PushSubscription.objects.filter(
        pk__in=list(others.values_list("pk", flat=True)[MAX_DEVICES - 1 :])
    ).delete()
    return subscription


def forget_device(subscription_id: int) -> None:
    """Its push service says that it is gone."""
    PushSubscription.objects.filter(pk=subscription_id).delete()


@transaction.atomic
def push_key() -> PushKey:
    """The installation's key; made now if there is none."""
    found = PushKey.objects.first()
    if found is not None:
        return found
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made, _created = PushKey.objects.get_or_create(number=1, defaults={"private_pem": pem.decode()})
    return made


@transaction.atomic
def unsubscribe_from_push(user: User, *, push_token: str) -> int:
    """Forget the user's device with this token or endpoint; returns how many there were."""
    mine = PushSubscription.objects.filter(user=user)
    deleted, _by_model = (mine.filter(push_token=push_token) | mine.filter(key=push_token)).delete()
    return deleted
