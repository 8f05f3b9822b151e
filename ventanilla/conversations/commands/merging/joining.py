"""Two conversations become one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from ventanilla.conversations.commands.activity import write_activity
from ventanilla.conversations.commands.merging.before import AWAKE, STATE, kept
from ventanilla.conversations.commands.merging.beside import take_along
from ventanilla.conversations.commands.merging.messages import move_messages
from ventanilla.conversations.commands.merging.rows import Pair, lead
from ventanilla.conversations.events import ConversationMerged
from ventanilla.conversations.models import CloseReason, Conversation, Message, MessageType, Status


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def join(pair: Pair, *, lines: tuple[str, str] = ("merged_in", "merged_away")) -> None:
    """Do it. Both are held by the caller, who checked that they may become one. `lines`: what their threads say."""
    _change_target(pair)
    merge = move_messages(pair)
    take_along(pair)
    _close_source(pair)
    pair.before.keep(merge)
    for row, kind, other in (
        (pair.stays, lines[0], pair.gone),
        (pair.gone, lines[1], pair.stays),
    ):
        write_activity(row, kind, by=pair.by, number=other.display_id)
        row.save(by=pair.by)
        row.record(
            ConversationMerged(
                account_id=row.account_id,
                conversation_id=row.id,
                source_id=pair.gone.id,
                target_id=pair.stays.id,
            ),
            by=pair.by,
        )


def _change_target(pair: Pair) -> None:
    """State, agent, team and clocks of the conversation that continues."""
    gone, stays = pair.gone, pair.stays
    wished: dict[str, Any] = {
        "waiting_since": _earlier(stays.waiting_since, gone.waiting_since)
        if gone.waiting_since is not None and gone.status != Status.RESOLVED
        else stays.waiting_since,
        "first_reply_created_at": _earlier(stays.first_reply_created_at, gone.first_reply_created_at),
        "agent_last_seen_at": _seen(pair),
        "assignee_id": stays.assignee_id or gone.assignee_id,
        "team_id": stays.team_id or gone.team_id,
    }
    if AWAKE.index(Status(gone.status)) < AWAKE.index(Status(stays.status)):
        wished |= {name: getattr(gone, name) for name in STATE}
    changed = {}
    for name, value in wished.items():
        old = getattr(stays, name)
        if stays.set(name, value):
            changed[name] = [kept(old), kept(value)]
    stays.set("last_activity_at", max(stays.last_activity_at, gone.last_activity_at))
    pair.before.target = changed


def _seen(pair: Pair) -> datetime | None:
    """The mark of what was seen, moved back to before the first message that no one saw in the other."""
    seen = pair.stays.agent_last_seen_at
    if seen is None or pair.gone.unread_count == 0:
        return seen
    unseen = Message.objects.filter(conversation_id=pair.gone.id, message_type=MessageType.INCOMING)
    if pair.gone.agent_last_seen_at is not None:
        unseen = unseen.filter(created_at__gt=pair.gone.agent_last_seen_at)
    first = unseen.aggregate(first=Min("created_at"))["first"]
    return seen if first is None else min(seen, first - timedelta(seconds=1))


def _close_source(pair: Pair) -> None:
    gone = pair.gone
    closed = {
        "status": int(Status.RESOLVED),
        "close_reason": CloseReason.MERGED.value,
        "snoozed_until": None,
        "waiting_since": None,
    }
    pair.before.source = {name: [kept(getattr(gone, name)), kept(value)] for name, value in closed.items()}
    for name, value in closed.items():
        gone.set(name, value)
    gone.set("merged_into_id", pair.stays.id)
    lead(Conversation.objects.filter(merged_into=gone.id), to=pair.stays.id)
