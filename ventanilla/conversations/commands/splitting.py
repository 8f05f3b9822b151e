"""One conversation becomes two, from a message on; and one again when that was a mistake.

What was said from the message on (also notes, automatic texts, deleted messages) goes to a new conversation with the same
customer in the same inbox, with its ids, times, senders and files. What becomes of the rest:

- Activity lines and the question how the customer was served stay: they tell of the conversation as it was.
- The new one begins with agent, team, priority, labels, followers, attributes, subject and state of the old one. Mentions go
  with the note that makes them; drafts and messages for later stay.
- Since when the customer waits, and when they first got an answer, is read anew from what each of both has.
- Reports count a conversation that began when its first message was written; the index and notifications follow the log.
- By mail an answer goes where the mail is that it answers, whichever half was written to (`Split` remembers both).

Undoing puts the new one into the old one as a merge does, with all that was written there since; so that can be undone, too.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import F, Min
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.following import follow
from ventanilla.conversations.commands.held import Held, actor_of, take
from ventanilla.conversations.commands.labels import copy_titles
from ventanilla.conversations.commands.merging import both_held
from ventanilla.conversations.commands.merging.joining import join
from ventanilla.conversations.commands.merging.rows import Pair, count_anew, said
from ventanilla.conversations.commands.opening import next_display_id
from ventanilla.conversations.errors import AlreadyMerged, NotSplit, SplitsNothing, TargetIsMerged
from ventanilla.conversations.events import ConversationCreated, ConversationOpened, ConversationSplit
from ventanilla.conversations.models import (
    Conversation,
    ConversationLabel,
    Mention,
    Message,
    MessageType,
    Participant,
    SenderType,
    Split,
    Status,
)
from ventanilla.events.log import record
from ventanilla.inboxes.marks import WRITTEN_IN
from ventanilla.kit import statements

lines(
    {
        "split_away": lazy("%(actor)s split this conversation: what follows is in #%(number)s"),
        "split_in": lazy("%(actor)s split this conversation from #%(number)s"),
        "unsplit_in": lazy("%(actor)s undid the split: the messages of #%(number)s are here again"),
        "unsplit_away": lazy("%(actor)s undid the split: the messages are in #%(number)s again"),
    }
)
_OURS = (MessageType.OUTGOING, MessageType.TEMPLATE)
_LIKE_BEFORE = (
    "account_id", "inbox_id", "contact_id", "contact_inbox_id", "status", "close_reason", "snoozed_until", "priority",
    "assignee_id", "team_id", "additional_attributes", "custom_attributes", "agent_last_seen_at", "assignee_last_seen_at",
    "contact_last_seen_at",
)  # fmt: skip


def split_conversation(conversation: Conversation, *, at: Message, by: User) -> Conversation:
    """Put the message and what follows it into a new conversation, which comes back.

    Raises AlreadyMerged, SplitsNothing, NotFound. Records conversation.created (and opened), conversation.split for both,
    and what their rows' changes record.
    """
    with statements.writing():
        old = take(conversation.pk)
        moved = _moved(old, at)
        new = _begin(old, since=moved.aggregate(first=Min("created_at"))["first"], by=by)
        ids = list(moved.order_by("pk").values_list("pk", flat=True))
        _keep_ids_stable(ids, written_in=str(conversation.uuid))
        Message.objects.filter(pk__in=ids).update(conversation_id=new.id, version=F("version") + 1)
        _take_beside(old, new, by=by)
        Split.objects.create(
            account_id=old.account_id, source_id=old.id, made_id=new.id, user=by, created_at=old.at
        )
        for row, kind, other in ((old, "split_away", new), (new, "split_in", old)):
            _read_anew(row)
            write_activity(row, kind, by=by, number=other.display_id)
            row.save(by=by)
            _record(row, old, new, by=by)
    old.show_on(conversation)
    return Conversation.objects.get(pk=new.id)


def unsplit_conversation(made: Conversation, *, by: User) -> Conversation:
    """Put what was split off, and what was written there since, back; the old one comes back.

    Raises NotSplit, AlreadyMerged, TargetIsMerged, NotFound. Records conversation.merged for both.
    """
    split = Split.objects.filter(made=made).select_related("source").first()
    if split is None:
        raise NotSplit
    with both_held(made, split.source) as (new, old):
        if new.merged_into_id is not None:
            raise AlreadyMerged
        if old.merged_into_id is not None:
            raise TargetIsMerged
        join(Pair(new, old, by), lines=("unsplit_in", "unsplit_away"))
    return old.show_on(split.source)


def _moved(old: Held, at: Message) -> Any:
    """What goes. Raises AlreadyMerged, and SplitsNothing where nothing would stay or go."""
    if old.merged_into_id is not None:
        raise AlreadyMerged
    here = said(old)
    if not here.filter(pk=at.pk).exists() or not here.filter(pk__lt=at.pk).exists():
        raise SplitsNothing
    return here.filter(pk__gte=at.pk)


def _begin(old: Held, *, since: datetime, by: User) -> Held:
    made = Conversation.objects.create(
        display_id=next_display_id(old.account_id),
        uuid=uuid.uuid4(),
        last_activity_at=since,
        created_at=since,
        **{name: getattr(old, name) for name in _LIKE_BEFORE},
    )
    ids = {"account_id": made.account_id, "conversation_id": made.pk}
    began = Status(made.status).label
    record(ConversationCreated(**ids, inbox_id=made.inbox_id, status=began), actor=actor_of(by))
    if made.status == Status.OPEN:
        record(ConversationOpened(**ids), actor=actor_of(by))
    return take(made.pk)


def _keep_ids_stable(ids: list[int], *, written_in: str) -> None:
    """What may have left keeps the id it left with; only once it is known to have is the id in a column."""
    waiting = Message.objects.filter(pk__in=ids, message_type__in=_OURS, private=False, source_id=None)
    for message in waiting:
        message.additional_attributes = {WRITTEN_IN: written_in, **message.additional_attributes}
        message.save(update_fields=["additional_attributes"])


def _take_beside(old: Held, new: Held, *, by: User) -> None:
    labels = ConversationLabel.objects.filter(conversation_id=old.id).values_list("label_id", flat=True)
    ConversationLabel.objects.bulk_create(
        ConversationLabel(conversation_id=new.id, label_id=label_id) for label_id in labels
    )
    copy_titles(new)
    followers = Participant.objects.filter(conversation_id=old.id).order_by("pk")
    follow(new, list(followers.values_list("user_id", flat=True)), by=by)
    Mention.objects.filter(conversation_id=old.id, message__conversation_id=new.id).update(
        conversation_id=new.id
    )


def _read_anew(row: Held) -> None:
    """The columns that follow from which messages are here."""
    count_anew(row)
    here = Message.objects.filter(conversation_id=row.id, private=False)
    answers = here.filter(message_type=MessageType.OUTGOING, sender_type=SenderType.USER)
    asked = here.filter(message_type=MessageType.INCOMING)
    row.set("first_reply_created_at", answers.aggregate(first=Min("created_at"))["first"])
    if row.waiting_since is None and row.status == Status.RESOLVED:
        return  # no one waits in what is done
    if (last := answers.order_by("-pk").values_list("pk", flat=True).first()) is not None:
        asked = asked.filter(pk__gt=last)
    row.set("waiting_since", asked.aggregate(first=Min("created_at"))["first"])


def _record(row: Held, old: Held, new: Held, *, by: User) -> None:
    row.record(
        ConversationSplit(
            account_id=row.account_id, conversation_id=row.id, source_id=old.id, target_id=new.id
        ),
        by=by,
    )
