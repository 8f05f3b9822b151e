"""Conversations as JSON: for the API (contract A.7) and for events (D.3). Rendered once per version and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from django.db import connection

from ventanilla.accounts.avatars import avatar_url
from ventanilla.contacts.said import is_told_all, told_keys
from ventanilla.conversations.models import Conversation, Priority, Status
from ventanilla.conversations.rendering import messages
from ventanilla.conversations.rendering.cache import Cache, Parts, split
from ventanilla.conversations.rendering.messages import marks
from ventanilla.conversations.rendering.people import Names, People, Slots, people_of
from ventanilla.conversations.rendering.values import epoch_of, iso_of, moment_of, object_of, raw_of, uuid_of
from ventanilla.inboxes.channels import channel_for
from ventanilla.kit import links, statements
from ventanilla.kit.clock import now
from ventanilla.kit.columns import columns_of

STATUS_NAMES = {member.value: member.label for member in Status}
PRIORITY_NAMES: dict[int | None, str | None] = {
    None: None,
    **{member.value: member.label for member in Priority},
}

_CONVERSATION = columns_of(Conversation)
_CONTACT = (
    "id name email phone_number identifier avatar blocked additional_attributes custom_attributes contact_type"
    " label_titles last_activity_at created_at is_withheld"
).split()  # fmt: skip
_IDENTITY = "source_id hmac_verified created_at updated_at said has_joined".split()
_FROM = (
    " FROM conversations_conversation c"
    " JOIN contacts_contact ct ON ct.id = c.contact_id"
    " JOIN contacts_contactinbox ci ON ci.id = c.contact_inbox_id"
)
_LAST_PUBLIC = (
    "(SELECT x.id FROM conversations_message x WHERE x.conversation_id = c.id AND x.message_type <> 2"
    " AND NOT x.private ORDER BY x.id DESC LIMIT 1)"
)
_MERGED_INTO = "(SELECT o.display_id FROM conversations_conversation o WHERE o.id = c.merged_into_id)"
_SELECT = (
    "SELECT "
    + ", ".join(
        [f"c.{name}" for name in _CONVERSATION]
        + [f"ct.{name}" for name in _CONTACT]
        + [f"ci.{name}" for name in _IDENTITY]
    )
    + f", {_MERGED_INTO}"
    + ", {last_public}"
    + _FROM
    + " WHERE c.id IN ({marks})"
)
# What decides whether a kept rendering is still true. Selectors select these for a page.
KEY_COLUMNS = "c.id, c.version, ct.version, ci.hmac_verified, c.inbox_id, c.last_incoming_at"
KEY_FROM = _FROM
_KEYS = f"SELECT {KEY_COLUMNS}{_FROM} WHERE c.id IN ({{}})"

_cache = Cache()
_encode = msgspec.json.Encoder().encode
_slots = Slots()

Columns = Mapping[str, Any]


class _Row:
    """One conversation as read: its own columns, its contact's and its identity's."""

    __slots__ = ("contact", "conversation", "identity", "last_public_id", "merged_into")

    def __init__(self, values: Sequence[Any]) -> None:
        first, second = len(_CONVERSATION), len(_CONVERSATION) + len(_CONTACT)
        self.conversation: Columns = dict(zip(_CONVERSATION, values[:first], strict=True))
        self.contact: Columns = dict(zip(_CONTACT, values[first:second], strict=True))
        self.identity: Columns = dict(zip(_IDENTITY, values[second:-2], strict=True))
        self.merged_into: int | None = values[-2]  # the number of the conversation that continues
        self.last_public_id: int | None = values[-1]


def _load(ids: Sequence[int], *, with_last_public: bool) -> list[_Row]:
    statement = _SELECT.format(
        last_public=_LAST_PUBLIC if with_last_public else "NULL", marks=marks(len(ids))
    )
    return [_Row(values) for values in statements.fetch_all(statement, ids)]


def contact_json(contact: Columns, names: Names) -> dict[str, Any]:
    """The contract's contact, from its columns."""
    return {
        "additional_attributes": raw_of(contact["additional_attributes"]),
        "availability_status": names.presence(contact["id"]),
        "email": contact["email"],
        "id": contact["id"],
        "name": contact["name"],
        "phone_number": contact["phone_number"],
        "blocked": bool(contact["blocked"]),
        "identifier": contact["identifier"],
        "thumbnail": avatar_url(contact["avatar"] or ""),
        "custom_attributes": raw_of(contact["custom_attributes"]),
        "contact_type": contact["contact_type"],
        "labels": raw_of(contact["label_titles"]),
        "last_activity_at": epoch_of(contact["last_activity_at"]),
        "created_at": epoch_of(contact["created_at"]),
    }


def _times(row: Columns) -> dict[str, Any]:
    return {
        "agent_last_seen_at": epoch_of(row["agent_last_seen_at"]),
        "assignee_last_seen_at": epoch_of(row["assignee_last_seen_at"]),
        "contact_last_seen_at": epoch_of(row["contact_last_seen_at"]),
        "created_at": epoch_of(row["created_at"]),
        "timestamp": epoch_of(row["last_activity_at"]),
        "last_activity_at": epoch_of(row["last_activity_at"]),
        "waiting_since": epoch_of(row["waiting_since"]),
        "snoozed_until": iso_of(row["snoozed_until"]),
    }


