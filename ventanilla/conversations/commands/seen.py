"""Who has seen what (contract F.10). Seen by agents is one mark for all of them, as the contract has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.features import is_enabled
from ventanilla.accounts.models import Account, User
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.held import Held, as_column, as_moment, held
from ventanilla.conversations.commands.rows import UNREAD_CAP
from ventanilla.conversations.events import ConversationRead, ConversationSeen, MessageUpdated
from ventanilla.conversations.models import Conversation, Message, MessageStatus, MessageType, Status
from ventanilla.events.log import Actor, record

lines(
    {
        "viewed": lazy("%(actor)s viewed the conversation"),
    }
)

_VIEWED_AGAIN_AFTER = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_MARK_READ = (
    "UPDATE conversations_message SET status = 2, version = version + 1, updated_at = %s"
    " WHERE conversation_id = %s AND message_type IN (1, 3) AND private = %s AND status IN (0, 1) AND created_at <= %s"
    " RETURNING id, status"
)
_UNREAD = (
    "SELECT count(*) FROM (SELECT 1 FROM conversations_message WHERE conversation_id = %s AND message_type = 0"
    " AND created_at > %s LIMIT %s) newest"
)


def mark_seen(conversation: Conversation, *, by: User) -> Conversation:
    """An agent opened the conversation: nothing is unread any more.

    Records conversation.seen. Where all was seen already the marks stay: a desk that is told nothing shows what a
    fresh one does. Where the account wants it, a line says who viewed an open conversation, once per agent and hour.
    """
    with held(conversation) as row:
        is_news = row.unread_count > 0 or not _covers(row.agent_last_seen_at, row)
        is_news_to_assignee = row.assignee_id == by.pk and not _covers(row.assignee_last_seen_at, row)
        if not is_news and not is_news_to_assignee:
            return conversation
        row.set("agent_last_seen_at", row.at)
        if row.assignee_id == by.pk:
            row.set("assignee_last_seen_at", row.at)
        row.set("unread_count", 0)
        row.record(_seen(row, by), by=by)
        if is_news:
            _say_viewed(row, by)
        row.save(by=by)
    return conversation


def _covers(mark: datetime | None, row: Held) -> bool:
    return mark is not None and mark >= row.last_activity_at


def mark_unread(conversation: Conversation, *, by: User) -> Conversation:
    """Put the seen marks just before the newest incoming message, so that it counts as unread again."""
    with held(conversation) as row:
        newest = (
            Message.objects.filter(conversation_id=row.id, message_type=MessageType.INCOMING)
            .order_by("-id")
            .values_list("created_at", flat=True)
            .first()
        )
        if newest is not None:
            before = newest - _SECOND
            row.set("agent_last_seen_at", before)
            row.set("assignee_last_seen_at", before)
            row.set("unread_count", unread_since(row.id, before))
            row.record(_seen(row, by), by=by)
            row.save(by=by)
    return conversation


def contact_saw(conversation: Conversation) -> Conversation:
    """The customer looked: what we sent until now is read.

    Records conversation.read, and message.updated for each message that became read.
    """
    with held(conversation) as row:
        row.set("contact_last_seen_at", row.at)
        contact = Actor("contact", row.contact_id)
        with connection.cursor() as cursor:
            cursor.execute(_MARK_READ, [as_column(row.at), row.id, False, as_column(row.at)])
            read = sorted(message_id for message_id, _status in cursor.fetchall())
        ids: dict[str, Any] = {"account_id": row.account_id, "conversation_id": row.id}
        record(ConversationRead(**ids), actor=contact)
        for message_id in read:
            changes = {"status": [None, MessageStatus.READ.label]}
            record(MessageUpdated(**ids, message_id=message_id, changes=changes), actor=contact)
        row.save(by=None)
    return conversation


def unread_since(conversation_id: int, moment: datetime | None) -> int:
    """Incoming messages after the moment (all of them for None), counted up to the cap."""
    since = moment or as_moment("1970-01-01 00:00:00")
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [conversation_id, as_column(since), UNREAD_CAP])
        return int(cursor.fetchone()[0])


def _seen(row: Held, user: User) -> ConversationSeen:
    return ConversationSeen(account_id=row.account_id, conversation_id=row.id, user_id=user.pk)


def _say_viewed(row: Held, user: User) -> None:
    if row.status != Status.OPEN:
        return
    if not is_enabled(Account.objects.get(pk=row.account_id), "agent_conversation_viewed"):
        return
    recently = Message.objects.filter(
        conversation_id=row.id,
        message_type=MessageType.ACTIVITY,
        created_at__gt=row.at - _VIEWED_AGAIN_AFTER,
        additional_attributes__activity="viewed",
        additional_attributes__user_id=user.pk,
    )
    if not recently.exists():
        write_activity(row, "viewed", by=user)
