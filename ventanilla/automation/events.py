"""What happens to macros, and to changes of many conversations."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import DESK, About, Fact, Hearers, Told, collection


class MacroCreated(Fact, frozen=True, kw_only=True):
    """A macro was made, or a deleted one brought back."""

    name: ClassVar[str] = "macro.created"
    administrative = About("automation.Macro")
    told = collection("macro", "macro_id")
    macro_id: int


class MacroUpdated(Fact, frozen=True, kw_only=True):
    """A macro was changed."""

    name: ClassVar[str] = "macro.updated"
    administrative = About("automation.Macro")
    told = collection("macro", "macro_id")
    macro_id: int
    changes: dict[str, list[Any]]


class MacroDeleted(Fact, frozen=True, kw_only=True):
    """A macro was deleted."""

    name: ClassVar[str] = "macro.deleted"
    administrative = About("automation.Macro")
    told = collection("macro", "macro_id")
    macro_id: int


class MacroRunChanged(Fact, frozen=True, kw_only=True):
    """A macro was started, a step of it was done or taken back, or all of it was. Told whoever runs it."""

    name: ClassVar[str] = "macro_run.changed"
    told = Told("macro_run", Hearers.USER, DESK, "macro_run_id")
    macro_run_id: int
    user_id: int
    state: str


class BulkMoved(Fact, frozen=True, kw_only=True):
    """A change of many began, went on, ended, or was cancelled or undone: whoever asked for it sees how far it is."""

    name: ClassVar[str] = "bulk_change.moved"
    told = Told("bulk", Hearers.USER, DESK)
    bulk_change_id: int
    user_id: int
    state: str
