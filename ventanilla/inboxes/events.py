"""What happens to inboxes and their members."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import ALWAYS, About, Fact, collection


class InboxCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "inbox.created"
    administrative = About("inboxes.Inbox")
    told = collection("inbox", "inbox_id")
    inbox_id: int


class InboxUpdated(Fact, frozen=True, kw_only=True):
    """`changes` names channel settings that changed without their values: they may be secret."""

    name: ClassVar[str] = "inbox.updated"
    administrative = About("inboxes.Inbox")
    told = collection("inbox", "inbox_id")
    inbox_id: int
    changes: dict[str, list[Any]]


class InboxDeleted(Fact, frozen=True, kw_only=True):
    """Hidden everywhere from now on; its rows go in batches afterwards."""

    name: ClassVar[str] = "inbox.deleted"
    administrative = About("inboxes.Inbox")
    told = collection("inbox", "inbox_id")
    alters_permissions = ALWAYS
    inbox_id: int


class InboxMembersChanged(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "inbox.members_changed"
    administrative = About("inboxes.Inbox", noun="InboxMember")
    told = collection("inbox", "inbox_id")
    alters_permissions = ALWAYS
    inbox_id: int
    added: list[int]
    removed: list[int]
