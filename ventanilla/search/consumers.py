"""What the log says has been written, changed or deleted since. Asked for in sets; the index moves with the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ventanilla.conversations.events import (
    ConversationDeleted,
    ConversationMerged,
    ConversationSplit,
    ConversationUnmerged,
    MessageCreated,
    MessageUpdated,
)
from ventanilla.events.consumer import Consumer
from ventanilla.events.log import LoggedEvent
from ventanilla.search.commands import forget, renew
from ventanilla.search.documents import contacts, messages, table_of
from ventanilla.search.engines import engine
from ventanilla.search.expressions import Expression, Phrase, any_of
from ventanilla.search.models import CONSUMER

# Of what changes in a message, what its words follow: deliveries are many, and say nothing new.
_WORDS = frozenset({"deleted", "content", "content_attributes", "attachments"})


class Index(Consumer):
    """Enters words, and forgets them."""

    name: ClassVar[str] = CONSUMER
    hears = (
        MessageCreated,
        MessageUpdated,
        ConversationMerged,
        ConversationSplit,
        ConversationUnmerged,
        ConversationDeleted,
        *contacts.HEARS,
    )

    def handle(self, events: Sequence[LoggedEvent]) -> None:
        said: set[int] = set()
        known: set[int] = set()
        moved: set[int] = set()
        deleted: set[int] = set()
        for event in events:
            match event.fact:
                case MessageCreated(message_id=pk, message_type=kind):
                    if kind in messages.SPOKEN:
                        said.add(pk)
                case MessageUpdated(message_id=pk, changes=changes):
                    if not _WORDS.isdisjoint(changes):
                        said.add(pk)
                case ConversationMerged(source_id=source, target_id=target):
                    moved |= {source, target}
                case ConversationUnmerged(source_id=source, target_id=target):
                    moved |= {source, target}
                case ConversationSplit(source_id=source, target_id=target):
                    moved |= {source, target}
                case ConversationDeleted(conversation_id=pk):
                    deleted.add(pk)
                case fact:
                    known.update(contacts.ids_in(fact))
        if moved:
            said.update(messages.ids_in(moved))
        renew(messages.DOCUMENT, said)
        renew(contacts.DOCUMENT, known)
        if deleted:
            _forget_those_in(deleted)


def _forget_those_in(conversation_ids: set[int]) -> None:
    marks: list[Expression] = [Phrase((messages.of_conversation(pk),)) for pk in sorted(conversation_ids)]
    forget(messages.DOCUMENT, engine().found(table_of(messages.DOCUMENT), any_of(marks)))
