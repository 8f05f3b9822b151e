"""Who is told of what: one notification of a user and a conversation, and what a mail gathers of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ventanilla.accounts.models import Membership
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import record_all
from ventanilla.kit.clock import now
from ventanilla.notifications.commands.digests import gather
from ventanilla.notifications.events import NotificationCreated
from ventanilla.notifications.models import DigestItem, Notification
from ventanilla.notifications.registry import Kind

Pair = tuple[int, int]  # user id, conversation id


@dataclass(frozen=True, slots=True)
class Telling:
    """Someone is told of something about a conversation. `ways`: as they wish them for this kind (Audience.ways).

    `in_bell`: whether the bell shows it; `digest_due`: when it is mailed with the rest, of who has `digest` among the ways.
    """

    member: Membership
    conversation: Conversation
    kind: Kind
    ways: tuple[str, ...] = ()
    in_bell: bool = True
    digest_due: datetime | None = None
    message_id: int | None = None
    actor_id: int | None = None

    @property
    def pair(self) -> Pair:
        """Of these one notification is kept."""
        return self.member.user_id, self.conversation.pk


@transaction.atomic(savepoint=False)
def tell(tellings: Sequence[Telling]) -> None:
    """Tell all of them; an older notification of the user about the conversation gives way, also one of these, but nothing
    that the bell shows unread gives way to what it does not show.

    Records notification.created for each. The number of statements does not grow with the number of tellings.
    """
    if not tellings:
        return
    ids = _write(_newest(tellings))
    _gather(tellings)
    record_all(
        [
            NotificationCreated(
                account_id=telling.conversation.account_id,
                notification_id=ids[telling.pair],
                user_id=telling.member.user_id,
                kind=telling.kind.name,
                ways=telling.ways,
                conversation_id=telling.conversation.pk,
                message_id=telling.message_id,
                actor_id=telling.actor_id,
            )
            for telling in tellings
        ]
    )


def _newest(tellings: Sequence[Telling]) -> dict[Pair, Telling]:
    """The one of each user and conversation that stays: the last, or the last that the bell shows."""
    shown = {telling.pair: telling for telling in tellings if telling.in_bell}
    return {telling.pair: telling for telling in tellings} | shown


def _write(newest: Mapping[Pair, Telling]) -> dict[Pair, int]:
    """Ids of the rows, by user and conversation."""
    kept = _shown_unread(pair for pair, telling in newest.items() if not telling.in_bell)
    moment = now()
    rows = Notification.objects.bulk_create(
        [
            Notification(
                account_id=telling.conversation.account_id,
                user_id=telling.member.user_id,
                conversation=telling.conversation,
                kind=telling.kind.number,
                in_bell=telling.in_bell,
                message_id=telling.message_id,
                actor_user_id=telling.actor_id,
                last_activity_at=moment,
            )
            for pair, telling in newest.items()
            if pair not in kept
        ],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=[
            "kind", "in_bell", "message", "actor_user", "read_at", "snoozed_until", "meta", "last_activity_at",
        ],
    )  # fmt: skip
    return kept | {(row.user_id, row.conversation_id): row.pk for row in rows}


def _shown_unread(pairs: Iterable[Pair]) -> dict[Pair, int]:
    wanted = set(pairs)
    if not wanted:
        return {}
    rows = Notification.objects.filter(
        user_id__in={user_id for user_id, _conversation_id in wanted},
        conversation_id__in={conversation_id for _user_id, conversation_id in wanted},
        in_bell=True,
        read_at__isnull=True,
    ).values_list("user_id", "conversation_id", "pk")
    return {(user_id, conversation_id): pk for user_id, conversation_id, pk in rows}


def _gather(tellings: Sequence[Telling]) -> None:
    gather(
        [
            DigestItem(
                membership=telling.member,
                conversation=telling.conversation,
                kind=telling.kind.number,
                message_id=telling.message_id,
                actor_user_id=telling.actor_id,
                due_at=telling.digest_due,
            )
            for telling in tellings
            if telling.digest_due is not None
        ]
    )
