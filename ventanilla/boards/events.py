"""What happens to saved filters. Desks fetch theirs again: who shares one with whom may have changed."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import Fact, collection


class CustomFilterCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.created"
    told = collection("folder", "custom_filter_id")
    custom_filter_id: int
    user_id: int


class CustomFilterUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.updated"
    told = collection("folder", "custom_filter_id")
    custom_filter_id: int
    user_id: int
    changes: dict[str, list[Any]]


class CustomFilterDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "custom_filter.deleted"
    told = collection("folder", "custom_filter_id")
    custom_filter_id: int
    user_id: int
