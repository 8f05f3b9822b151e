"""What happens to saved filters; only their owner is told."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import Fact


class CustomFilterCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.created"
    custom_filter_id: int
    user_id: int


class CustomFilterUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.updated"
    custom_filter_id: int
    user_id: int
    changes: dict[str, list[Any]]


class CustomFilterDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.deleted"
    custom_filter_id: int
    user_id: int
