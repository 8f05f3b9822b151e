"""When the log says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.events import AccountUpdated
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.inboxes.events import InboxUpdated
from ventanilla.service_levels import commands

_HOURS = frozenset({"business_hours", "working_hours", "working_hours_enabled", "timezone"})


class Clocks(Consumer):
    """The clock of each conversation follows what happens in it."""

    name: ClassVar[str] = commands.CLOCKS
    hears = commands.HEARD

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        commands.follow_log(events)


class Hours(Consumer):
    """Business hours changed: clocks that run by them are reckoned anew."""

    name: ClassVar[str] = "service_levels.hours"
    hears = (InboxUpdated, AccountUpdated)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        inboxes, accounts = set(), set()
        for event in events:
            fact = event.fact
            if isinstance(fact, InboxUpdated) and _HOURS & set(fact.changes):
                inboxes.add(fact.inbox_id)
            elif isinstance(fact, AccountUpdated) and _HOURS & set(fact.changes):
                accounts.add(fact.account_id)
        if inboxes:
            commands.reckon_inboxes(inboxes)
        if accounts:
            commands.reckon_accounts(accounts)
