"""When the log says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.contacts.commands.labels import refresh_label_copies
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.labels.events import LabelDeleted, LabelUpdated


class LabelCopies(Consumer):
    """Contacts keep the titles of their labels: a renamed or deleted label changes the copies."""

    name: ClassVar[str] = "contacts.label_copies"
    subscribes: ClassVar[frozenset[str]] = frozenset({LabelUpdated.name, LabelDeleted.name})

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            title = _old_title(event)
            if title is not None:
                refresh_label_copies(account_id=event.account_id, title=title, caused_by=event.id)


def _old_title(event: LoggedEvent) -> str | None:
    if event.name == LabelDeleted.name:
        return event.as_fact(LabelDeleted).title
    changed = event.as_fact(LabelUpdated).changes.get("title")
    return str(changed[0]) if changed else None