def _channel(row: Columns, people: People) -> str:
    return channel_for(people.inboxes[row["inbox_id"]].kind).contract_type


def _service_level(row: Columns) -> dict[str, Any]:
    """The contract's `applied_sla` and `sla_events`, each where there is something, and the clock that a chip shows."""
    said = object_of(row["service_level"]) or {}
    shown = {"service_level": said.get("clock")}
    if said.get("applied"):
        shown["applied_sla"] = said["applied"]
    if said.get("events"):
        shown["sla_events"] = said["events"]
    return shown


_Messages = Mapping[int, Any]


def _rest(row: _Row, found: _Messages, *, can_reply: bool, people: People) -> dict[str, Any]:
    """The API's conversation, and `version`, `close_reason`, `merged_into` beside the contract's keys."""
    columns = row.conversation
    meta: dict[str, Any] = {
        "sender": contact_json(row.contact, _slots),
        "channel": _channel(columns, people),
        "hmac_verified": bool(row.identity["hmac_verified"]),
    }
    if columns["assignee_id"] is not None:
        meta["assignee"] = _slots.agent(columns["assignee_id"])
    if columns["team_id"] is not None:
        meta["team"] = _slots.team(columns["team_id"])
    last = found.get(columns["last_message_id"] or 0)
    return {
        "meta": meta,
        "id": columns["display_id"],
        "messages": [last] if last is not None else [],
        "account_id": columns["account_id"],
        "uuid": uuid_of(columns["uuid"]),
        "additional_attributes": raw_of(columns["additional_attributes"]),
        "can_reply": can_reply,
        "custom_attributes": raw_of(columns["custom_attributes"]),
        "inbox_id": columns["inbox_id"],
        "labels": raw_of(columns["label_titles"]),
        "muted": bool(row.contact["blocked"]),
        "status": STATUS_NAMES[columns["status"]],
        "close_reason": columns["close_reason"] or None,
        "merged_into": row.merged_into,
        "first_reply_created_at": epoch_of(columns["first_reply_created_at"]),
        "unread_count": columns["unread_count"],
        "last_non_activity_message": found.get(columns["last_non_activity_message_id"] or 0),
        "priority": PRIORITY_NAMES[columns["priority"]],
        "sla_policy_id": columns["sla_policy_id"],
        "version": columns["version"],
        **_times(columns),
        **_service_level(columns),
    }


def _event(
    row: _Row, found: _Messages, *, can_reply: bool, people: People, for_contact: bool
) -> dict[str, Any]:
    """The conversation of events. The contact's own token is in none: it is as good as their session."""
    columns, identity = row.conversation, row.identity
    assignee_id, team_id = columns["assignee_id"], columns["team_id"]
    last = found.get(row.last_public_id or 0)
    shown: dict[str, Any] = {
        "additional_attributes": raw_of(columns["additional_attributes"]),
        "can_reply": can_reply,
        "channel": _channel(columns, people),
        "contact_inbox": {
            "id": columns["contact_inbox_id"],
            "contact_id": columns["contact_id"],
            "inbox_id": columns["inbox_id"],
            "source_id": identity["source_id"],
            "created_at": iso_of(identity["created_at"]),
            "updated_at": iso_of(identity["updated_at"]),
            "hmac_verified": bool(identity["hmac_verified"]),
        },
        "id": columns["display_id"],
        "inbox_id": columns["inbox_id"],
        "account_id": columns["account_id"],
        "messages": [last] if last is not None else [],
        "labels": raw_of(columns["label_titles"]),
        "meta": {
            "sender": contact_json(row.contact, _slots) | {"type": "contact"},
            "assignee": None if assignee_id is None else _slots.sender(assignee_id),
            "team": None if team_id is None else _slots.team(team_id),
            "hmac_verified": bool(identity["hmac_verified"]),
        },
        "status": STATUS_NAMES[columns["status"]],
        "custom_attributes": raw_of(columns["custom_attributes"]),
        "unread_count": columns["unread_count"],
        "first_reply_created_at": iso_of(columns["first_reply_created_at"]),
        "priority": PRIORITY_NAMES[columns["priority"]],
        "uuid": uuid_of(columns["uuid"]),
        "version": columns["version"],
        **_times(columns),
    }
    if row.merged_into is not None:
        shown["merged_into"] = row.merged_into
    if not for_contact:
        shown |= _service_level(columns)
        if columns["sla_policy_id"] is not None:
            shown["sla_policy_id"] = columns["sla_policy_id"]
    if for_contact:
        # Labels, attributes, priority and team are how the company works, not the customer's.
        shown |= {"labels": [], "custom_attributes": {}, "additional_attributes": {}, "priority": None}
        shown["unread_count"] = 0
        shown["meta"]["team"] = None
        shown["meta"]["sender"] |= _told(row)
    return shown


