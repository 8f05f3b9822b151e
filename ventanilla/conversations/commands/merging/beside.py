"""What stands beside what was said: labels, followers, mentions, drafts, messages for later."""

from __future__ import annotations

from ventanilla.conversations.commands.following import follow
from ventanilla.conversations.commands.labels import copy_titles
from ventanilla.conversations.commands.merging.before import Mentions
from ventanilla.conversations.commands.merging.rows import Pair, move_scheduled
from ventanilla.conversations.events import DraftSaved, SharedDraftsChanged
from ventanilla.conversations.models import ConversationLabel, Draft, Mention, Participant, ScheduledMessage
from ventanilla.inboxes.marks import TO, MessageMarks


def take_along(pair: Pair) -> None:
    """What of it makes sense for the conversation that continues."""
    gone, stays = pair.gone, pair.stays
    labels = ConversationLabel.objects.filter(conversation_id=gone.id).values_list("label_id", flat=True)
    present = ConversationLabel.objects.filter(conversation_id=stays.id).values_list("label_id", flat=True)
    added = sorted(set(labels) - set(present))
    ConversationLabel.objects.bulk_create(
        ConversationLabel(conversation_id=stays.id, label_id=label_id) for label_id in added
    )
    copy_titles(stays)
    pair.before.labels = added
    followers = list(
        Participant.objects.filter(conversation_id=gone.id).order_by("pk").values_list("user", flat=True)
    )
    if gone.assignee_id is not None:
        followers.append(gone.assignee_id)
    pair.before.participants = follow(stays, followers, by=pair.by)
    _take_mentions(pair)
    if not pair.other_contact:
        _take_drafts(pair)
    _take_scheduled(pair)


def _take_mentions(pair: Pair) -> None:
    replaced, added = [], []
    theirs = {row.user_id: row for row in Mention.objects.filter(conversation_id=pair.stays.id)}
    for mention in Mention.objects.filter(conversation_id=pair.gone.id):
        own = theirs.get(mention.user_id)
        if own is None:
            added.append(mention.user_id)
        elif own.mentioned_at < mention.mentioned_at:
            replaced.append([own.user_id, own.message_id, own.mentioned_at.isoformat()])
        else:
            continue
        Mention.objects.update_or_create(
            conversation_id=pair.stays.id,
            user_id=mention.user_id,
            defaults={
                "account_id": pair.stays.account_id,
                "message_id": mention.message_id,
                "mentioned_at": mention.mentioned_at,
            },
        )
    pair.before.mentions = Mentions(added=added, replaced=replaced)


def _take_drafts(pair: Pair) -> None:
    for draft in Draft.objects.filter(conversation_id=pair.gone.id):
        own = Draft.objects.filter(conversation_id=pair.stays.id, user=draft.user_id, mode=draft.mode).first()
        shown = draft.is_shared or draft.user_id is None or (own is not None and own.is_shared)
        if own is None:
            draft.conversation_id = pair.stays.id
            draft.save(update_fields=["conversation"])
        else:
            own.content, own.updated_at = f"{own.content}\n\n{draft.content}", pair.stays.at
            # What was shown stands beside what was not, and what a colleague began beside what they did not.
            own.is_shared, own.taken_from = own.is_shared and draft.is_shared, None
            own.save(update_fields=["content", "is_shared", "taken_from", "updated_at"])
            draft.delete()
        for row in (pair.stays, pair.gone):
            if shown:
                row.record(SharedDraftsChanged(account_id=row.account_id, conversation_id=row.id), by=pair.by)
            if draft.user_id is not None:
                row.record(
                    DraftSaved(
                        account_id=row.account_id,
                        user_id=draft.user_id,
                        conversation_id=row.id,
                        mode=draft.mode,
                    ),
                    by=pair.by,
                )


def _take_scheduled(pair: Pair) -> None:
    moved = []
    for scheduled in ScheduledMessage.objects.filter(conversation_id=pair.gone.id).order_by("pk"):
        if pair.address and not MessageMarks(scheduled.content_attributes).to:
            scheduled.content_attributes = {
                **scheduled.content_attributes,
                TO: [pair.address],
            }
        move_scheduled(scheduled, pair.gone, pair.stays, by=pair.by)
        moved.append(scheduled.pk)
    pair.before.scheduled = moved
