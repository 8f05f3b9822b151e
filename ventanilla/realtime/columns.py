"""Which columns of the walls that are open here a changed conversation is in now, said once for all of them (ADR 22).

Each distinct filter of an account is asked once for a change, however many walls have it, of one read of the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog

from ventanilla.accounts.models import Account, User
from ventanilla.boards.columns import LiveRule, rules_for, shown_by
from ventanilla.boards.walls import columns_among
from ventanilla.conversations.selectors import messages_at_hand, rows_at_hand
from ventanilla.events.facts import Hearers
from ventanilla.events.log import LoggedEvent
from ventanilla.kit.conditions import Row
from ventanilla.kit.faults import OncePerMinute
from ventanilla.realtime.stream import MATCHED, MATCHED_ABOUT, Rendered, live_event

log = structlog.get_logger("realtime")

Watched = Mapping[str, LiveRule]  # by the key of the filter

MOST_WATCHED = 100  # columns of one desk
_said = OncePerMinute(seconds=3_600)  # the same rule meets the same kind of row again and again


def watched_by(account_id: int, user_id: int, column_ids: Collection[int]) -> Watched:
    """The filters of these columns, as far as the user may see them."""
    account, user = Account.objects.get(pk=account_id), User.objects.get(pk=user_id)
    columns = columns_among(account, user=user, column_ids=column_ids)
    return rules_for(account, [shown_by(one) for one in columns])


def match(
    events: Sequence[LoggedEvent], rendered: Sequence[Rendered], watched: Mapping[int, Watched]
) -> None:
    """Say with each event what its conversation, and its message, is in now. Rows are read together for all of them."""
    last: dict[int, Rendered] = {}  # of several events about a conversation the last one says it
    told: defaultdict[int, list[int]] = defaultdict(list)
    by_id = {event.id: event for event in events}
    for item in rendered:
        if item.live is None or item.audience is not Hearers.MEMBERS or item.account_id not in watched:
            continue
        payload = by_id[item.event_id].payload
        conversation_id, message_id = payload.get("conversation_id"), payload.get("message_id")
        if conversation_id is not None:
            last[conversation_id] = item
            if message_id is not None:
                told[conversation_id].append(message_id)
    if not last:
        return
    rows = rows_at_hand(last)
    has_messages = any(one.is_of_messages for filters in watched.values() for one in filters.values())
    message_ids = [pk for some in told.values() for pk in some] if has_messages else []
    messages = messages_at_hand(message_ids) if message_ids else {}
    for conversation_id, item in last.items():
        row, filters = rows.get(conversation_id), watched[item.account_id]
        if row is None:
            continue
        said: dict[str, Any] = {
            "id": row["display_id"],
            # What was merged into another stands in no column.
            "columns": [] if row["merged_into_id"] else _matching(filters, row, of_messages=False),
        }
        said["messages"] = {
            str(pk): _matching(filters, messages[pk], of_messages=True) if pk in messages else []
            for pk in told.get(conversation_id, ())
            if has_messages
        }
        item.matched = live_event(MATCHED, MATCHED_ABOUT, said)


def _matching(filters: Watched, row: Row, *, of_messages: bool) -> list[str]:
    return [
        key for key, one in filters.items() if one.is_of_messages is of_messages and _holds(key, one, row)
    ]


def _holds(key: str, one: LiveRule, row: Row) -> bool:
    """People write these rules: one that breaks on odd data must not stop what everyone else hears."""
    try:
        return one.rule.holds(row)
    except Exception:
        quiet = _said.count(key)
        if quiet is not None:
            log.exception("realtime.column_failed", column=key, row=row["pk"], quiet=quiet)
        return False
