"""A conversation's row, locked for the length of a command.

Every command works on a `Held`: it reads the row once with what the rules need of inbox, contact and account, notes
what is changed, and writes it in one statement with the version moved on. These are the hot writes of the product,
so they are explicit statements, the same on both databases, and not ORM saves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection
from django.db.models import DateTimeField, JSONField
from django.utils.translation import gettext as _

from ventanilla.accounts.models import AgentBot, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.events import (
    AssigneeChanged,
    ConversationBotHandoff,
    ConversationOpened,
    ConversationResolved,
    ConversationStatusChanged,
    ConversationUpdated,
    TeamChanged,
)
from ventanilla.conversations.models import CloseReason, Conversation, Status
from ventanilla.conversations.speaking import language_of
from ventanilla.events.log import Actor, Fact, record
from ventanilla.inboxes.channels import channel_for
from ventanilla.kit import statements
from ventanilla.kit.clock import iso, now
from ventanilla.kit.columns import columns_of, names_of_choices
from ventanilla.kit.errors import NotFound

By = User | AgentBot | Contact | None

_NOT_HELD = ("uuid", "updated_at")  # no command reads them; `save` writes the second itself
_COLUMNS = columns_of(Conversation, without=_NOT_HELD)
_TIMES = columns_of(Conversation, without=_NOT_HELD, kind=DateTimeField)
_JSON = columns_of(Conversation, kind=JSONField)
_NAMES = names_of_choices(Conversation)
_CONTAINERS = (dict, list)
_SHOWN = frozenset(_COLUMNS) - {"id"}
_BESIDE = {
    "inbox_kind": "i.kind",
    "inbox_settings": "i.channel_settings",
    "bot_id": "i.agent_bot_id",
    "greeting_enabled": "i.greeting_enabled",
    "working_hours_enabled": "i.working_hours_enabled",
    "enable_email_collect": "i.enable_email_collect",
    "contact_blocked": "ct.blocked",
    "contact_email": "ct.email",
    "contact_said": "ci.said",
    "contact_verified": "ci.hmac_verified",
    "contact_joined": "ci.has_joined",
    "locale": "a.locale",
}
_SELECT = (
    "SELECT "
    + ", ".join([f"c.{name}" for name in _COLUMNS] + list(_BESIDE.values()))
    + " FROM conversations_conversation c"
    " JOIN inboxes_inbox i ON i.id = c.inbox_id"
    " JOIN contacts_contact ct ON ct.id = c.contact_id"
    " JOIN contacts_contactinbox ci ON ci.id = c.contact_inbox_id"
    " JOIN accounts_account a ON a.id = c.account_id"
    " WHERE c.id = %s"
)
_SELECT_FOR_UPDATE = _SELECT + " FOR UPDATE OF c"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.decode


def actor_of(by: By) -> Actor:
    """Who acts, as the log keeps it."""
    if isinstance(by, User):
        return Actor("user", by.pk)
    if isinstance(by, Contact):
        return Actor("contact", by.pk)
    if isinstance(by, AgentBot):
        return Actor("agent_bot", by.pk)
    return Actor("system", None)


def name_of(by: By) -> str:
    """The name an activity line shows."""
    if isinstance(by, User):
        return by.available_name
    if by is None:
        return _("The system")
    return by.name


def as_moment(value: datetime | str | None) -> datetime | None:
    """A time as the cursor gives it (text on SQLite), aware and UTC."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_column(value: Any) -> Any:
    """A value as the database takes it."""
    if isinstance(value, datetime):
        return statements.as_moment(value)
    if isinstance(value, _CONTAINERS):
        return _encode(value).decode()
    return value


@lru_cache(maxsize=256)
def _update_statement(columns: tuple[str, ...]) -> str:
    assignments = ", ".join(f"{column} = %s" for column in columns)
    return f"UPDATE conversations_conversation SET {assignments}, version = version + 1 WHERE id = %s"


