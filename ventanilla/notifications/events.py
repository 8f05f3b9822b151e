"""Facts of this room."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import CABLE, DESK, Fact, Hearers, Told


class NotificationCreated(Fact, frozen=True, kw_only=True):
    """A user was told of something, or told anew. `ways`, as the user wishes them for this kind: sound, push, email, or
    digest (with the rest, later).

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


class DigestDue(Fact, frozen=True, kw_only=True):
    """What a member was told and has not been mailed of is to go out as one mail.

    `items`: conversation id, number of the kind, message id and actor's id of each, the oldest first.
    """

    name: ClassVar[str] = "notification.digest_due"
    membership_id: int
    items: list[tuple[int, int, int | None, int | None]]


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
