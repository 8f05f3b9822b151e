"""Two conversations that are one matter become one, and two again when that was a mistake.

Merging B (`source`) into A (`target`), both of one inbox. Outside of mail both are with one address of one customer: an
answer in A would else reach somebody else, or a session read what another wrote. By mail B may be with another address
or another contact. What becomes of everything B has:

- What was said (also private notes, automatic texts, deleted messages) goes to A with its ids, times, senders and files,
  so it stands there in the order in which it was written. Of another contact: what they wrote is flagged `stranger` and
  `not_shared`, what was sent to them says to whom (`to_emails`), so that A's customer is neither shown nor quoted it.
- Activity lines stay: they tell what happened to B. So does the question how the customer was served, with its answers:
  it is about B, its page goes on working, and A asks for itself.
- Labels: A has those of both. Participants, and B's agent: follow A as well. Mentions: A has the newer of both.
- State: A takes B's when that is more awake (open, pending, snoozed, resolved); a conversation of nobody takes B's agent,
  one of no team B's team. Priority, attributes and subject stay A's. The customer waits since the earlier of both.
  Seen: A is marked unseen from the first message on that was unseen in B.
- Drafts: of the same customer they go to A, under what stands there; one for another contact stays with B.
- Messages for later go to A, said to whom; for another contact the merge is refused.
- Notifications follow in their own room, when the log says so.

B is resolved with the reason "merged" and points to A; what is written to it later, whichever way it is found, is written
to A (commands.messages). Conversations that went into B before point to A then, so a pointer never leads to a pointer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.following import follow
from ventanilla.conversations.commands.held import Held, as_moment, take
from ventanilla.conversations.commands.labels import copy_titles
from ventanilla.conversations.commands.seen import unread_since
from ventanilla.conversations.errors import (
    AlreadyMerged,
    MergedFurther,
    MergedIntoItself,
    MergedMessagesDeleted,
    NotMerged,
    OtherCustomer,
    OtherInbox,
    TargetIsMerged,
    WaitsToBeSent,
)
from ventanilla.conversations.events import (
    ConversationMerged,
    ConversationUnmerged,
    DraftSaved,
    ParticipantsChanged,
    ScheduledMessageChanged,
)
from ventanilla.conversations.models import (
    CloseReason,
    Conversation,
    ConversationLabel,
    Draft,
    Mention,
    Merge,
    MergedMessage,
    Message,
    MessageType,
    Participant,
    ScheduledMessage,
    SenderType,
    Status,
)
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import statements
from ventanilla.kit.errors import NotFound

lines(
    {
        "merged_in": lazy("%(actor)s merged conversation #%(number)s into this one"),
        "merged_away": lazy("%(actor)s merged this conversation into #%(number)s"),
        "unmerged_in": lazy("%(actor)s undid the merge: conversation #%(number)s has its messages back"),
        "unmerged_away": lazy("%(actor)s undid the merge into #%(number)s"),
    }
)

_AWAKE = (Status.OPEN, Status.PENDING, Status.SNOOZED, Status.RESOLVED)
_TIMES = frozenset({"snoozed_until", "waiting_since", "first_reply_created_at", "agent_last_seen_at"})
_STATE = ("status", "close_reason", "snoozed_until")
_OURS = (MessageType.OUTGOING, MessageType.TEMPLATE)
# In a message's content attributes: A's customer does not get to see it, though it stands in their thread.
NOT_SHARED = "not_shared"
# In the additional attributes of a message that had not left: the conversation whose thread it belongs to. Every try
# to send it must have one Message-ID.
WRITTEN_IN = "written_in"


def merge_conversations(source: Conversation, *, into: Conversation, by: User) -> Conversation:
    """Put `source` into the other one, which comes back. The caller made sure that the user may write in both.

    Raises MergedIntoItself, OtherInbox, OtherCustomer, AlreadyMerged, TargetIsMerged, WaitsToBeSent, NotFound.
    Records conversation.merged for both, and what their rows' changes record.
    """
    if source.pk == into.pk:
        raise MergedIntoItself
    with _both(source, into) as (gone, stays):
        _check(gone, stays)
        _Merging(gone, stays, by=by).run()
    gone.show_on(source)
    return stays.show_on(into)


def unmerge_conversation(source: Conversation, *, by: User) -> Conversation:
    """Give a merged conversation its messages back, and both their state of before as far as nothing changed since.

    What was written after the merge stays where it is; drafts stay with the other as well.
    Raises NotMerged, MergedFurther, MergedMessagesDeleted, NotFound. Records conversation.unmerged for both.
    """
    merge = Merge.objects.filter(source=source).select_related("target").first()
    if merge is None:
        raise NotMerged
    with _both(source, merge.target) as (back, stays):
        current = Merge.objects.filter(pk=merge.pk).first()
        if current is None or back.merged_into_id is None:
            raise NotMerged
        _Unmerging(current, back, stays, by=by).run()
    return back.show_on(source)


@contextmanager
def _both(source: Conversation, target: Conversation) -> Iterator[tuple[Held, Held]]:
    """One transaction with both rows locked, and with those that went into either. Always in the order of their ids."""
    with statements.writing():
        wanted = [source.pk, target.pk]
        list(
            Conversation.objects.select_for_update()
            .filter(Q(pk__in=wanted) | Q(merged_into__in=wanted))
            .order_by("pk")
            .values_list("pk")
        )
        rows = {pk: take(pk) for pk in sorted(wanted)}
        yield rows[source.pk], rows[target.pk]


def _check(gone: Held, stays: Held) -> None:
    if gone.account_id != stays.account_id:
        raise NotFound
    if gone.inbox_id != stays.inbox_id:
        raise OtherInbox
    if gone.merged_into_id is not None:
        raise AlreadyMerged
    if stays.merged_into_id is not None:
        raise TargetIsMerged
    if gone.contact_inbox_id != stays.contact_inbox_id and not capabilities_of(gone.inbox_kind).email_headers:
        raise OtherCustomer
    if (
        gone.contact_id != stays.contact_id
        and ScheduledMessage.objects.filter(conversation_id=gone.id).exists()
    ):
        raise WaitsToBeSent


def _said(row: Held) -> QuerySet[Message]:
    """What goes along with a merge."""
    return (
        Message.objects.filter(conversation_id=row.id)
        .exclude(message_type=MessageType.ACTIVITY)
        .exclude(content_type="input_csat")
    )


def _count_anew(row: Held) -> None:
    """The copied columns that follow from which messages are here."""
    here = Message.objects.filter(conversation_id=row.id)
    found = here.aggregate(
        last=Max("pk"),
        spoken=Max("pk", filter=~Q(message_type=MessageType.ACTIVITY)),
        incoming=Max("created_at", filter=Q(message_type=MessageType.INCOMING)),
    )
    row.set("last_message_id", found["last"])
    row.set("last_non_activity_message_id", found["spoken"])
    row.set("last_incoming_at", found["incoming"])
    row.set("unread_count", unread_since(row.id, row.agent_last_seen_at))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _was(name: str, value: Any) -> Any:
    return as_moment(value) if name in _TIMES else value


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


class _Merging:
    """One merge on its way. `before` collects what undoing it needs."""

    def __init__(self, gone: Held, stays: Held, *, by: User) -> None:
        self.gone, self.stays, self.by = gone, stays, by
        self.other_contact = gone.contact_id != stays.contact_id
        self.before: dict[str, Any] = {}
        self.address = ""
        if gone.contact_inbox_id != stays.contact_inbox_id:
            self.address = (
                Conversation.objects.filter(pk=gone.id)
                .values_list("contact_inbox__source_id", flat=True)
                .get()
            )

    def run(self) -> None:
        self._change_target()
        merge = self._move_messages()
        self._take_along()
        self._close_source()
        merge.before = self.before
        merge.save(update_fields=["before"])
        for row, kind, other in (
            (self.stays, "merged_in", self.gone),
            (self.gone, "merged_away", self.stays),
        ):
            write_activity(row, kind, by=self.by, number=other.display_id)
            row.save(by=self.by)
            row.record(
                ConversationMerged(
                    account_id=row.account_id,
                    conversation_id=row.id,
                    source_id=self.gone.id,
                    target_id=self.stays.id,
                ),
                by=self.by,
            )

    def _change_target(self) -> None:
        """State, agent, team and clocks of the conversation that goes on."""
        gone, stays = self.gone, self.stays
        wished: dict[str, Any] = {
            "waiting_since": _earlier(stays.waiting_since, gone.waiting_since)
            if gone.waiting_since is not None and gone.status != Status.RESOLVED
            else stays.waiting_since,
            "first_reply_created_at": _earlier(stays.first_reply_created_at, gone.first_reply_created_at),
            "agent_last_seen_at": self._seen(),
            "assignee_id": stays.assignee_id or gone.assignee_id,
            "team_id": stays.team_id or gone.team_id,
        }
        if _AWAKE.index(Status(gone.status)) < _AWAKE.index(Status(stays.status)):
            wished |= {name: getattr(gone, name) for name in _STATE}
        changed = {}
        for name, value in wished.items():
            old = getattr(stays, name)
            if stays.set(name, value):
                changed[name] = [_kept(old), _kept(value)]
        stays.set("last_activity_at", max(stays.last_activity_at, gone.last_activity_at))
        self.before["target"] = changed

    def _seen(self) -> datetime | None:
        """The mark of what was seen, moved back to before the first message that nobody saw in the other."""
        seen = self.stays.agent_last_seen_at
        if seen is None or self.gone.unread_count == 0:
            return seen
        unseen = Message.objects.filter(conversation_id=self.gone.id, message_type=MessageType.INCOMING)
        if self.gone.agent_last_seen_at is not None:
            unseen = unseen.filter(created_at__gt=self.gone.agent_last_seen_at)
        first = unseen.aggregate(first=Min("created_at"))["first"]
        return seen if first is None else min(seen, first - timedelta(seconds=1))

    # What was said.

    def _move_messages(self) -> Merge:
        gone, stays = self.gone, self.stays
        merge = Merge.objects.create(
            account_id=gone.account_id,
            source_id=gone.id,
            target_id=stays.id,
            user=self.by,
            created_at=gone.at,
        )
        self._mark()
        same_key = Message.objects.filter(
            conversation_id=stays.id,
            sender_type=OuterRef("sender_type"),
            sender_id=OuterRef("sender_id"),
            echo_id=OuterRef("echo_id"),
        )
        repeated = list(
            _said(gone).filter(Exists(same_key), echo_id__isnull=False).values_list("pk", flat=True)
        )
        if repeated:
            Message.objects.filter(pk__in=repeated).update(echo_id=None)
        MergedMessage.objects.bulk_create(
            (
                MergedMessage(merge=merge, message_id=pk)
                for pk in _said(gone).order_by("pk").values_list("pk", flat=True)
            ),
            batch_size=500,
        )
        _said(gone).update(conversation_id=stays.id, version=F("version") + 1)
        _count_anew(gone)
        _count_anew(stays)
        return merge

    def _mark(self) -> None:
        """Say on the messages whose they were, as far as the row of the conversation no longer says it."""
        marked: dict[str, list[int]] = {}
        uuid = Conversation.objects.values_list("uuid", flat=True).get(pk=self.gone.id)
        for message in _said(self.gone).filter(message_type__in=_OURS, private=False, source_id=None):
            message.additional_attributes = {WRITTEN_IN: str(uuid), **message.additional_attributes}
            message.save(update_fields=["additional_attributes"])
        if self.address:
            for message in _said(self.gone).filter(message_type__in=_OURS, private=False):
                self._note(message, self._addressed(message), marked)
        if self.other_contact:
            for message in _said(self.gone).filter(message_type=MessageType.INCOMING):
                self._note(message, {"stranger": True, NOT_SHARED: True}, marked)
        self.before["marked"] = marked

    def _addressed(self, message: Message) -> dict[str, Any]:
        if not message.reaches(self.address) or message.content_attributes.get("to_emails"):
            return {}
        answered = self._answered_by(message) if message.source_id is None else None
        return {"to_emails": [self.address], **({"in_reply_to": answered} if answered else {})}

    def _answered_by(self, message: Message) -> int | None:
        """What a message that has yet to leave quotes: it must not find a mail of the other customer instead."""
        theirs = Message.objects.filter(
            conversation_id=self.gone.id,
            message_type=MessageType.INCOMING,
            sender_type=SenderType.CONTACT,
            sender_id=self.gone.contact_id,
            deleted_at__isnull=True,
            pk__lt=message.pk,
        )
        return theirs.order_by("-pk").values_list("pk", flat=True).first()

    @staticmethod
    def _note(message: Message, marks: dict[str, Any], marked: dict[str, list[int]]) -> None:
        new = {name: value for name, value in marks.items() if not message.content_attributes.get(name)}
        if new:
            message.content_attributes = {**message.content_attributes, **new}
            message.save(update_fields=["content_attributes"])
            for name in new:
                marked.setdefault(name, []).append(message.pk)

    # What stands beside.

    def _take_along(self) -> None:
        gone, stays = self.gone, self.stays
        labels = ConversationLabel.objects.filter(conversation_id=gone.id).values_list("label_id", flat=True)
        present = ConversationLabel.objects.filter(conversation_id=stays.id).values_list(
            "label_id", flat=True
        )
        added = sorted(set(labels) - set(present))
        ConversationLabel.objects.bulk_create(
            ConversationLabel(conversation_id=stays.id, label_id=label_id) for label_id in added
        )
        copy_titles(stays)
        self.before["labels"] = added
        followers = list(
            Participant.objects.filter(conversation_id=gone.id).order_by("pk").values_list("user", flat=True)
        )
        if gone.assignee_id is not None:
            followers.append(gone.assignee_id)
        self.before["participants"] = follow(stays, followers, by=self.by)
        self._take_mentions()
        if not self.other_contact:
            self._take_drafts()
        self._take_scheduled()

    def _take_mentions(self) -> None:
        replaced, added = [], []
        theirs = {row.user_id: row for row in Mention.objects.filter(conversation_id=self.stays.id)}
        for mention in Mention.objects.filter(conversation_id=self.gone.id):
            own = theirs.get(mention.user_id)
            if own is None:
                added.append(mention.user_id)
            elif own.mentioned_at < mention.mentioned_at:
                replaced.append([own.user_id, own.message_id, own.mentioned_at.isoformat()])
            else:
                continue
            Mention.objects.update_or_create(
                conversation_id=self.stays.id,
                user_id=mention.user_id,
                defaults={
                    "account_id": self.stays.account_id,
                    "message_id": mention.message_id,
                    "mentioned_at": mention.mentioned_at,
                },
            )
        self.before["mentions"] = {"replaced": replaced, "added": added}

    def _take_drafts(self) -> None:
        for draft in Draft.objects.filter(conversation_id=self.gone.id):
            own = Draft.objects.filter(
                conversation_id=self.stays.id, user=draft.user_id, mode=draft.mode
            ).first()
            if own is None:
                draft.conversation_id = self.stays.id
                draft.save(update_fields=["conversation"])
            else:
                own.content, own.updated_at = f"{own.content}\n\n{draft.content}", self.stays.at
                own.save(update_fields=["content", "updated_at"])
                draft.delete()
            if draft.user_id is not None:
                for row in (self.stays, self.gone):
                    row.record(
                        DraftSaved(
                            account_id=row.account_id,
                            user_id=draft.user_id,
                            conversation_id=row.id,
                            mode=draft.mode,
                        ),
                        by=self.by,
                    )

    def _take_scheduled(self) -> None:
        moved = []
        for scheduled in ScheduledMessage.objects.filter(conversation_id=self.gone.id).order_by("pk"):
            if self.address and not scheduled.content_attributes.get("to_emails"):
                scheduled.content_attributes = {
                    **scheduled.content_attributes,
                    "to_emails": [self.address],
                }
            _move_scheduled(scheduled, self.gone, self.stays, by=self.by)
            moved.append(scheduled.pk)
        self.before["scheduled"] = moved

    def _close_source(self) -> None:
        gone = self.gone
        closed = {
            "status": int(Status.RESOLVED),
            "close_reason": CloseReason.MERGED.value,
            "snoozed_until": None,
            "waiting_since": None,
        }
        self.before["source"] = {
            name: [_kept(getattr(gone, name)), _kept(value)] for name, value in closed.items()
        }
        for name, value in closed.items():
            gone.set(name, value)
        gone.set("merged_into_id", self.stays.id)
        _lead(Conversation.objects.filter(merged_into=gone.id), to=self.stays.id)


def _move_scheduled(scheduled: ScheduledMessage, source: Held, target: Held, *, by: User) -> None:
    taken = ScheduledMessage.objects.filter(
        conversation_id=target.id, user=scheduled.user_id, echo_id=scheduled.echo_id
    )
    if scheduled.echo_id is not None and taken.exists():
        scheduled.echo_id = None
    scheduled.conversation_id = target.id
    scheduled.save(update_fields=["conversation", "content_attributes", "echo_id"])
    for row in (source, target):
        row.record(
            ScheduledMessageChanged(
                account_id=row.account_id,
                conversation_id=row.id,
                scheduled_message_id=scheduled.pk,
                change="moved",
            ),
            by=by,
        )


def _lead(rows: QuerySet[Conversation], *, to: int) -> None:
    """Let merged conversations point to where their messages are now; their banner says so, so it is another version."""
    rows.update(merged_into=to, version=F("version") + 1)


class _Unmerging:
    """One merge on its way back."""

    def __init__(self, merge: Merge, back: Held, stays: Held, *, by: User) -> None:
        self.merge, self.back, self.stays, self.by = merge, back, stays, by
        self.before: dict[str, Any] = merge.before
        self.came = Message.objects.filter(
            pk__in=MergedMessage.objects.filter(merge=merge).values("message_id")
        )

    def run(self) -> None:
        if self.stays.merged_into_id is not None:
            raise MergedFurther
        if self.came.filter(deleted_at__gt=self.merge.created_at).exists():
            raise MergedMessagesDeleted
        self._move_back()
        self._restore_source()
        self._restore_target()
        self._take_back()
        self.merge.delete()
        for row, kind, other in (
            (self.stays, "unmerged_in", self.back),
            (self.back, "unmerged_away", self.stays),
        ):
            write_activity(row, kind, by=self.by, number=other.display_id)
            row.save(by=self.by)
            row.record(
                ConversationUnmerged(
                    account_id=row.account_id,
                    conversation_id=row.id,
                    source_id=self.back.id,
                    target_id=self.stays.id,
                ),
                by=self.by,
            )

    def _move_back(self) -> None:
        marked: dict[int, list[str]] = {}
        for name, ids in self.before.get("marked", {}).items():
            for pk in ids:
                marked.setdefault(pk, []).append(name)
        if marked:
            for message in self.came:
                names = marked.get(message.pk, ())
                if names:
                    message.content_attributes = {
                        key: value for key, value in message.content_attributes.items() if key not in names
                    }
                    message.save(update_fields=["content_attributes"])
        self.came.filter(conversation_id=self.stays.id).update(
            conversation_id=self.back.id, version=F("version") + 1
        )

    def _restore_source(self) -> None:
        for name, (old, _new) in self.before["source"].items():
            self.back.set(name, _was(name, old))
        self.back.set("merged_into_id", None)
        self._lead_back()
        _count_anew(self.back)

    def _lead_back(self) -> None:
        """What went into this one before it was merged leads here again."""
        wanted, seen = [self.back.id], {self.back.id}
        while wanted:
            wanted = [
                pk
                for pk in Merge.objects.filter(target__in=wanted).values_list("source_id", flat=True)
                if pk not in seen
            ]
            seen.update(wanted)
        _lead(Conversation.objects.filter(pk__in=seen - {self.back.id}), to=self.back.id)

    def _restore_target(self) -> None:
        """Columns that still say what the merge made them say; a customer who wrote since keeps it open and waits."""
        stays = self.stays
        later = (
            Message.objects.filter(
                conversation_id=stays.id,
                message_type=MessageType.INCOMING,
                created_at__gt=self.merge.created_at,
            )
            .order_by("pk")
            .values_list("created_at", flat=True)
            .first()
        )
        changed: dict[str, Any] = self.before["target"]
        is_untouched = "status" in changed and stays.status == changed["status"][1]
        for name, (old, new) in changed.items():
            if name in _STATE and (later is not None or not is_untouched):
                continue
            if getattr(stays, name) != _was(name, new):
                continue
            value = _was(name, old)
            if name == "waiting_since" and value is None and later is not None:
                value = later
            stays.set(name, value)
        _count_anew(stays)

    def _take_back(self) -> None:
        stays = self.stays
        ConversationLabel.objects.filter(conversation_id=stays.id, label__in=self.before["labels"]).delete()
        copy_titles(stays)
        followers = [user for user in self.before["participants"] if user != stays.assignee_id]
        gone = Participant.objects.filter(conversation_id=stays.id, user__in=followers)
        removed = sorted(gone.values_list("user_id", flat=True))
        if removed:
            gone.delete()
            stays.record(
                ParticipantsChanged(
                    account_id=stays.account_id, conversation_id=stays.id, added=[], removed=removed
                ),
                by=self.by,
            )
        self._take_back_mentions()
        for scheduled in ScheduledMessage.objects.filter(
            pk__in=self.before["scheduled"], conversation_id=stays.id
        ):
            _move_scheduled(scheduled, stays, self.back, by=self.by)

    def _take_back_mentions(self) -> None:
        came = Mention.objects.filter(conversation_id=self.stays.id, message__conversation_id=self.back.id)
        came.filter(user__in=self.before["mentions"]["added"]).delete()
        for user_id, message_id, at in self.before["mentions"]["replaced"]:
            came.filter(user_id=user_id).update(message_id=message_id, mentioned_at=as_moment(at))