def _language(changed: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """The one key of additional_attributes that the contract tells of."""
    if "additional_attributes" not in changed:
        return {}
    pair = [value.get("conversation_language") for value in changed["additional_attributes"]]
    return {"conversation_language": pair} if pair[0] != pair[1] else {}


def _wire_value(column: str, value: Any) -> Any:
    """A value as payloads carry it: names for numbers that have one, ISO for times."""
    if isinstance(value, datetime):
        return iso(value)
    names = _NAMES.get(column)
    return value if names is None or value is None else names[value]


if TYPE_CHECKING:
    _Columns = Conversation  # what a Held says of the row, each with the type that the model gives it
else:
    _Columns = object


class Held(_Columns):
    """The locked row. Read columns as attributes; change them with `set`; `save` writes and records."""

    # What its neighbours say. Declared for readers and the type checker; filled from the statement.
    inbox_kind: str
    inbox_settings: Any  # as the database gives it: `must_leave` alone reads it
    bot_id: int | None
    greeting_enabled: bool
    working_hours_enabled: bool
    enable_email_collect: bool
    contact_blocked: bool
    contact_email: str | None
    contact_said: str | dict[str, Any]
    contact_verified: bool
    contact_joined: bool
    locale: str
    conversation: Conversation  # the instance of whoever asked `held` for it
    came_from: Held | None = (
        None  # the merged conversation that was asked for, when this one continues in its place
    )

    @property
    def visitor_locale(self) -> str:
        """What texts to the customer speak; `locale` is the team's."""
        return language_of(self.additional_attributes, account_locale=self.locale)

    def __init__(self, row: tuple[Any, ...], *, at: datetime, caused_by: int | None = None) -> None:
        self.at = at  # when the command happens: one moment for all it writes
        self.caused_by = caused_by  # the event behind this command, when a consumer gave it
        self.changes: dict[str, tuple[Any, Any]] = {}
        state = self.__dict__
        state.update(zip((*_COLUMNS, *_BESIDE), row, strict=True))
        for name in _TIMES:
            if state[name] is not None:
                state[name] = as_moment(state[name])
        for name in _JSON:
            state[name] = _decode(state[name]) if isinstance(state[name], str) else state[name]

    @property
    def has_email(self) -> bool:
        """Whether the customer's email is known, as far as they may know that themselves (contacts.said)."""
        if self.contact_email and (self.contact_verified or not self.contact_joined):
            return True
        said = self.contact_said
        return bool((_decode(said) if isinstance(said, str) else said).get("email"))

    def set(self, column: str, value: Any) -> bool:
        """Change a column; whether that was a change."""
        old = getattr(self, column)
        if old == value:
            return False
        first = self.changes.get(column, (old, None))[0]
        self.changes[column] = (first, value)
        setattr(self, column, value)
        return True

    @property
    def must_leave(self) -> bool:
        """Whether a message of ours has to be taken by a network before it is sent."""
        given = self.inbox_settings
        return channel_for(self.inbox_kind).must_leave(_decode(given) if isinstance(given, str) else given)

    def record(self, fact: Fact, *, by: By) -> int:
        """Write an event in this transaction."""
        return record(fact, actor=actor_of(by), caused_by=self.caused_by)

    def save(self, *, by: By, touch: bool = False) -> bool:  # type: ignore[override]  # it is no model
        """Write what changed (or only move the version on with `touch`), and record the events that follow from it."""
        changed = {name: pair for name, pair in self.changes.items() if pair[0] != pair[1]}
        self.changes = {}
        if not changed and not touch:
            return False
        self.version += 1
        columns = (*changed, "updated_at")
        values = [as_column(pair[1]) for pair in changed.values()]
        statements.execute(_update_statement(columns), [*values, as_column(self.at), self.id])
        self._record_changes(changed, by=by)
        return True

    def _record_changes(self, changed: dict[str, tuple[Any, Any]], *, by: By) -> None:
        watched = {
            "label_list" if name == "label_titles" else name: [_wire_value(name, value) for value in pair]
            for name, pair in changed.items()
            if name in Conversation.TOLD
        }
        watched |= _language(changed)
        if not watched:
            return
        ids: dict[str, Any] = {"account_id": self.account_id, "conversation_id": self.id}
        if "status" in changed:
            self._record_status(changed["status"], watched["status"], by=by)
        if "assignee_id" in changed:
            self.record(AssigneeChanged(**ids, changes={"assignee_id": watched["assignee_id"]}), by=by)
        if "team_id" in changed:
            self.record(TeamChanged(**ids, changes={"team_id": watched["team_id"]}), by=by)
        self.record(ConversationUpdated(**ids, changes=watched), by=by)

    def _record_status(self, change: tuple[int, int], named: list[Any], *, by: By) -> None:
        ids: dict[str, Any] = {"account_id": self.account_id, "conversation_id": self.id}
        self.record(ConversationStatusChanged(**ids, changes={"status": named}), by=by)
        old, new = change
        if new == Status.OPEN:
            if old == Status.PENDING and isinstance(by, AgentBot):
                self.record(ConversationBotHandoff(**ids), by=by)
            self.record(ConversationOpened(**ids), by=by)
        elif new == Status.RESOLVED:
            self.record(ConversationResolved(**ids), by=by)

    def show_on(self, conversation: Conversation) -> Conversation:
        """Bring the caller's instance up to date with what was written; what it left out is read when asked for."""
        for name in _SHOWN & conversation.__dict__.keys():
            setattr(conversation, name, getattr(self, name))
        conversation.updated_at = self.at
        return conversation


def close_reason_for(held: Held) -> str:
    """Why a conversation that is closed now is closed (decision Q-11): ignored when no person ever replied."""
    return CloseReason.IGNORED if held.first_reply_created_at is None else CloseReason.RESOLVED


def take(conversation_id: int, *, caused_by: int | None = None) -> Held:
    """Read and lock the row. Must be inside a transaction. Raises NotFound when the conversation is gone.

    On SQLite the transaction itself is the lock: it began with BEGIN IMMEDIATE.
    """
    statement = _SELECT_FOR_UPDATE if connection.vendor == "postgresql" else _SELECT
    row = statements.fetch_one(statement, [conversation_id])
    if row is None:
        raise NotFound
    return Held(row, at=now(), caused_by=caused_by)


@contextmanager
def held(
    conversation: Conversation, *, caused_by: int | None = None, follow_merged: bool = False
) -> Iterator[Held]:
    """One transaction around a command on one conversation; its instance shows the result afterwards.

    `follow_merged`: in place of a conversation that was merged comes the one that continues.
    """
    came_from = None
    while True:
        try:
            with statements.writing():
                row = take(conversation.pk, caused_by=caused_by)
                if follow_merged and row.merged_into_id is not None:
                    raise _GoesOn(row.merged_into_id)
                row.conversation, row.came_from = conversation, came_from
                yield row
            break
        except _GoesOn as elsewhere:  # the lock is given back: rows are locked in the order of their ids
            came_from, conversation = row, _that_goes_on(elsewhere.conversation_id)
    row.show_on(conversation)


class _GoesOn(Exception):
    """The conversation was merged into that one."""

    def __init__(self, conversation_id: int) -> None:
        super().__init__()
        self.conversation_id = conversation_id


def _that_goes_on(conversation_id: int) -> Conversation:
    neighbours = ("account", "inbox", "contact", "contact_inbox")
    found = Conversation.objects.select_related(*neighbours).filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return found
