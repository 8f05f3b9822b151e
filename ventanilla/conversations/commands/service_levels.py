"""What a conversation shows of its service level. The clocks are upstairs; their room keeps these columns by this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as lazy

from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.held import By, as_column, held
from ventanilla.conversations.events import ConversationClockChanged, SlaMissed, SlaWarned
from ventanilla.conversations.models import Conversation
from ventanilla.events.log import Actor, record_all
from ventanilla.kit import statements
from ventanilla.kit.clock import iso, now

lines({"sla_added": lazy("%(actor)s added the SLA policy %(policy)s")})

_SHOW = (
    "UPDATE conversations_conversation SET sla_policy_id = %s, sla_due_at = %s, service_level = %s,"
    " version = version + 1, updated_at = %s WHERE id = %s"
)
_SYSTEM = Actor("system", None)


class Shown(NamedTuple):
    """What one conversation shows: its policy, when the most pressing promise is due, and all that is said of it."""

    account_id: int
    conversation_id: int
    sla_policy_id: int | None
    due_at: datetime | None
    service_level: Mapping[str, Any]


class Told(NamedTuple):
    """A promise of which half of the time is over, or that is missed."""

    account_id: int
    conversation_id: int
    promise: str
    due_at: datetime
    is_missed: bool


def show_service_levels(shown: Sequence[Shown]) -> None:
    """Keep it on the rows, in the order of their ids. Records conversation.clock_changed for each."""
    at = as_column(now())
    ordered = sorted(shown, key=lambda one: one.conversation_id)
    for one in ordered:
        due_at = as_column(one.due_at)
        said = as_column(dict(one.service_level))
        statements.execute(_SHOW, [one.sla_policy_id, due_at, said, at, one.conversation_id])
    facts = [
        ConversationClockChanged(account_id=one.account_id, conversation_id=one.conversation_id)
        for one in ordered
    ]
    record_all(facts, actor=_SYSTEM)


def tell_of_promises(told: Sequence[Told]) -> None:
    """Records sla.warned and sla.missed, in that order."""
    facts = [
        (SlaMissed if one.is_missed else SlaWarned)(
            account_id=one.account_id,
            conversation_id=one.conversation_id,
            promise=one.promise,
            due_at=iso(one.due_at) or "",
        )
        for one in told
    ]
    record_all(facts, actor=_SYSTEM)


def set_sla_policy(
    conversation: Conversation, *, policy_id: int, name: str, by: By, caused_by: int | None = None
) -> Conversation:
    """Note the policy, with its line in the thread. Records conversation.updated when that is a change."""
    with held(conversation, caused_by=caused_by) as row:
        if row.set("sla_policy_id", policy_id):
            write_activity(row, "sla_added", by=by, policy=name)
            row.save(by=by)
    return conversation
