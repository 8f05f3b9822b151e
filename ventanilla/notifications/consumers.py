"""When somebody is told, and who: the rules of contract F.24, read from the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ventanilla.conversations.events import (
    AssigneeChanged,
    ConversationBotHandoff,
    ConversationCreated,
    ConversationMentioned,
    ConversationMerged,
    ConversationSeen,
    ConversationUnmerged,
    MessageCreated,
)
from ventanilla.conversations.models import Conversation, MessageType, SenderType, Status
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.notifications import commands
from ventanilla.notifications.commands import Telling
from ventanilla.notifications.models import Kind
from ventanilla.notifications.scene import Audience, Scene


class Notifications(Consumer):
    """Turns events into notifications."""

    name = "notifications"
    hears = (
        ConversationCreated,
        ConversationBotHandoff,
        ConversationMentioned,
        ConversationMerged,
        ConversationUnmerged,
        ConversationSeen,
        AssigneeChanged,
        MessageCreated,
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for some in _between_mergings(events):
            match some[0].fact:
                case ConversationMerged() | ConversationUnmerged() as merging:
                    _on_merged(merging)
                case _:
                    _tell_all(some)


def _between_mergings(events: Sequence[LoggedEvent]) -> Iterator[list[LoggedEvent]]:
    """In order: a merging alone, for it moves what was told before; what lies between two of them together."""
    gathered: list[LoggedEvent] = []
    for event in events:
        if not isinstance(event.fact, ConversationMerged | ConversationUnmerged):
            gathered.append(event)
            continue
        if gathered:
            yield gathered
            gathered = []
        yield [event]
    if gathered:
        yield gathered


def _on_merged(merging: ConversationMerged | ConversationUnmerged) -> None:
    """What users were told stands where the messages are now: two events for two rows, one of them is enough."""
    source_id, target_id = merging.source_id, merging.target_id
    if merging.conversation_id != source_id:
        return
    if isinstance(merging, ConversationMerged):
        commands.follow_messages(source_id, to=target_id, all_of_them=True)
    else:
        commands.follow_messages(target_id, to=source_id, all_of_them=False)


# ── who is to be told ─────────────────────────────────────────────────────────────────────────────────


class _Call:
    """Those among `user_ids` who are members, may see the conversation and did not do it themselves are to be told.

    `only_who_want`: who chose no way for this kind is not told at all. `only_in_desk`: neither by mail nor by push.
    `also_by`: another kind whose ways count as well, because they would have been told by it.
    """

    def __init__(
        self,
        conversation: Conversation,
        user_ids: set[int],
        kind: Kind,
        message_id: int | None = None,
        *,
        only_who_want: bool = False,
        only_in_desk: bool = False,
        also_by: Kind | None = None,
    ) -> None:
        self.conversation, self.user_ids, self.kind, self.message_id = (
            conversation,
            user_ids,
            kind,
            message_id,
        )
        self.only_who_want, self.only_in_desk, self.also_by = only_who_want, only_in_desk, also_by


def _tell_all(events: Sequence[LoggedEvent]) -> None:
    scene = Scene(events)
    about = [
        (event, conversation, list(_calls(event, conversation, scene)))
        for event in events
        if (conversation := scene.conversations.get(event.payload["conversation_id"])) is not None
    ]
    audiences = _audiences([call for _event, _conversation, calls in about for call in calls])
    tellings: list[Telling] = []
    opened: dict[tuple[int, int], int] = {}  # (user, conversation): after how many tellings it was opened
    for event, conversation, calls in about:
        # Whoever opens the conversation has read what told them to.
        if isinstance(event.fact, ConversationSeen) and conversation.unread_count == 0:
            opened[event.fact.user_id, conversation.pk] = len(tellings)
        for call in calls:
            tellings += _tellings(event, call, audiences[conversation.account_id], scene)
    if tellings:
        commands.tell(tellings)
    told = {(one.user.pk, one.conversation.pk): place for place, one in enumerate(tellings, start=1)}
    read = {pair for pair, place in opened.items() if told.get(pair, 0) <= place}
    if read:
        commands.read_after_opening(read, conversations=scene.conversations)


def _audiences(calls: Sequence[_Call]) -> dict[int, Audience]:
    wanted: dict[int, set[int]] = {}
    for call in calls:
        wanted.setdefault(call.conversation.account_id, set()).update(call.user_ids)
    return {account_id: Audience(account_id, user_ids) for account_id, user_ids in wanted.items()}


def _actor_ids(event: LoggedEvent) -> set[int]:
    return (
        {event.actor.id}
        if event.actor is not None and event.actor.kind == "user" and event.actor.id
        else set()
    )


def _tellings(event: LoggedEvent, call: _Call, audience: Audience, scene: Scene) -> Iterator[Telling]:
    actors = _actor_ids(event)
    followers = scene.participants[call.conversation.pk]
    for user_id in audience.only_members(call.user_ids - actors):
        ways = () if call.only_in_desk else audience.ways(user_id, call.kind, call.also_by)
        if (call.only_who_want and not ways) or not audience.may_see(user_id, call.conversation, followers):
            continue
        yield Telling(
            user=audience.user(user_id),
            conversation=call.conversation,
            kind=call.kind,
            ways=ways,
            message_id=call.message_id if call.message_id in scene.messages else None,
            actor_id=next(iter(actors), None),
        )


def _calls(event: LoggedEvent, conversation: Conversation, scene: Scene) -> Iterator[_Call]:
    match event.fact:
        case ConversationCreated() | ConversationBotHandoff():
            if conversation.status != Status.PENDING and not conversation.contact.blocked:
                members = scene.inbox_members[conversation.inbox_id]
                yield _Call(conversation, members, Kind.CONVERSATION_CREATION, only_who_want=True)
        case ConversationMentioned(user_id=user_id, message_id=note):
            yield _Call(conversation, {user_id}, Kind.CONVERSATION_MENTION, note)
        case AssigneeChanged(changes={"assignee_id": [old, new]}):
            yield from _on_assigned(conversation, old=old, new=new)
        case MessageCreated(message_type=MessageType.INCOMING | MessageType.OUTGOING) as written:
            yield from _on_message(written, conversation, scene, actors=_actor_ids(event))


def _on_assigned(conversation: Conversation, *, old: int | None, new: int | None) -> Iterator[_Call]:
    """The new assignee, by their ways; and, in the desk alone, the one it was taken from (A-13)."""
    if conversation.status == Status.PENDING:
        return
    if old:
        yield _Call(conversation, {old}, Kind.CONVERSATION_ASSIGNMENT, only_in_desk=True)
    if new:
        yield _Call(conversation, {new}, Kind.CONVERSATION_ASSIGNMENT)


def _on_message(
    written: MessageCreated, conversation: Conversation, scene: Scene, *, actors: set[int]
) -> Iterator[_Call]:
    around = scene.participants[conversation.pk] | {conversation.assignee_id} - {None}
    if conversation.contact.blocked or around <= actors:
        return
    message = scene.messages.get(written.message_id)
    if message is None:
        return
    # Who wrote it knows; who was named in the note hears of the naming, not of the note as well.
    left_out = scene.mentioned[message.pk] | (
        {message.sender_id} if message.sender_type == SenderType.USER and message.sender_id else set()
    )
    participants = scene.participants[conversation.pk] - left_out
    assignee = ({conversation.assignee_id} if conversation.assignee_id else set()) - left_out
    if others := participants - assignee:
        yield _Call(conversation, others, Kind.PARTICIPATING_NEW_MESSAGE, message.pk)
    if assignee:
        also_by = Kind.PARTICIPATING_NEW_MESSAGE if assignee <= participants else None
        yield _Call(conversation, assignee, Kind.ASSIGNED_NEW_MESSAGE, message.pk, also_by=also_by)
