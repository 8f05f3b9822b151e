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
    hears = (LabelUpdated, LabelDeleted)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            title = _old_title(event)
            if title is not None:
                refresh_label_copies(account_id=event.account_id, title=title, caused_by=event.id)


def _old_title(event: LoggedEvent) -> str | None:
    match event.fact:
        case LabelDeleted(title=title):
            return title
        case LabelUpdated(changes={"title": [old, _new]}):
            return str(old)
    return None
