"""One conversation becomes two again."""

from __future__ import annotations

from django.db.models import F

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.activity import write_activity
from ventanilla.conversations.commands.held import Held, as_moment
from ventanilla.conversations.commands.labels import copy_titles
from ventanilla.conversations.commands.merging.before import STATE, Before, was
from ventanilla.conversations.commands.merging.rows import count_anew, lead, move_scheduled
from ventanilla.conversations.errors import MergedFurther, MergedMessagesDeleted
from ventanilla.conversations.events import ConversationUnmerged, ParticipantsChanged
from ventanilla.conversations.models import (
    Conversation,
    ConversationLabel,
    Mention,
    Merge,
    MergedMessage,
    Message,
    MessageType,
    Participant,
    ScheduledMessage,
)


class Parting:
    """One merge on its way back."""

    def __init__(self, merge: Merge, back: Held, stays: Held, *, by: User) -> None:
        self.merge, self.back, self.stays, self.by = merge, back, stays, by
        self.before = Before.of(merge)
        self.came = Message.objects.filter(
            pk__in=MergedMessage.objects.filter(merge=merge).values("message_id")
        )

    def run(self) -> None:
        """Raises MergedFurther, MergedMessagesDeleted."""
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
        for name, ids in self.before.marked.items():
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
        for name, (old, _new) in self.before.source.items():
            self.back.set(name, was(name, old))
        self.back.set("merged_into_id", None)
        self._lead_back()
        count_anew(self.back)

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
        lead(Conversation.objects.filter(pk__in=seen - {self.back.id}), to=self.back.id)

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
        changed = self.before.target
        is_untouched = "status" in changed and stays.status == changed["status"][1]
        for name, (old, new) in changed.items():
            if name in STATE and (later is not None or not is_untouched):
                continue
            if getattr(stays, name) != was(name, new):
                continue
            value = was(name, old)
            if name == "waiting_since" and value is None and later is not None:
                value = later
            stays.set(name, value)
        count_anew(stays)

    def _take_back(self) -> None:
        stays = self.stays
        ConversationLabel.objects.filter(conversation_id=stays.id, label__in=self.before.labels).delete()
        copy_titles(stays)
        followers = [user for user in self.before.participants if user != stays.assignee_id]
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
            pk__in=self.before.scheduled, conversation_id=stays.id
        ):
            move_scheduled(scheduled, stays, self.back, by=self.by)

    def _take_back_mentions(self) -> None:
        came = Mention.objects.filter(conversation_id=self.stays.id, message__conversation_id=self.back.id)
        came.filter(user__in=self.before.mentions.added).delete()
        for user_id, message_id, at in self.before.mentions.replaced:
            came.filter(user_id=user_id).update(message_id=message_id, mentioned_at=as_moment(at))
