"""What happens to inboxes and their members."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.log import Fact


class InboxCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "inbox.created"
    inbox_id: int


class InboxUpdated(Fact, frozen=True, kw_only=True):
    """`changes` names channel settings that changed without their values: they may be secret."""

    name: ClassVar[str] = "inbox.updated"
    inbox_id: int
    changes: dict[str, list[Any]]


class InboxDeleted(Fact, frozen=True, kw_only=True):
    """Hidden everywhere from now on; its rows go in batches afterwards."""

    name: ClassVar[str] = "inbox.deleted"
    inbox_id: int


class InboxMembersChanged(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "inbox.members_changed"
    inbox_id: int
    added: list[int]
    removed: list[int]
