"""Letting a plan happen to conversations, one after another, with what came of it for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from ventanilla.automation.action import Action, Step
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import Refusal

BATCH = 100  # conversations read at once (contract F.14)
_RELATED = ("account", "inbox", "contact", "contact_inbox")


@dataclass(kw_only=True)
class Outcome:
    """What a plan came to for one conversation. `undo` brings back what was done, if all of it can be, newest first."""

    conversation_id: int
    display_id: int
    done: list[Action] = field(default_factory=list)
    refused: list[tuple[Action, Refusal]] = field(default_factory=list)
    undo: list[Step] = field(default_factory=list)


def check(plan: Sequence[Action], conversations: Sequence[Conversation]) -> None:
    """Refuse what cannot be done to these, before the first is touched. Raises NotAll and what the actions refuse."""
    for action in plan:
        action.check(conversations)


def until_refused(plan: Sequence[Action], conversations: Iterable[Conversation]) -> Iterator[Outcome]:
    """All steps to each conversation; a refusal ends that conversation's turn, not the others'."""
    for conversation in conversations:
        outcome = _outcome(conversation)
        for action in plan:
            if not _step(action, conversation, outcome):
                break
        yield outcome


def each_step(plan: Sequence[Action], conversations: Iterable[Conversation]) -> Iterator[Outcome]:
    """All steps to each conversation; an error in one does not stop the others (contract F.17)."""
    for conversation in conversations:
        outcome = _outcome(conversation)
        for action in plan:
            _step(action, conversation, outcome)
        yield outcome


def in_batches(rows: QuerySet[Conversation], *, after: int = 0) -> Iterator[list[Conversation]]:
    """However many rows there are, a hundred at a time in the order of their ids, each read when its turn comes.

    `after` is the last id that is done with: work that was interrupted continues there, and conversations that leave
    the question because they were changed do not make others be left out.
    """
    while batch := list(rows.filter(pk__gt=after).order_by("pk").select_related(*_RELATED)[:BATCH]):
        yield batch
        after = batch[-1].pk


def _outcome(conversation: Conversation) -> Outcome:
    return Outcome(conversation_id=conversation.pk, display_id=conversation.display_id)


def _step(action: Action, conversation: Conversation, outcome: Outcome) -> bool:
    back = action.undoing(conversation)
    try:
        action.apply(conversation)
    except Refusal as refusal:  # someone changed it a moment ago, or it would have too many labels
        outcome.refused.append((action, refusal))
        return False
    outcome.done.append(action)
    outcome.undo[:0] = back
    return True
