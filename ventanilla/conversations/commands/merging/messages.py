"""What was said in one conversation goes to the other."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef

from ventanilla.conversations.commands.merging.rows import Pair, count_anew, said
from ventanilla.conversations.models import (
    Conversation,
    Merge,
    MergedMessage,
    Message,
    MessageType,
    SenderType,
)
from ventanilla.inboxes.marks import IN_REPLY_TO, NOT_SHARED, STRANGER, TO, WRITTEN_IN

_OURS = (MessageType.OUTGOING, MessageType.TEMPLATE)


def move_messages(pair: Pair) -> Merge:
    """All but activity lines and surveys, each marked with whose it was."""
    gone, stays = pair.gone, pair.stays
    merge = Merge.objects.create(
        account_id=gone.account_id,
        source_id=gone.id,
        target_id=stays.id,
        user=pair.by,
        created_at=gone.at,
    )
    _mark(pair)
    same_key = Message.objects.filter(
        conversation_id=stays.id,
        sender_type=OuterRef("sender_type"),
        sender_id=OuterRef("sender_id"),
        echo_id=OuterRef("echo_id"),
    )
    repeated = list(said(gone).filter(Exists(same_key), echo_id__isnull=False).values_list("pk", flat=True))
    if repeated:
        Message.objects.filter(pk__in=repeated).update(echo_id=None)
    MergedMessage.objects.bulk_create(
        (
            MergedMessage(merge=merge, message_id=pk)
            for pk in said(gone).order_by("pk").values_list("pk", flat=True)
        ),
        batch_size=500,
    )
    said(gone).update(conversation_id=stays.id, version=F("version") + 1)
    count_anew(gone)
    count_anew(stays)
    return merge


def _mark(pair: Pair) -> None:
    """Say on the messages whose they were, as far as the row of the conversation no longer says it."""
    marked: dict[str, list[int]] = {}
    uuid = Conversation.objects.values_list("uuid", flat=True).get(pk=pair.gone.id)
    for message in said(pair.gone).filter(message_type__in=_OURS, private=False, source_id=None):
        message.additional_attributes = {WRITTEN_IN: str(uuid), **message.additional_attributes}
        message.save(update_fields=["additional_attributes"])
    if pair.address:
        for message in said(pair.gone).filter(message_type__in=_OURS, private=False):
            _note(message, _addressed(pair, message), marked)
    if pair.other_contact:
        for message in said(pair.gone).filter(message_type=MessageType.INCOMING):
            _note(message, {STRANGER: True, NOT_SHARED: True}, marked)
    pair.before.marked = marked


def _addressed(pair: Pair, message: Message) -> dict[str, Any]:
    if not message.reaches(pair.address) or message.marks.to:
        return {}
    answered = _answered_by(pair, message) if message.source_id is None else None
    return {TO: [pair.address], **({IN_REPLY_TO: answered} if answered else {})}


def _answered_by(pair: Pair, message: Message) -> int | None:
    """What a message that has yet to leave quotes: it must not find a mail of the other customer instead."""
    theirs = Message.objects.filter(
        conversation_id=pair.gone.id,
        message_type=MessageType.INCOMING,
        sender_type=SenderType.CONTACT,
        sender_id=pair.gone.contact_id,
        deleted_at__isnull=True,
        pk__lt=message.pk,
    )
    return theirs.order_by("-pk").values_list("pk", flat=True).first()


def _note(message: Message, marks: dict[str, Any], marked: dict[str, list[int]]) -> None:
    new = {name: value for name, value in marks.items() if not message.content_attributes.get(name)}
    if new:
        message.content_attributes = {**message.content_attributes, **new}
        message.save(update_fields=["content_attributes"])
        for name in new:
            marked.setdefault(name, []).append(message.pk)