def _told(row: _Row) -> dict[str, Any]:
    """What the contact's own socket may hear of the contact: see contacts.said. What agents noted down is theirs."""
    contact, identity = row.contact, row.identity
    verified, joined = bool(identity["hmac_verified"]), bool(identity["has_joined"])
    all_of_it = is_told_all(hmac_verified=verified, is_withheld=bool(contact["is_withheld"]))
    told: dict[str, Any] = {
        **told_keys(contact, object_of(identity["said"]), is_told_all=all_of_it, has_joined=joined),
        "additional_attributes": {},
        "custom_attributes": {},
        "labels": [],
        "blocked": False,
    }
    if not all_of_it:
        told |= {
            "contact_type": "visitor",
            "created_at": epoch_of(identity["created_at"]),
            "last_activity_at": epoch_of(identity["updated_at"]),
        }
        if joined:
            told["thumbnail"] = ""
    return told


def _message_forms(rows: Iterable[_Row], *, form: str) -> dict[int, Any]:
    """The messages that these conversations show. One statement (and one more for contacts of other conversations)."""
    wanted: list[int] = []
    for row in rows:
        if form == "rest":
            wanted += [
                row.conversation["last_message_id"] or 0,
                row.conversation["last_non_activity_message_id"] or 0,
            ]
        else:
            wanted.append(row.last_public_id or 0)
    loaded = messages.load_by_id(message_id for message_id in wanted if message_id)
    messages.hide_all_answers(loaded)
    known = {row.contact["id"]: row.contact for row in rows}
    contacts = messages.contacts_of(loaded, known)
    build = messages.contact_event_form if form == "contact_event" else messages.event_form
    return {
        message.columns["id"]: msgspec.Raw(_encode(build(message, contacts, _slots))) for message in loaded
    }


_BUILD: dict[str, Callable[..., dict[str, Any]]] = {
    "rest": _rest,
    "event": partial(_event, for_contact=False),
    "contact_event": partial(_event, for_contact=True),
}


def render(
    keys: Sequence[Sequence[Any]], *, form: str, account_id: int, viewer_id: int | None = None
) -> dict[int, bytes]:
    """The conversations of these keys (rows of KEY_COLUMNS) by id, in their order. Two statements when some are new."""
    people = people_of(account_id)
    if any(key[4] not in people.inboxes for key in keys):  # an inbox made a moment ago
        people = people_of(account_id, anew=True)
    base, moment = links.here(), now()
    # What is read inside a transaction may be rolled back, and its version given out again: nothing is kept there.
    keeps = not connection.in_atomic_block
    found: dict[int, Parts] = {}
    missing: dict[int, Hashable] = {}
    can_reply: dict[int, bool] = {}
    for conversation_id, version, contact_version, verified, inbox_id, last_incoming_at in keys:
        inbox = people.inboxes[inbox_id]
        can_reply[conversation_id] = channel_for(inbox.kind).can_reply(
            inbox, last_incoming_at=moment_of(last_incoming_at), at=moment
        )
        key = (
            form,
            base,
            conversation_id,
            version,
            contact_version,
            bool(verified),
            can_reply[conversation_id],
        )
        parts = _cache.get(key) if keeps else None
        if parts is None:
            missing[conversation_id] = key
        else:
            found[conversation_id] = parts
    if missing:
        rows = _load(list(missing), with_last_public=form != "rest")
        shown = _message_forms(rows, form=form)
        for row in rows:
            conversation_id = row.conversation["id"]
            built = _BUILD[form](row, shown, can_reply=can_reply[conversation_id], people=people)
            parts = found[conversation_id] = split(_encode(built))
            if keeps:
                _cache.put(missing[conversation_id], parts)
    return {key[0]: people.fill(found[key[0]], viewer_id) for key in keys if key[0] in found}


def _render_ids(
    ids: Iterable[int], *, form: str, account_id: int, viewer_id: int | None = None
) -> dict[int, bytes]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    return render(keys_of_ids(wanted), form=form, account_id=account_id, viewer_id=viewer_id)


def keys_of_ids(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """The keys of these conversations, in that order; those that are gone are left out."""
    by_id = {key[0]: key for key in statements.fetch_among(_KEYS, ids)}
    return [by_id[conversation_id] for conversation_id in ids if conversation_id in by_id]


def conversations_json(
    ids: Iterable[int], *, account_id: int, viewer_id: int | None = None
) -> dict[int, bytes]:
    """The API's conversations by database id, in that order; those that are gone are left out."""
    return _render_ids(ids, form="rest", account_id=account_id, viewer_id=viewer_id)


def conversation_events(
    ids: Iterable[int], *, account_id: int, for_contact: bool = False
) -> dict[int, bytes]:
    """Conversations as events carry them; `for_contact` leaves out what is only ours."""
    return _render_ids(ids, form="contact_event" if for_contact else "event", account_id=account_id)


def forget_rendered() -> None:
    """Render everything anew."""
    _cache.clear()
