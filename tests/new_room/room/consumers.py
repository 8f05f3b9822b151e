"""Greets every new label."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.accounts.models import Account
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.greetings.commands import greet
from ventanilla.labels.events import LabelCreated


class Greetings(Consumer):
    name = "greetings"
    hears = (LabelCreated,)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            account = Account.objects.get(pk=event.account_id)
            greet(account, text=f"Hello, {event.payload['title']}!")
