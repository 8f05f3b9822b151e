"""When the log says so: copies of label titles, and whoever or whatever left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ventanilla.accounts.models import Membership
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors
from ventanilla.conversations.commands import (
    copy_label_titles,
    follow_merge,
    release_team,
    release_user,
)
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent


class LabelCopies(Consumer):
    """Conversations keep the titles of their labels: a renamed or deleted label changes the copies."""

    name: ClassVar[str] = "conversations.label_copies"
    subscribes: ClassVar[frozenset[str]] = frozenset({"label.updated", "label.deleted"})

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            title = _old_title(event.payload)
            if title is not None:
                for conversation in selectors.with_title(event.account_id, title).iterator(chunk_size=500):
                    copy_label_titles(conversation)


def _old_title(payload: dict[str, Any]) -> str | None:
    if "changes" not in payload:
        return str(payload["title"])
    changed = payload["changes"].get("title")
    return str(changed[0]) if changed else None


class Departures(Consumer):
    """Agents who left, teams that were deleted, contacts that were merged: conversations let go of them."""

    name: ClassVar[str] = "conversations.departures"
    subscribes: ClassVar[frozenset[str]] = frozenset({"agent.removed", "team.deleted", "contact.merged"})

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            if event.name == "agent.removed":
                _release_user(event.account_id, event.payload["user_id"])
            elif event.name == "team.deleted":
                for conversation in selectors.of_team(event.payload["team_id"]).iterator(chunk_size=500):
                    release_team(conversation, team_id=event.payload["team_id"])
            else:
                _follow_merge(event.payload["contact_id"], event.payload["mergee_id"])


def _release_user(account_id: int, user_id: int) -> None:
    # They may have been let in again meanwhile.
    if Membership.objects.filter(account_id=account_id, user_id=user_id).exists():
        return
    for conversation in selectors.touched_by_user(account_id, user_id).iterator(chunk_size=500):
        release_user(conversation, user_id=user_id)


def _follow_merge(contact_id: int, mergee_id: int) -> None:
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is not None:
        for conversation in selectors.written_by(contact.account_id, mergee_id).iterator(chunk_size=500):
            follow_merge(conversation, contact=contact, mergee_id=mergee_id)
