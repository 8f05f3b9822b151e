"""The only writers of notifications, their settings and push subscriptions."""

from ventanilla.notifications.commands.choosing import (
    EMAIL_FLAGS,
    EVERY_MINUTES,
    PUSH_FLAGS,
    change_hours,
    change_settings,
    stop_mailing,
    switch,
)
from ventanilla.notifications.commands.devices import (
    MAX_DEVICES,
    forget_device,
    push_key,
    subscribe_to_push,
    unsubscribe_from_push,
)
from ventanilla.notifications.commands.digests import ask_for_digests
from ventanilla.notifications.commands.reading import (
    delete_all,
    delete_notification,
    delete_older_than,
    follow_messages,
    mark_read,
    mark_unread,
    read_after_opening,
    read_all,
    snooze,
    wake_snoozed,
)
from ventanilla.notifications.commands.telling import Telling, tell

__all__ = [
    "EMAIL_FLAGS",
    "EVERY_MINUTES",
    "MAX_DEVICES",
    "PUSH_FLAGS",
    "Telling",
    "ask_for_digests",
    "change_hours",
    "change_settings",
    "delete_all",
    "delete_notification",
    "delete_older_than",
    "follow_messages",
    "forget_device",
    "mark_read",
    "mark_unread",
    "push_key",
    "read_after_opening",
    "read_all",
    "snooze",
    "stop_mailing",
    "subscribe_to_push",
    "switch",
    "tell",
    "unsubscribe_from_push",
    "wake_snoozed",
]
