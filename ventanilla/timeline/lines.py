"""Which line an event becomes. Only names and ids: the rooms that record them are strangers to this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ventanilla.timeline.models import TimelineEntry

Group = TimelineEntry.Group
# Fields of conversation.updated that people would ask about.
_TOLD_OF_CONVERSATIONS = ("label_list", "priority")
# Opened and resolved have facts of their own.
_QUIET_STATES = ("snoozed", "pending")
_LONGEST = 120
_SILENT = frozenset({"last_activity_at", "is_withheld"})


class Line(NamedTuple):
    """A line to write. The contact is named, or follows from the conversation."""

    group: TimelineEntry.Group
    name: str
    contact_id: int | None = None
    conversation_id: int | None = None
    data: Mapping[str, Any] = {}


NAMES = frozenset(
    {
        "conversation.created", "conversation.resolved", "conversation.opened", "conversation.updated",
        "conversation.status_changed", "conversation.bot_handoff", "conversation.merged", "conversation.unmerged",
        "conversation.split", "conversation.transcript_requested", "team.changed", "assignee.changed",
        "contact.created", "contact.updated", "contact.merged", "contact.unmerged",
        "contact_note.created", "contacts.imported", "sla.missed", "survey.answered", "webwidget.triggered",
    }
)  # fmt: skip


def lines_of(name: str, payload: Mapping[str, Any]) -> list[Line]:
    """What an event other than a message adds."""
    conversation, contact = payload.get("conversation_id"), payload.get("contact_id")
    match name:
        case "conversation.created" | "conversation.resolved" | "conversation.opened":
            word = {"created": "began"}.get(name.partition(".")[2], name.partition(".")[2])
            return [Line(Group.MESSAGES, word, None, conversation)]
        case "conversation.updated":
            told = {
                key: payload["changes"][key] for key in _TOLD_OF_CONVERSATIONS if key in payload["changes"]
            }
            return (
                [Line(Group.CHANGES, "changed", None, conversation, {"changes": _short(told)})]
                if told
                else []
            )
        case "conversation.status_changed":
            state = payload["changes"].get("status", [None, None])[1]
            return [Line(Group.CHANGES, state, None, conversation)] if state in _QUIET_STATES else []
        case "conversation.bot_handoff":
            return [Line(Group.CHANGES, "handoff", None, conversation)]
        case "conversation.merged" | "conversation.unmerged" | "conversation.split":
            return _of_two(name, payload)
        case "conversation.transcript_requested":
            return [Line(Group.CHANGES, "transcript", None, conversation)]
        case "assignee.changed":
            users = payload["changes"].get("assignee_id", [None, None])
            return [Line(Group.CHANGES, "assigned", None, conversation, {"users": users})]
        case "sla.missed":
            return [Line(Group.CHANGES, "sla_missed", None, conversation, {"promise": payload["promise"]})]
        case "team.changed":
            teams = payload["changes"].get("team_id", [None, None])
            return [Line(Group.CHANGES, "team", None, conversation, {"teams": teams})]
        case "contact.created":
            return [Line(Group.CHANGES, "created", contact)]
        case "contact.updated":
            told = {key: value for key, value in payload["changes"].items() if key not in _SILENT}
            return [Line(Group.CHANGES, "changed", contact, None, {"changes": _short(told)})] if told else []
        case "contact.merged" | "contact.unmerged":
            return [Line(Group.CHANGES, name.partition(".")[2], contact)]
        case "contact_note.created":
            return [Line(Group.NOTES, "note", contact, None, {"note_id": payload["note_id"]})]
        case "contacts.imported":
            ids = [*payload["created"], *payload["updated"]]
            return [Line(Group.CHANGES, "imported", pk) for pk in ids]
        case "survey.answered":
            return [Line(Group.MESSAGES, "survey", None, conversation, {"rating": payload["rating"]})]
        case "webwidget.triggered":
            page = (payload.get("event_info") or {}).get("referer") or ""
            return [Line(Group.VISITS, "visited", contact, None, {"page": str(page)[:500]})]
    return []


def _of_two(name: str, payload: Mapping[str, Any]) -> list[Line]:
    """Told once for each of both conversations, and written for the one that the messages came to or left."""
    source, target = payload["source_id"], payload["target_id"]
    mine, other = (source, target) if name == "conversation.split" else (target, source)
    if payload["conversation_id"] != mine:
        return []
    word = {"merged": "conv_merged", "unmerged": "conv_parted", "split": "conv_split"}[name.partition(".")[2]]
    return [Line(Group.CHANGES, word, None, mine, {"other": other})]


def _short(changes: Mapping[str, Any]) -> dict[str, Any]:
    """{field: [old, new]}, texts cut; of objects only what differs."""
    return {field: [_brief(old, new), _brief(new, old)] for field, (old, new) in changes.items()}


def _brief(value: Any, other: Any) -> Any:
    if isinstance(value, dict):
        beside = other if isinstance(other, dict) else {}
        return {key: _brief(one, None) for key, one in value.items() if beside.get(key) != one}
    if isinstance(value, str):
        return value[:_LONGEST]
    return value
