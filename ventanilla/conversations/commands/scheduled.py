"""Messages for later: kept until their moment, then written once, like any message of their author.

What happens meanwhile changes nothing by itself: the customer may write, the conversation may be resolved or given to
someone else. The thread shows what is scheduled, and whoever may write there can send it at once, move or cancel it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Membership, User
from ventanilla.accounts.policies import Capability, may
from ventanilla.conversations.commands.attachments import Attachable, forget_files, keep_files
from ventanilla.conversations.commands.content import check_content
from ventanilla.conversations.commands.forwarding import check_forward, forward_by_mail
from ventanilla.conversations.commands.guarding import guard_unseen
from ventanilla.conversations.commands.held import By, actor_of
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage, key_of
from ventanilla.conversations.commands.status import change_status
from ventanilla.conversations.errors import AlreadyMerged, SentAlready, TooManyScheduled
from ventanilla.conversations.events import ScheduledMessageChanged
from ventanilla.conversations.models import (
    Attachment,
    Conversation,
    Message,
    MessageType,
    ScheduledFile,
    ScheduledMessage,
    SenderType,
    Status,
)
from ventanilla.conversations.models.kept import KEPT_COLUMNS
from ventanilla.conversations.policies import facts_of, visibility_for
from ventanilla.conversations.selectors import get_message
from ventanilla.events.log import record
from ventanilla.inboxes.channels import capabilities_of
from ventanilla.kit import limit_values
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, NotFound

FORWARDED, FORWARDED_FILES = "forwarded_message_id", "forwarded_attachment_ids"
_FORWARDING = frozenset({FORWARDED, FORWARDED_FILES})
_AFTERWARDS = frozenset({None, Status.RESOLVED, Status.SNOOZED})


def undo_time(conversation: Conversation) -> timedelta:
    """How long a sent reply waits there: a mail can wait a little, whoever chats would notice."""
    account = conversation.account
    is_mail = capabilities_of(conversation.inbox.kind).email_headers
    return timedelta(seconds=account.undo_send_mail_seconds if is_mail else account.undo_send_seconds)


def schedule_message(
    conversation: Conversation,
    *,
    by: User,
    content: str,
    send_at: datetime,
    content_attributes: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachable] = (),
    echo_id: str | None = None,
) -> ScheduledMessage:
    """Keep a reply until `send_at` (aware). Told twice with one `echo_id`, it is kept once.

    Raises Invalid for a moment that has passed or is too far away, EmptyMessage, TooLarge, TooManyScheduled, and
    SentAlready when a message with that key has left. Records scheduled_message.changed.
    """
    _check_moment(send_at)
    row = ScheduledMessage(content=content, send_at=send_at, echo_id=key_of(echo_id))
    return _take(conversation, row, by=by, attributes=content_attributes, attachments=attachments)


def hold_message(
    conversation: Conversation,
    *,
    by: User,
    content: str,
    content_attributes: Mapping[str, Any] | None = None,
    attachments: Sequence[Attachable] = (),
    echo_id: str | None = None,
    seen_id: int | None = None,
    then_status: int | None = None,
    then_until: datetime | None = None,
) -> ScheduledMessage:
    """Send a reply that can be taken back for as long as the account says (`undo_seconds`); with 0 it is due now.

    `then_status`, `then_until`: what the conversation becomes once it was sent, so that one undo takes both back.
    Raises what `schedule_message` raises, and NotSeen. Records scheduled_message.changed.
    """
    if then_status not in _AFTERWARDS:
        raise Invalid(fields={"then_status": [_("Choose resolved or snoozed.")]})
    row = ScheduledMessage(
        content=content,
        send_at=now() + undo_time(conversation),
        echo_id=key_of(echo_id),
        undoable=True,
        then_status=then_status,
        then_until=then_until if then_status == Status.SNOOZED else None,
    )
    return _take(
        conversation,
        row,
        by=by,
        attributes=content_attributes,
        attachments=attachments,
        seen_id=seen_id,
    )


def _take(
    conversation: Conversation,
    row: ScheduledMessage,
    *,
    by: User,
    attributes: Mapping[str, Any] | None,
    attachments: Sequence[Attachable],
    seen_id: int | None = None,
) -> ScheduledMessage:
    row.content_attributes = dict(attributes or {})
    check_content(
        row.content,
        content_type="text",
        attributes=row.content_attributes,
        has_attachments=bool(attachments),
        has_template=FORWARDED in row.content_attributes,
    )
    if FORWARDED in row.content_attributes:
        _forwarded(conversation, row)
    if (known := _known(conversation, by, row.echo_id)) is not None:
        return known
    kept = keep_files(attachments)
    try:
        return _keep(conversation, row, by, kept, seen_id)
    except BaseException as error:
        forget_files(kept)
        # Two tries at once: the other was quicker.
        if isinstance(error, IntegrityError) and (known := _known(conversation, by, row.echo_id)) is not None:
            return known
        raise


def _check_moment(send_at: datetime) -> None:
    if send_at <= now():
        raise Invalid(fields={"send_at": [_("Choose a time in the future.")]})
    if send_at > now() + timedelta(days=limit_values.of("MAX_SCHEDULE_DAYS")):
        limit_values.met_size("MAX_SCHEDULE_DAYS")
        raise Invalid(
            fields={
                "send_at": [
                    _("Choose an earlier time (days ahead, at most: %(days)d).")
                    % {"days": limit_values.of("MAX_SCHEDULE_DAYS")}
                ]
            }
        )


def _known(conversation: Conversation, by: User, echo_id: str | None) -> ScheduledMessage | None:
    if echo_id is None:
        return None
    if Message.objects.filter(
        conversation=conversation, sender_type=SenderType.USER, sender_id=by.pk, echo_id=echo_id
    ).exists():
        raise SentAlready
    return ScheduledMessage.objects.filter(conversation=conversation, user=by, echo_id=echo_id).first()


@transaction.atomic
def _keep(
    conversation: Conversation,
    row: ScheduledMessage,
    by: User,
    kept: list[Attachment],
    seen_id: int | None,
) -> ScheduledMessage:
    _lock(conversation.pk)
    if ScheduledMessage.objects.filter(conversation=conversation).count() >= limit_values.of(
        "MAX_SCHEDULED_MESSAGES"
    ):
        limit_values.met_size("MAX_SCHEDULED_MESSAGES")
        raise TooManyScheduled
    guard_unseen(conversation.pk, seen_id=seen_id, sender_type=SenderType.USER, sender_id=by.pk)
    row.account_id, row.conversation, row.user = conversation.account_id, conversation, by
    row.save(force_insert=True)
    ScheduledFile.objects.bulk_create(
        ScheduledFile(scheduled=row, **{name: getattr(one, name) for name in KEPT_COLUMNS}) for one in kept
    )
    note_change(row, "scheduled", by=by)
    return row


def _lock(conversation_id: int) -> None:
    """Always the conversation first, as its deletion and every message do. Raises NotFound when it is gone."""
    if not Conversation.objects.select_for_update().filter(pk=conversation_id).values_list("pk").first():
        raise NotFound


def taken(scheduled: ScheduledMessage) -> ScheduledMessage:
    """The row as it is now, locked. Raises NotFound when it was sent or cancelled meanwhile."""
    _lock(scheduled.conversation_id)
    row = ScheduledMessage.objects.select_for_update().filter(pk=scheduled.pk).first()
    if row is None:
        raise NotFound
    return row


def note_change(row: ScheduledMessage, change: str, *, by: By) -> None:
    record(
        ScheduledMessageChanged(
            account_id=row.account_id,
            conversation_id=row.conversation_id,
            scheduled_message_id=row.pk,
            change=change,
        ),
        actor=actor_of(by),
    )


@transaction.atomic
def move_scheduled(scheduled: ScheduledMessage, *, send_at: datetime, by: User) -> ScheduledMessage:
    """Send it at another time; one that failed waits again. Raises Invalid, NotFound. Records scheduled_message.changed."""
    _check_moment(send_at)
    row = taken(scheduled)
    row.send_at, row.state, row.reason, row.attempts = send_at, ScheduledMessage.State.WAITING, "", 0
    row.save(update_fields=["send_at", "state", "reason", "attempts"])
    note_change(row, "moved", by=by)
    return row


@transaction.atomic
def release_scheduled(scheduled: ScheduledMessage, *, by: User) -> ScheduledMessage:
    """Send it as soon as it can no longer be taken back; one that failed tries again. Raises NotFound. Records
    scheduled_message.changed.
    """
    row = taken(scheduled)
    row.send_at = now() + undo_time(row.conversation)
    row.state, row.reason, row.attempts = ScheduledMessage.State.WAITING, "", 0
    row.save(update_fields=["send_at", "state", "reason", "attempts"])
    note_change(row, "moved", by=by)
    return row


def cancel_scheduled(scheduled: ScheduledMessage, *, by: User) -> None:
    """It will not be sent. Raises NotFound when that is too late. Records scheduled_message.changed."""
    with transaction.atomic():
        row = taken(scheduled)
        files = list(row.files.all())
        note_change(row, "cancelled", by=by)
        row.delete()
    forget_files(files)


@transaction.atomic
def send_scheduled(scheduled: ScheduledMessage, *, by: User | None = None) -> Message:
    """Write it now, as its author. `by` pressed "send now", and signs for an author who may no longer; None is the clock.

    The message and the end of the schedule are one transaction, so it goes out once. Raises NotFound when it was sent
    or cancelled meanwhile, and what post_message raises. Records what a message records, and scheduled_message.changed.
    """
    row = taken(scheduled)
    conversation = Conversation.objects.select_related("account", "inbox", "contact").get(
        pk=row.conversation_id
    )
    author = _author(row, conversation) or by
    if author is None:
        raise Invalid(_("Its author can no longer write here."))
    if conversation.inbox.deleted_at is not None:
        raise NotFound
    files = list(row.files.all())
    attributes = {name: value for name, value in row.content_attributes.items() if name not in _FORWARDING}
    new = NewMessage(
        row.content,
        content_attributes=attributes,
        attachments=[Attachment(**{name: getattr(one, name) for name in KEPT_COLUMNS}) for one in files],
        echo_id=row.echo_id,
    )
    message = _write(conversation, row, new, by=author)
    if row.then_status is not None and not _customer_wrote_since(row):
        with suppress(AlreadyMerged):
            change_status(conversation, status=row.then_status, snoozed_until=row.then_until, by=author)
    note_change(row, "sent", by=by)
    if files:  # they are the message's now, unless it was there before
        transaction.on_commit(lambda: forget_files(files))
    row.delete()
    return message


def _customer_wrote_since(row: ScheduledMessage) -> bool:
    """What came meanwhile would have opened it again, had the state been changed when the button was pressed."""
    return Message.objects.filter(
        conversation_id=row.conversation_id, message_type=MessageType.INCOMING, created_at__gt=row.created_at
    ).exists()


def _write(conversation: Conversation, row: ScheduledMessage, new: NewMessage, *, by: User) -> Message:
    """The reply, or the message that goes on to others under it."""
    if FORWARDED not in row.content_attributes:
        return post_message(conversation, new, by=by)
    chosen = row.content_attributes.get(FORWARDED_FILES)
    return forward_by_mail(_forwarded(conversation, row), new, by=by, attachment_ids=chosen)


def _forwarded(conversation: Conversation, row: ScheduledMessage) -> Message:
    """The message that it forwards. Raises NotFound for one that is gone, and what `check_forward` raises."""
    attributes = row.content_attributes
    message = get_message(conversation, message_id=attributes[FORWARDED])
    check_forward(message, NewMessage(content_attributes=attributes), attributes.get(FORWARDED_FILES))
    return message


def _author(row: ScheduledMessage, conversation: Conversation) -> User | None:
    """Who wrote it, if they may still write here."""
    member = (
        Membership.objects.select_related("user")
        .filter(user_id=row.user_id or 0, account_id=row.account_id, user__is_active=True)
        .first()
    )
    if member is None or not may(member, Capability.CONVERSATIONS_WRITE):
        return None
    visibility = visibility_for(member.user, conversation.account, membership=member)
    return member.user if visibility.allows(facts_of(conversation)) else None
