"""What happens to saved filters and walls. Desks fetch theirs again: who shares one with whom may have changed."""

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


class BoardCreated(Fact, frozen=True, kw_only=True):
    """A wall of columns was made."""

    name: ClassVar[str] = "board.created"
    told = collection("board", "board_id")
    board_id: int
    user_id: int


class BoardUpdated(Fact, frozen=True, kw_only=True):
    """Its name, or whom it is shared with, is another."""

    name: ClassVar[str] = "board.updated"
    told = collection("board", "board_id")
    board_id: int
    user_id: int
    changes: dict[str, list[Any]]


class BoardDeleted(Fact, frozen=True, kw_only=True):
    """It is gone with its columns; what they showed is untouched."""

    name: ClassVar[str] = "board.deleted"
    told = collection("board", "board_id")
    board_id: int
    user_id: int


class ColumnCreated(Fact, frozen=True, kw_only=True):
    """A wall has one more column."""

    name: ClassVar[str] = "board.column_created"
    told = collection("board", "board_id")
    board_id: int
    user_id: int
    column_id: int


class ColumnUpdated(Fact, frozen=True, kw_only=True):
    """A column shows something else, or stands elsewhere."""

    name: ClassVar[str] = "board.column_updated"
    told = collection("board", "board_id")
    board_id: int
    user_id: int
    column_id: int
    changed: list[str]


class ColumnDeleted(Fact, frozen=True, kw_only=True):
    """A wall has one column less."""

    name: ClassVar[str] = "board.column_deleted"
    told = collection("board", "board_id")
    board_id: int
    user_id: int
    column_id: int
