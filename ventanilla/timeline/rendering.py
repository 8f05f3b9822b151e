"""Lines as the desk shows them: who, what, and the words themselves, asked for in sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ventanilla.accounts.models import AgentBot, Team, User
from ventanilla.contacts.models import ContactNote
from ventanilla.conversations.models import Conversation, Message, MessageType
from ventanilla.inboxes.rendering import contract_type
from ventanilla.kit import markdown
from ventanilla.kit.clock import epoch
from ventanilla.timeline.models import TimelineEntry

_PREVIEW_CHARS = 240
_READ_CHARS = 2_000  # of a message, to make the preview of
_BY_PEOPLE = frozenset({"user", "contact"})


def entries_json(rows: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """Six statements at most, however many lines."""
    users, bots = _names(User, "user", rows, _later(rows, "users")), _names(AgentBot, "agent_bot", rows)
    teams = _names(Team, "team", rows, _later(rows, "teams"))
    others = _numbers(rows)
    said = _said(rows)
    notes = dict(ContactNote.objects.filter(pk__in=_ids(rows, "note_id")).values_list("pk", "content"))
    shown = []
    for row in rows:
        data = row.data
        text = (
            said.get(data.get("last") or data.get("message_id", 0)) or notes.get(data.get("note_id", 0)) or ""
        )
        conversation = row.conversation
        shown.append(
            {
                "id": row.pk,
                "at": epoch(row.happened_at),
                "group": row.group,
                "name": row.name,
                "actor": (users if row.actor_kind == "user" else bots).get(row.actor_id or 0, ""),
                "actor_kind": row.actor_kind,
                "is_automatic": row.group == TimelineEntry.Group.CHANGES and row.actor_kind not in _BY_PEOPLE,
                "text": text[:_PREVIEW_CHARS],
                "data": {
                    **{key: data[key] for key in ("in", "out", "changes", "rating", "page") if key in data},
                    **_whose(data, users, teams),
                    **({"number": others[data["other"]]} if data.get("other") in others else {}),
                },
                "conversation_id": conversation.display_id if conversation else None,
                "channel": contract_type(conversation.inbox.kind) if conversation else "",
                "channel_name": conversation.inbox.name if conversation else "",
            }
        )
    return shown


def _later(rows: Iterable[TimelineEntry], key: str) -> set[int]:
    """The ids that a change of assignment led to."""
    return {row.data[key][1] for row in rows if row.data.get(key) and row.data[key][1]}


def _whose(data: Mapping[str, Any], users: Mapping[int, str], teams: Mapping[int, str]) -> dict[str, str]:
    """Who has it after a change of agent or team: a name, or "" for no one and for those who are gone."""
    for key, names in (("users", users), ("teams", teams)):
        if data.get(key):
            return {"to": names.get(data[key][1] or 0, "")}
    return {}


def _numbers(rows: Iterable[TimelineEntry]) -> dict[int, int]:
    """The number of each other conversation that is named."""
    ids = {row.data["other"] for row in rows if row.data.get("other")}
    return dict(Conversation.objects.filter(pk__in=ids).values_list("pk", "display_id")) if ids else {}


def _names(
    model: Any, kind: str, rows: Iterable[TimelineEntry], also: Collection[int] = ()
) -> dict[int, str]:
    ids = {row.actor_id for row in rows if row.actor_kind == kind and row.actor_id} | set(also)
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _said(rows: Iterable[TimelineEntry]) -> dict[int, str]:
    """The words of messages. What we wrote is Markdown: without marks, and a colleague as they are called."""
    found = Message.objects.filter(pk__in=_ids(rows, "last", "message_id"), deleted_at__isnull=True)
    return {
        pk: text if kind == MessageType.INCOMING else markdown.render_plain(text[:_READ_CHARS])
        for pk, text, kind in found.values_list("pk", "content", "message_type")
    }


def _ids(rows: Iterable[TimelineEntry], *keys: str) -> set[int]:
    return {row.data[key] for row in rows for key in keys if row.data.get(key)}
