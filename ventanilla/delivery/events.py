"""What people do to what came in: they look at it as it came, read it once more, hand it over."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class SourceShown(Fact, frozen=True, kw_only=True):
    """Someone took a mail, or another payload, as it came. `inbox_id` is null for what came to none."""

    name: ClassVar[str] = "incoming.source_shown"
    administrative = About("delivery.Incoming", "incoming_id")
    incoming_id: int
    inbox_id: int | None


class RunAgain(Fact, frozen=True, kw_only=True):
    """Someone had it read once more; `state` is what became of it."""

    name: ClassVar[str] = "incoming.run_again"
    administrative = About("delivery.Incoming", "incoming_id")
    incoming_id: int
    inbox_id: int | None
    state: str


class Discarded(Fact, frozen=True, kw_only=True):
    """Someone decided that what lay in quarantine need not be read."""

    name: ClassVar[str] = "incoming.discarded"
    administrative = About("delivery.Incoming", "incoming_id")
    incoming_id: int
    inbox_id: int | None


class HandedOver(Fact, frozen=True, kw_only=True):
    """Someone gave an inbox a mail as a file."""

    name: ClassVar[str] = "incoming.handed_over"
    administrative = About("inboxes.Inbox", "inbox_id")
    incoming_id: int
    inbox_id: int
