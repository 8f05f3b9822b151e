"""What undoing a merge needs to know, kept as JSON beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import msgspec

from ventanilla.conversations.commands.held import as_moment
from ventanilla.conversations.models import Merge, Status

TIMES = frozenset({"snoozed_until", "waiting_since", "first_reply_created_at", "agent_last_seen_at"})
STATE = ("status", "close_reason", "snoozed_until")
AWAKE = (Status.OPEN, Status.PENDING, Status.SNOOZED, Status.RESOLVED)
Change = list[Any]  # [old, new]


class Mentions(msgspec.Struct):
    """Of the conversation kept: users who got one, and [user, message, time] of those that a newer one took over."""

    added: list[int] = []
    replaced: list[list[Any]] = []


class Before(msgspec.Struct):
    """Columns of both as [old, new], and what the one that continues got: ids of labels, users and messages for later.

    `marked`: the marks that messages were given, each with the ids of the messages.
    """

    target: dict[str, Change] = {}
    source: dict[str, Change] = {}
    marked: dict[str, list[int]] = {}
    labels: list[int] = []
    participants: list[int] = []
    mentions: Mentions = msgspec.field(default_factory=Mentions)
    scheduled: list[int] = []

    @classmethod
    def of(cls, merge: Merge) -> Self:
        """What is kept of that merge."""
        return msgspec.convert(merge.before, cls)

    def keep(self, merge: Merge) -> None:
        """Write it beside the merge."""
        merge.before = msgspec.to_builtins(self)
        merge.save(update_fields=["before"])


def kept(value: Any) -> Any:
    """A column's value as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


def was(name: str, value: Any) -> Any:
    """The value of the column of that name, from what is kept."""
    return as_moment(value) if name in TIMES else value
