"""When someone is told, and who: the rules of contract F.24, read from the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ventanilla.conversations.events import (
    ConversationMerged,
    ConversationSeen,
    ConversationSplit,
    ConversationUnmerged,
)
from ventanilla.conversations.models import Conversation
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.notifications import commands
from ventanilla.notifications.commands import Telling
from ventanilla.notifications.kind import Call, Happening
from ventanilla.notifications.registry import Kind, heard, kinds
from ventanilla.notifications.scene import Audience, Scene


class Notifications(Consumer):
    """Turns events into notifications."""

    name = "notifications"
    hears = (*heard(), ConversationMerged, ConversationUnmerged, ConversationSplit, ConversationSeen)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for some in _between_mergings(events):
            match some[0].fact:
                case ConversationMerged() | ConversationUnmerged() | ConversationSplit() as merging:
                    _on_merged(merging)
                case _:
                    _tell_all(some)


def _between_mergings(events: Sequence[LoggedEvent]) -> Iterator[list[LoggedEvent]]:
    """In order: a merging alone, for it moves what was told before; what lies between two of them together."""
    gathered: list[LoggedEvent] = []
    for event in events:
        if not isinstance(event.fact, ConversationMerged | ConversationUnmerged | ConversationSplit):
            gathered.append(event)
            continue
        if gathered:
            yield gathered
            gathered = []
        yield [event]
    if gathered:
        yield gathered


def _on_merged(merging: ConversationMerged | ConversationUnmerged | ConversationSplit) -> None:
    """What users were told stands where the messages are now: two events for two rows, one of them is enough."""
    source_id, target_id = merging.source_id, merging.target_id
    if merging.conversation_id != source_id:
        return
    if isinstance(merging, ConversationMerged):
        commands.follow_messages(source_id, to=target_id, all_of_them=True)
    elif isinstance(merging, ConversationSplit):
        commands.follow_messages(source_id, to=target_id, all_of_them=False)
    else:
        commands.follow_messages(target_id, to=source_id, all_of_them=False)


# ── who is to be told ─────────────────────────────────────────────────────────────────────────────────


Calls = list[tuple[Kind, Call]]


def _tell_all(events: Sequence[LoggedEvent]) -> None:
    scene = Scene(events)
    about = [
        (event, conversation, list(_calls(event, conversation, scene)))
        for event in events
        if (conversation := scene.conversations.get(event.payload["conversation_id"])) is not None
    ]
    audiences = _audiences(about)
    tellings: list[Telling] = []
    opened: dict[tuple[int, int], int] = {}  # (user, conversation): after how many tellings it was opened
    for event, conversation, calls in about:
        # Whoever opens the conversation has read what told them to.
        if isinstance(event.fact, ConversationSeen) and conversation.unread_count == 0:
            opened[event.fact.user_id, conversation.pk] = len(tellings)
        for kind, call in calls:
            tellings += _tellings(event, conversation, kind, call, audiences[conversation.account_id], scene)
    if tellings:
        commands.tell(tellings)
    told = {(one.member.user_id, one.conversation.pk): place for place, one in enumerate(tellings, start=1)}
    read = {pair for pair, place in opened.items() if told.get(pair, 0) <= place}
    if read:
        commands.read_after_opening(read, conversations=scene.conversations)


def _audiences(about: Sequence[tuple[LoggedEvent, Conversation, Calls]]) -> dict[int, Audience]:
    wanted: dict[int, set[int]] = {}
    for _event, conversation, calls in about:
        for _kind, call in calls:
            wanted.setdefault(conversation.account_id, set()).update(call.user_ids)
    return {account_id: Audience(account_id, user_ids) for account_id, user_ids in wanted.items()}


def _calls(event: LoggedEvent, conversation: Conversation, scene: Scene) -> Iterator[tuple[Kind, Call]]:
    happening = Happening(event.fact, conversation, scene, _actor_ids(event))
    for kind in kinds():
        if isinstance(event.fact, kind.hears):
            for call in kind.calls(happening):
                yield kind, call


def _actor_ids(event: LoggedEvent) -> frozenset[int]:
    actor = event.actor
    return frozenset({actor.id}) if actor is not None and actor.kind == "user" and actor.id else frozenset()


def _tellings(
    event: LoggedEvent, conversation: Conversation, kind: Kind, call: Call, audience: Audience, scene: Scene
) -> Iterator[Telling]:
    actors = _actor_ids(event)
    followers = scene.participants[conversation.pk]
    spared = scene.spared(conversation.pk, kind)
    for user_id in audience.only_members(call.user_ids - actors - spared):
        ways = () if call.only_in_desk else audience.ways(user_id, kind, call.also_by)
        rings = audience.rings(user_id, kind, call.also_by)
        if not (ways or rings) or not audience.may_see(user_id, conversation, followers):
            continue
        yield Telling(
            member=audience.membership(user_id),
            conversation=conversation,
            kind=kind,
            ways=ways,
            in_bell=rings,
            digest_due=audience.digest_due(user_id) if "digest" in ways else None,
            message_id=call.message_id if call.message_id in scene.messages else None,
            actor_id=next(iter(actors), None),
        )
