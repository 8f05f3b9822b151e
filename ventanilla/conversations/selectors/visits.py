"""What a visitor's home shows: their own conversations in short, and how soon an inbox usually answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, F, Max, Min, Q, QuerySet

from ventanilla.accounts.models import AgentBot, User
from ventanilla.conversations.models import Conversation, Message, MessageType, SenderType
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.working_hours import business_duration
from ventanilla.kit.clock import now

MAX_ROWS = 100
# Under ten answers a time would be chance.
ENOUGH_ANSWERS = 10
_LATEST_ANSWERS = 100
_LOOK_BACK = timedelta(days=30)
_KEPT_SECONDS = 600
_TITLE_CHARS = 120


@dataclass(frozen=True)
class VisitorsConversation:
    """One conversation as its customer sees it in a list. `author` is "" for automatic texts."""

    conversation: Conversation
    title: str
    text: str
    is_own: bool
    has_files: bool
    author: str
    said_at: datetime
    unread_count: int
    agent: User | None


def visitors_conversations(rows: QuerySet[Conversation]) -> list[VisitorsConversation]:
    """The latest of `rows` that say anything, newest word first. Four statements, however many they are."""
    found = {row.pk: row for row in rows.filter(merged_into=None).order_by("-last_activity_at")[:MAX_ROWS]}
    ends = _ends(list(found))
    messages = Message.objects.in_bulk({pk for end in ends for pk in (end.first, end.last) if pk})
    people = _people(list(messages.values()), list(found.values()))
    shown = [
        _in_short(found[end.conversation_id], end, messages, people) for end in ends if end.last in messages
    ]
    return sorted(shown, key=lambda one: one.said_at, reverse=True)


class _Ends(NamedTuple):
    conversation_id: int
    first: int | None
    last: int
    unread: int


def _ends(conversation_ids: Sequence[int]) -> list[_Ends]:
    """First word of the customer, last word of anyone, and what they have not seen, by conversation."""
    ours = Q(message_type=MessageType.OUTGOING)
    seen_at = F("conversation__contact_last_seen_at")
    unseen = Q(conversation__contact_last_seen_at=None) | Q(created_at__gt=seen_at)
    counted = (
        Message.objects.filter(conversation_id__in=conversation_ids, private=False, deleted_at=None)
        .exclude(message_type=MessageType.ACTIVITY)
        .order_by()
        .values("conversation_id")
        .annotate(
            first=Min("pk", filter=Q(message_type=MessageType.INCOMING) & ~Q(content="")),
            last=Max("pk"),
            unread=Count("pk", filter=ours & unseen),
        )
        .values_list("conversation_id", "first", "last", "unread")
    )
    return [_Ends(*item) for item in counted]


def _people(
    messages: Sequence[Message], conversations: Sequence[Conversation]
) -> dict[tuple[str, int], User | AgentBot]:
    users = {one.sender_id or 0 for one in messages if one.sender_type == SenderType.USER}
    users |= {one.assignee_id or 0 for one in conversations}
    bots = {one.sender_id or 0 for one in messages if one.sender_type == SenderType.AGENT_BOT}
    found: dict[tuple[str, int], User | AgentBot] = {
        (SenderType.USER, user.pk): user for user in User.objects.filter(pk__in=users)
    }
    if bots:
        found |= {(SenderType.AGENT_BOT, bot.pk): bot for bot in AgentBot.objects.filter(pk__in=bots)}
    return found


def _in_short(
    conversation: Conversation,
    ends: _Ends,
    messages: dict[int, Message],
    people: dict[tuple[str, int], User | AgentBot],
) -> VisitorsConversation:
    first, last = messages.get(ends.first or 0), messages[ends.last]
    sender = people.get((last.sender_type, last.sender_id or 0))
    assignee = people.get((SenderType.USER, conversation.assignee_id or 0))
    agent = sender if isinstance(sender, User) else assignee
    return VisitorsConversation(
        conversation=conversation,
        title=_cut((first or last).content),
        text=_cut(last.content),
        is_own=last.message_type == MessageType.INCOMING,
        has_files=last.has_attachments,
        author=sender.available_name if isinstance(sender, User) else sender.name if sender else "",
        said_at=last.created_at,
        unread_count=ends.unread,
        agent=agent if isinstance(agent, User) else None,
    )


def _cut(text: str) -> str:
    return " ".join(text[: 4 * _TITLE_CHARS].split())[:_TITLE_CHARS]


def usual_reply_time(inbox: Inbox) -> timedelta | None:
    """How soon the inbox usually gives its first answer, within its hours if it keeps some: the median of its latest
    answers; None while there are too few to say. Looked up anew every ten minutes.
    """
    key = f"usual-reply-time/{inbox.pk}"
    seconds = cache.get(key)
    if seconds is None:
        seconds = _median_seconds(inbox)
        cache.set(key, seconds, _KEPT_SECONDS)
    return timedelta(seconds=seconds) if seconds >= 0 else None


def _median_seconds(inbox: Inbox) -> float:
    """-1 for too few answers."""
    pairs = (
        Conversation.objects.filter(
            account_id=inbox.account_id,
            inbox=inbox,
            created_at__gte=now() - _LOOK_BACK,
            first_reply_created_at__gt=F("created_at"),
        )
        .order_by("-last_activity_at")
        .values_list("created_at", "first_reply_created_at")[:_LATEST_ANSWERS]
    )
    waits = [_wait(inbox, start, end).total_seconds() for start, end in pairs if end is not None]
    return median(waits) if len(waits) >= ENOUGH_ANSWERS else -1


def _wait(inbox: Inbox, start: datetime, end: datetime) -> timedelta:
    return business_duration(inbox, start=start, end=end) if inbox.working_hours_enabled else end - start
