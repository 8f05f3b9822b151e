"""When the log says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.contacts.commands.labels import retitle_label_copies
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.labels.events import LabelDeleted, LabelUpdated


class LabelCopies(Consumer):
    """Contacts keep the titles of their labels: a renamed or deleted label changes the copies."""

    name: ClassVar[str] = "contacts.label_copies"
    subscribes: ClassVar[frozenset[str]] = frozenset({LabelUpdated.name, LabelDeleted.name})

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            if event.name == LabelDeleted.name:
                deleted = event.as_fact(LabelDeleted)
                retitle_label_copies(account_id=deleted.account_id, old=deleted.title, new=None)
                continue
            updated = event.as_fact(LabelUpdated)
            if "title" in updated.changes:
                old, new = updated.changes["title"]
                retitle_label_copies(account_id=updated.account_id, old=old, new=new)
