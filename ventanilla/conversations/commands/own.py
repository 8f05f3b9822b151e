"""What a user keeps about a conversation for themselves: whether it alerts them, and when to be reminded of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import actor_of
from ventanilla.conversations.events import OwnChanged, ReminderDue
from ventanilla.conversations.models import AlertLevel, Conversation, Mute, Reminder
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid


@transaction.atomic
def set_alert_level(conversation: Conversation, *, user: User, level: AlertLevel) -> None:
    """How much the user is told of it from now on. Records conversation.own_changed when that is new."""
    mine = Mute.objects.filter(conversation=conversation, user=user)
    if level == (mine.values_list("level", flat=True).first() or AlertLevel.ALL):
        return
    if level == AlertLevel.ALL:
        mine.delete()
    else:
        kept = {"account_id": conversation.account_id, "level": level}
        Mute.objects.update_or_create(conversation=conversation, user=user, defaults=kept)
    _changed(conversation, user)


@transaction.atomic
def set_reminder(conversation: Conversation, *, user: User, at: datetime) -> Reminder:
    """Tell the user of it then, in place of what they had asked for. Raises Invalid for a moment that has passed.

    Records conversation.own_changed.
    """
    if at <= now():
        raise Invalid(fields={"remind_at": [_("Choose a time in the future.")]})
    reminder, _made = Reminder.objects.update_or_create(
        conversation=conversation,
        user=user,
        defaults={"account_id": conversation.account_id, "remind_at": at, "created_at": now()},
    )
    _changed(conversation, user)
    return reminder


@transaction.atomic
def drop_reminder(conversation: Conversation, *, user: User) -> None:
    """They need none. Records conversation.own_changed when there was one."""
    gone, _rows = Reminder.objects.filter(conversation=conversation, user=user).delete()
    if gone:
        _changed(conversation, user)


@transaction.atomic
def remind(reminder: Reminder) -> bool:
    """Its moment has come: it goes, and conversation.reminder_due is recorded. Whether it was still there.

    A conversation that was merged meanwhile is reminded of where it continues.
    """
    mine = Reminder.objects.select_for_update().filter(pk=reminder.pk, remind_at__lte=now())
    if not mine.exists():  # another moment was chosen, or another worker was faster
        return False
    mine.delete()
    conversation = Conversation.objects.get(pk=reminder.conversation_id)
    record(
        ReminderDue(
            account_id=reminder.account_id,
            conversation_id=conversation.merged_into_id or conversation.pk,
            user_id=reminder.user_id,
        ),
        actor=actor_of(None),
    )
    _told(conversation, reminder.user_id)
    return True


def forget_own(account_id: int, user_id: int) -> None:
    """The user left the account, and with them what they kept. No one is told: no one else knew."""
    for kept in (Mute, Reminder):
        kept.objects.filter(account_id=account_id, user_id=user_id).delete()


def _changed(conversation: Conversation, user: User) -> None:
    _told(conversation, user.pk, by=user)


def _told(conversation: Conversation, user_id: int, *, by: User | None = None) -> None:
    fact = OwnChanged(account_id=conversation.account_id, conversation_id=conversation.pk, user_id=user_id)
    record(fact, actor=actor_of(by))
