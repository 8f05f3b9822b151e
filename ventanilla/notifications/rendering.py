"""Notifications as the contract shows them: the push form of B.8 and D.3, and the bare row of its writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from ventanilla.accounts.models import User
from ventanilla.accounts.rendering import sender_json
from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.conversations.rendering import conversation_events, message_events
from ventanilla.kit import markdown
from ventanilla.kit.clock import epoch, iso
from ventanilla.notifications.kind import Bell
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import kind_of

TITLE_CHARS = 120
_READ_CHARS = 1000  # of a long text the beginning is enough for one line


def notifications_json(rows: Sequence[Notification], *, user: User) -> list[dict[str, Any]]:
    """Those notifications of that user, in their order. A fixed number of queries, however many rows."""
    if not rows:
        return []
    account_id = rows[0].account_id
    conversations = conversation_events([row.conversation_id for row in rows], account_id=account_id)
    messages = message_events([row.message_id for row in rows if row.message_id], account_id=account_id)
    known = {
        pk: (display_id, assignee_id)
        for pk, display_id, assignee_id in Conversation.objects.filter(
            pk__in=[row.conversation_id for row in rows]
        ).values_list("pk", "display_id", "assignee_id")
    }
    owner = sender_json(user)
    shown = []
    for row in rows:
        rendered = conversations.get(row.conversation_id)
        if rendered is None:
            continue
        secondary = messages.get(row.message_id) if row.message_id else None
        display_id, assignee_id = known.get(row.conversation_id, (0, None))
        shown.append(
            {
                **_facts(row),
                "push_message_title": title_of(
                    row, display_id=display_id, is_theirs=assignee_id == row.user_id
                ),
                "primary_actor": msgspec.Raw(rendered),
                "secondary_actor": msgspec.Raw(secondary)
                if secondary is not None
                else (sender_json(row.actor_user) if row.actor_user else None),
                "user": owner,
                "account_id": row.account_id,
            }
        )
    return shown


def _facts(row: Notification) -> dict[str, Any]:
    return {
        "id": row.pk,
        "notification_type": kind_of(row.kind).name,
        "primary_actor_type": "Conversation",
        "primary_actor_id": row.conversation_id,
        "read_at": iso(row.read_at),
        "created_at": epoch(row.created_at),
        "last_activity_at": epoch(row.last_activity_at),
        "snoozed_until": iso(row.snoozed_until),
        "meta": row.meta,
    }


def notification_row(row: Notification) -> dict[str, Any]:
    """The bare row that PATCH, unread and snooze answer with."""
    return _facts(row) | {"account_id": row.account_id, "user_id": row.user_id}


def title_of(row: Notification, *, display_id: int, is_theirs: bool) -> str:
    """One sentence that says what happened, in the language active now. `is_theirs`: who is told has the conversation."""
    actor = row.actor_user.available_name if row.actor_user else ""
    text = excerpt(row.message) if row.message else ""
    return kind_of(row.kind).title(Bell(display_id, actor, text, is_theirs))


def excerpt(message: Message) -> str:
    """The beginning of the text in one line; of a message without text, what it carries."""
    text = message.processed_content or message.content
    if (
        message.message_type != MessageType.INCOMING
    ):  # ours are Markdown, with signs that were typed behind a backslash
        text = markdown.render_plain(text[:_READ_CHARS])
    line = " ".join(text.split())
    if not line:
        return _("a file") if message.has_attachments else ""
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1] + "…"
