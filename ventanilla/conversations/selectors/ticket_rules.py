"""What the words of a wall's columns mean: the state of a ticket, who has it, whether it waits, whether a person replied.

Each is said once, for a conversation itself and, with a path before the columns, for what belongs to one.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, Q

from ventanilla.conversations.models import CloseReason, Message, Priority, Status
from ventanilla.kit.conditions import Rule, among, present

HAS_NOTES = "has_notes"  # no column: rows at hand are told it by `noted`

_CLOSED_AS = (CloseReason.RESOLVED, CloseReason.ARCHIVED, CloseReason.NONE)


def noted() -> Exists:
    """Whether a conversation has a private note that was not deleted."""
    return Exists(
        Message.objects.filter(conversation_id=OuterRef("pk"), private=True, deleted_at__isnull=True)
    )


def states() -> Mapping[str, Rule]:
    """Open is whatever is not closed; ignored, closed before any person replied (decision Q-11)."""
    resolved = among("status", [Status.RESOLVED])
    return {
        "open": ~resolved,
        "ignored": resolved & among("close_reason", [CloseReason.IGNORED]),
        "closed": resolved & among("close_reason", _CLOSED_AS),
    }


def with_a_bot(path: str = "") -> Rule:
    """A bot has it: pending in a channel that has one, and no person's."""
    pending = among(f"{path}status", [Status.PENDING])
    return pending & present(f"{path}inbox__agent_bot_id") & ~present(f"{path}assignee_id")


def whose(path: str = "") -> Mapping[str, Rule]:
    """Who has it, by kind."""
    human, bot = present(f"{path}assignee_id"), with_a_bot(path)
    return {"nobody": ~human & ~bot, "anyone": human | bot, "human": human, "bot": bot}


def replies(path: str = "") -> Mapping[str, Rule]:
    """Whether the customer waits for a person: bots answer, and the wait goes on."""
    waits = present(f"{path}waiting_since")
    return {"awaited": waits, "given": ~waits}


def addressed() -> Mapping[str, Rule]:
    """Whether a person replied, ever (decision Q-4)."""
    replied = present("first_reply_created_at")
    return {"yes": replied, "no": ~replied}


def important() -> Mapping[str, Rule]:
    """Marked as such, by a high priority or the highest."""
    marked = among("priority", [Priority.HIGH, Priority.URGENT])
    return {"yes": marked, "no": ~marked}


def comments() -> Mapping[str, Rule]:
    """With private notes, or without."""
    some = Rule(Q(noted()), lambda row: bool(row[HAS_NOTES]))
    return {"with": some, "without": ~some}


def extra_information() -> Mapping[str, Rule]:
    """With any attribute of the company's own, or with none."""
    none = Rule(Q(custom_attributes={}), lambda row: not row["custom_attributes"])
    return {"with": ~none, "without": none}
