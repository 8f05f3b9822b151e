"""How many hits there are, and of which channel, state and agent: to narrow by."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ventanilla.conversations.models import Status
from ventanilla.search.language import Question
from ventanilla.search.operators import Reader
from ventanilla.search.selectors.messages import rows_of

MOST_COUNTED = 2_000  # of the newest; more are "2,000 and more"
_FIELDS = ("private", "inbox_id", "conversation__status", "conversation__assignee_id")
_STATES = {int(state): state.label for state in Status}


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts of messages. `capped`: the newest `MOST_COUNTED` were counted, and there are more. Agent 0 is no one."""

    messages: int = 0
    notes: int = 0
    capped: bool = False
    inboxes: dict[int, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    assignees: dict[int, int] = field(default_factory=dict)


def facets(reader: Reader, question: Question, *, loosely: bool = False) -> Facets:
    """Of what `find_messages` finds. One statement."""
    if question.is_blank:
        return Facets()
    rows = rows_of(reader, question, _FIELDS, size=MOST_COUNTED + 1, loosely=loosely)
    counted = rows[:MOST_COUNTED]
    notes = sum(1 for row in counted if row[0])
    return Facets(
        messages=len(counted) - notes,
        notes=notes,
        capped=len(rows) > MOST_COUNTED,
        inboxes=dict(Counter(row[1] for row in counted).most_common()),
        states=dict(Counter(_STATES[row[2]] for row in counted).most_common()),
        assignees=dict(Counter(row[3] or 0 for row in counted).most_common()),
    )
