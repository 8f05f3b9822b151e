"""When somebody is told, and who: the rules of contract F.24, read from the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.models import User
from ventanilla.conversations.models import Conversation, Message, MessageType, SenderType, Status
from ventanilla.conversations.policies import facts_of, visibility_for
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.notifications import commands
from ventanilla.notifications.models import MESSAGE_KINDS, Kind
from ventanilla.notifications.selectors import present_user_ids, ways_wanted


class Notifications(Consumer):
    """Turns events into notifications."""

    name = "notifications"
    subscribes: ClassVar[frozenset[str]] = frozenset(
        {
            "conversation.created",
            "conversation.bot_handoff",
            "conversation.mentioned",
            "conversation.merged",
            "conversation.unmerged",
            "conversation.seen",
            "assignee.changed",
            "message.created",
        }
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            conversation = (
                Conversation.objects.select_related("account", "contact", "inbox")
                .filter(pk=event.payload["conversation_id"])
                .first()
            )
            if conversation is None:
                continue
            match event.name:
                case "conversation.created" | "conversation.bot_handoff":
                    _on_opened(event, conversation)
                case "conversation.mentioned":
                    _tell(
                        event,
                        conversation,
                        {event.payload["user_id"]},
                        Kind.CONVERSATION_MENTION,
                        event.payload["message_id"],
                    )
                case "conversation.merged" | "conversation.unmerged":
                    _on_merged(event)
                case "conversation.seen":
                    _on_seen(event, conversation)
                case "assignee.changed":
                    _on_assigned(event, conversation)
                case "message.created":
                    _on_message(event, conversation)


def _actor_user_id(event: LoggedEvent) -> int | None:
    return event.actor.id if event.actor is not None and event.actor.kind == "user" else None


def _tell(
    event: LoggedEvent,
    conversation: Conversation,
    user_ids: set[int],
    kind: Kind,
    message_id: int | None = None,
    *,
    only_who_want: bool = False,
    only_in_desk: bool = False,
    also_by: Kind | None = None,
) -> None:
    """Notify those of `user_ids` who may see the conversation, are still members and did not do it themselves.

    `only_in_desk`: neither by mail nor by push. `also_by`: another kind whose ways count as well, because they would
    have been told by it.
    """
    actor_id = _actor_user_id(event)
    ways = _ways(conversation.account_id, user_ids - {actor_id}, kind, also_by)
    if only_in_desk:
        ways = dict.fromkeys(ways, ())
    if not ways:
        return
    message = Message.objects.filter(pk=message_id).first() if message_id else None
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    facts = facts_of(conversation)
    for user in User.objects.filter(pk__in=ways, is_active=True).order_by("pk"):
        if only_who_want and not ways[user.pk]:
            continue
        if visibility_for(user, conversation.account).allows(facts):
            commands.notify(
                user, conversation=conversation, kind=kind, ways=ways[user.pk], message=message, actor=actor
            )


def _ways(
    account_id: int, user_ids: set[int], kind: Kind, also_by: Kind | None
) -> dict[int, tuple[str, ...]]:
    """By which ways each of these members is told. Who has the desk open needs no mail about a message (contract F.24)."""
    ways = ways_wanted(account_id, user_ids, kind)
    if also_by is not None:
        more = ways_wanted(account_id, user_ids, also_by)
        ways = {user_id: tuple(dict.fromkeys((*own, *more[user_id]))) for user_id, own in ways.items()}
    if kind in MESSAGE_KINDS and any("email" in own for own in ways.values()):
        for user_id in present_user_ids(account_id, ways.keys()):
            ways[user_id] = tuple(way for way in ways[user_id] if way != "email")
    return ways


def _on_opened(event: LoggedEvent, conversation: Conversation) -> None:
    if conversation.status == Status.PENDING or conversation.contact.blocked:
        return
    members = set(conversation.inbox.inbox_members.values_list("user_id", flat=True))
    _tell(event, conversation, members, Kind.CONVERSATION_CREATION, only_who_want=True)


def _on_merged(event: LoggedEvent) -> None:
    """What users were told stands where the messages are now: two events for two rows, one of them is enough."""
    source_id, target_id = event.payload["source_id"], event.payload["target_id"]
    if event.payload["conversation_id"] != source_id:
        return
    if event.name == "conversation.merged":
        commands.follow_messages(source_id, to=target_id, all_of_them=True)
    else:
        commands.follow_messages(target_id, to=source_id, all_of_them=False)


def _on_assigned(event: LoggedEvent, conversation: Conversation) -> None:
    """The new assignee, by their ways; and, in the desk alone, the one it was taken from (A-13)."""
    if conversation.status == Status.PENDING:
        return
    old, new = event.payload["changes"].get("assignee_id", (None, None))
    if old:
        _tell(event, conversation, {old}, Kind.CONVERSATION_ASSIGNMENT, only_in_desk=True)
    if new:
        _tell(event, conversation, {new}, Kind.CONVERSATION_ASSIGNMENT)


def _on_message(event: LoggedEvent, conversation: Conversation) -> None:
    if (
        event.payload["message_type"] not in (MessageType.INCOMING, MessageType.OUTGOING)
        or conversation.contact.blocked
    ):
        return
    message = Message.objects.filter(pk=event.payload["message_id"]).first()
    if message is None:
        return
    sender = {message.sender_id} if message.sender_type == SenderType.USER else set()
    # Who was named in the note hears of the naming, not of the note as well.
    mentioned = set(message.mentions.values_list("user_id", flat=True))
    participants = set(conversation.participants.values_list("user_id", flat=True)) - sender - mentioned
    assignee = ({conversation.assignee_id} if conversation.assignee_id else set()) - sender - mentioned
    _tell(event, conversation, participants - assignee, Kind.PARTICIPATING_NEW_MESSAGE, message.pk)
    also_by = Kind.PARTICIPATING_NEW_MESSAGE if assignee <= participants else None
    _tell(event, conversation, assignee, Kind.ASSIGNED_NEW_MESSAGE, message.pk, also_by=also_by)


def _on_seen(event: LoggedEvent, conversation: Conversation) -> None:
    """Whoever opens the conversation has read what told them to."""
    user = User.objects.filter(pk=event.payload["user_id"]).first()
    if user is not None and conversation.unread_count == 0:
        commands.read_all(user, account=conversation.account, conversation_id=conversation.pk)
