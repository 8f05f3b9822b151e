"""What happens to limits, told to the account that looks after the installation."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class LimitChanged(Fact, frozen=True, kw_only=True):
    """The owner's number is another; null is the operator's."""

    name: ClassVar[str] = "limit.changed"
    administrative = About("limits.LimitValue")
    limit: str
    changes: dict[str, list[int | None]]
