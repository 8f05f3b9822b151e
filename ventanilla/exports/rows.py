"""Which rows an export has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from ventanilla.accounts.models import Account
from ventanilla.conversations import selectors
from ventanilla.conversations.models import Conversation, Message, Status
from ventanilla.conversations.policies import Visibility
from ventanilla.exports.models import Export
from ventanilla.exports.ranges import moments_of
from ventanilla.kit.clock import zone
from ventanilla.kit.conditions import InvalidCondition

# A ticket's opening is more than one message: what the bot or the greeting says at once belongs to it.
_OPENING = timedelta(minutes=1)
_SORTS = {Export.Order.ACTIVITY: "last_activity_at_desc", Export.Order.WAITING: "waiting_since_asc"}

Conditions = Sequence[Mapping[str, Any]]


def rows_of(
    export: Export, account: Account, visibility: Visibility
) -> QuerySet[Conversation] | QuerySet[Message]:
    """Whichever the reader sees of those in its days that its conditions mean, in its order. Raises InvalidCondition."""
    since, until = moments_of(export.begins, export.ends, zone(account.timezone))
    if export.kind == Export.Kind.MESSAGES:
        found = selectors.filtered_messages(visibility, account, export.conditions)
        return found.filter(created_at__gte=since, created_at__lt=until)
    rows = selectors.filtered(
        visibility, account, export.conditions, sort_by=_SORTS[Export.Order(export.order)]
    )
    if export.date_of == Export.Of.CREATION:
        rows = rows.filter(created_at__gte=since, created_at__lt=until).filter(untouched())
    else:
        rows = rows.filter(last_activity_at__gte=since, last_activity_at__lt=until)
    if export.order == Export.Order.WAITING:
        # This order is of those that wait, as in a column (D-COL-26): another reply filter has nothing to say.
        rows = rows.filter(waiting_since__isnull=False, status=Status.OPEN)
    return rows


def untouched() -> Q:
    """Never updated since they were created: nothing was said or done beyond the opening (decision Q-7)."""
    return Q(last_activity_at__lt=F("created_at") + _OPENING, first_reply_created_at__isnull=True) & ~Q(
        status=Status.RESOLVED
    )


def check(export: Export, account: Account, visibility: Visibility) -> None:
    """Raises InvalidCondition for conditions that no one can read, or that contradict the order."""
    if export.kind == Export.Kind.TICKETS and export.order == Export.Order.WAITING:
        for place, condition in enumerate(export.conditions):
            if condition.get("attribute_key") == "reply" and condition.get("values") not in (
                ["awaited"],
                "awaited",
            ):
                raise InvalidCondition().at(place)
    rows_of(export, account, visibility)
