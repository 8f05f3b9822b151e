"""Facts of this room."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import CABLE, DESK, Fact, Hearers, Told


class NotificationCreated(Fact, frozen=True, kw_only=True):
    """A user was told of something, or told anew. `ways`: mail and push as the user wishes them for this kind.

    `message_id`: what was written, of the kinds that tell of a message; `actor_id`: the user who caused it.
    """

    name: ClassVar[str] = "notification.created"
    told = Told("notification", Hearers.USER, DESK | CABLE, "notification_id")
    notification_id: int
    user_id: int
    kind: str
    ways: tuple[str, ...] = ()
    conversation_id: int | None = None
    message_id: int | None = None
    actor_id: int | None = None


class NotificationUpdated(Fact, frozen=True, kw_only=True):
    """Read, unread or snoozed. `notification_id` null: all of this user's."""

    name: ClassVar[str] = "notification.updated"
    told = Told("notification", Hearers.USER, DESK | CABLE, "notification_id")
    notification_id: int | None
    user_id: int


class NotificationDeleted(Fact, frozen=True, kw_only=True):
    """Gone. `notification_id` null: all of this user's that were asked for."""

    name: ClassVar[str] = "notification.deleted"
    told = Told("gone_notification", Hearers.USER, DESK | CABLE, "notification_id")
    notification_id: int | None
    user_id: int
