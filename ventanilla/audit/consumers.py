"""When the log says so: acts of administration are written down, in sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.audit.commands import write_entries
from ventanilla.events import facts
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent


class AuditLog(Consumer):
    """Hears every fact that says of itself that it is administrative."""

    name: ClassVar[str] = "audit.entries"

    def __init__(self) -> None:
        facts.load_all()
        self.subscribes = facts.names_where(  # type: ignore[misc]  # known only when all facts are
            lambda kind: kind.administrative is not None
        )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        write_entries(events)
