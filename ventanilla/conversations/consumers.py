"""When the log says so: copies of label titles, and whoever or whatever left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.accounts.events import AgentRemoved, TeamDeleted
from ventanilla.accounts.models import Membership
from ventanilla.contacts.events import ContactMerged, ContactUnmerged
from ventanilla.contacts.models import Contact
from ventanilla.conversations import selectors
from ventanilla.conversations.commands import (
    copy_label_titles,
    follow_merge,
    forget_own,
    release_team,
    release_user,
)
from ventanilla.events.consumer import Consumer
from ventanilla.events.facts import Fact
from ventanilla.events.log import LoggedEvent
from ventanilla.labels.events import LabelDeleted, LabelUpdated


class LabelCopies(Consumer):
    """Conversations keep the titles of their labels: a renamed or deleted label changes the copies."""

    name: ClassVar[str] = "conversations.label_copies"
    hears = (LabelUpdated, LabelDeleted)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            title = _old_title(event.fact)
            if title is not None:
                for conversation in selectors.with_title(event.account_id, title).iterator(chunk_size=500):
                    copy_label_titles(conversation)


def _old_title(fact: Fact) -> str | None:
    match fact:
        case LabelDeleted():
            return fact.title
        case LabelUpdated(changes={"title": [old, _new]}):
            return str(old)
    return None


class Departures(Consumer):
    """Agents who left, teams that were deleted, contacts that were merged: conversations let go of them."""

    name: ClassVar[str] = "conversations.departures"
    hears = (AgentRemoved, TeamDeleted, ContactMerged, ContactUnmerged)

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            match event.fact:
                case AgentRemoved(account_id=account_id, user_id=user_id):
                    _release_user(account_id, user_id)
                case TeamDeleted(team_id=team_id):
                    for conversation in selectors.of_team(team_id).iterator(chunk_size=500):
                        release_team(conversation, team_id=team_id)
                case ContactMerged(contact_id=contact_id, mergee_id=mergee_id):
                    _follow_merge(contact_id, mergee_id)
                case ContactUnmerged(contact_id=contact_id, mergee_id=mergee_id):
                    _follow_unmerge(contact_id, mergee_id)


def _release_user(account_id: int, user_id: int) -> None:
    # They may have been let in again meanwhile.
    if Membership.objects.filter(account_id=account_id, user_id=user_id).exists():
        return
    forget_own(account_id, user_id)
    for conversation in selectors.touched_by_user(account_id, user_id).iterator(chunk_size=500):
        release_user(conversation, user_id=user_id)


def _follow_merge(contact_id: int, mergee_id: int) -> None:
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is not None:
        for conversation in selectors.written_by(contact.account_id, mergee_id).iterator(chunk_size=500):
            follow_merge(conversation, contact=contact, mergee_id=mergee_id)


def _follow_unmerge(contact_id: int, mergee_id: int) -> None:
    """What was said in the conversations that went back is theirs again."""
    contact = Contact.objects.filter(pk=mergee_id).first()
    if contact is not None:
        rows = selectors.written_by(contact.account_id, contact_id).filter(contact=contact)
        for conversation in rows.iterator(chunk_size=500):
            follow_merge(conversation, contact=contact, mergee_id=contact_id)
