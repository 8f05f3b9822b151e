"""Unsent texts: one per user, conversation and mode for our desk, and the contract's one shared by all agents.

A reply of one's own can be shown to colleagues, who may take it and go on with it.
"""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import actor_of
from ventanilla.conversations.errors import DraftGone
from ventanilla.conversations.events import DraftSaved, SharedDraftsChanged
from ventanilla.conversations.models import Conversation, Draft
from ventanilla.conversations.selectors.drafts import SEEN_BY_COLLEAGUES
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.kit.limits import check_message


@transaction.atomic
def save_draft(conversation: Conversation, *, user: User, mode: str, content: str) -> Draft | None:
    """Keep what the user has written so far; blank forgets it. Records draft.saved when that is a change."""
    check_message(content)
    if not content.strip():
        discard_draft(conversation, user=user, mode=mode)
        return None
    before = Draft.objects.filter(conversation=conversation, user=user, mode=mode).first()
    if before is not None and before.content == content:
        return before
    draft, _created = Draft.objects.update_or_create(
        conversation=conversation,
        user=user,
        mode=mode,
        defaults={"account_id": conversation.account_id, "content": content, "updated_at": now()},
    )
    _record(conversation, user.pk, mode, by=user)
    if draft.is_shared:
        _tell_colleagues(conversation, by=user)
    return draft


@transaction.atomic
def discard_draft(conversation: Conversation, *, user: User, mode: str) -> None:
    """Forget the user's draft. Records draft.saved when there was one."""
    draft = Draft.objects.filter(conversation=conversation, user=user, mode=mode).first()
    if draft is None:
        return
    draft.delete()
    _record(conversation, user.pk, mode, by=user)
    if draft.is_shared:
        _tell_colleagues(conversation, by=user)


@transaction.atomic
def share_draft(conversation: Conversation, *, user: User, on: bool) -> Draft:
    """Show the user's reply to colleagues, or no longer. Raises NotFound when nothing is written.

    Records draft.saved and shared_drafts.changed when that is a change.
    """
    draft = Draft.objects.filter(conversation=conversation, user=user, mode=Draft.Mode.REPLY).first()
    if draft is None:
        raise NotFound
    if draft.is_shared != on:
        draft.is_shared = on
        draft.save(update_fields=["is_shared"])
        _record(conversation, user.pk, draft.mode, by=user)
        _tell_colleagues(conversation, by=user)
    return draft


@transaction.atomic
def take_draft(conversation: Conversation, *, draft_id: int, user: User) -> Draft:
    """Go on with what a colleague shows: it stands under what the user had written, and is the colleague's no more.

    It stays shown, so that they can take it back; a text of the user's own that was not shown makes the whole their own.
    Raises DraftGone when it was sent, taken or put away meanwhile, and what `check_message` raises when both are too long.
    Records draft.saved for both and shared_drafts.changed.
    """
    shown = Draft.objects.select_for_update().filter(
        SEEN_BY_COLLEAGUES, conversation=conversation, pk=draft_id
    )
    theirs = shown.exclude(user=user).first()
    if theirs is None:
        raise DraftGone
    mine = Draft.objects.filter(conversation=conversation, user=user, mode=Draft.Mode.REPLY).first()
    content = f"{mine.content}\n\n{theirs.content}" if mine is not None else theirs.content
    check_message(content)
    author_id = theirs.user_id
    theirs.delete()
    taken, _created = Draft.objects.update_or_create(
        conversation=conversation,
        user=user,
        mode=Draft.Mode.REPLY,
        defaults={
            "account_id": conversation.account_id,
            "content": content,
            "is_shared": mine is None or mine.is_shared,
            "taken_from_id": author_id if mine is None else None,
            "updated_at": now(),
        },
    )
    if author_id is not None:
        _record(conversation, author_id, taken.mode, by=user, taken_by=user.pk)
    _record(conversation, user.pk, taken.mode, by=user)
    _tell_colleagues(conversation, by=user)
    return taken


@transaction.atomic
def give_draft_back(conversation: Conversation, *, user: User) -> None:
    """What the user took and has not sent is its writer's again, under what they have written since.

    Raises DraftGone when the user has nothing that can go back. Records draft.saved for both and shared_drafts.changed.
    """
    rows = Draft.objects.select_for_update().filter(conversation=conversation, user=user)
    taken = rows.filter(mode=Draft.Mode.REPLY, taken_from__isnull=False).first()
    if taken is None or taken.taken_from_id is None:
        raise DraftGone
    writer_id, content = taken.taken_from_id, taken.content
    since = Draft.objects.filter(conversation=conversation, user=writer_id, mode=taken.mode).first()
    if since is not None:
        content = f"{since.content}\n\n{content}"
        check_message(content)
    taken.delete()
    Draft.objects.update_or_create(
        conversation=conversation,
        user_id=writer_id,
        mode=taken.mode,
        defaults={
            "account_id": conversation.account_id,
            "content": content,
            "is_shared": since is None or since.is_shared,
            "updated_at": now(),
        },
    )
    _record(conversation, user.pk, taken.mode, by=user)
    _record(conversation, writer_id, taken.mode, by=user)
    _tell_colleagues(conversation, by=user)


@transaction.atomic
def save_shared_draft(conversation: Conversation, *, content: str) -> None:
    """Keep the one draft that the contract's clients share; blank forgets it. Records shared_drafts.changed."""
    check_message(content)
    if not content.strip():
        discard_shared_draft(conversation)
        return
    Draft.objects.update_or_create(
        conversation=conversation,
        user=None,
        defaults={"account_id": conversation.account_id, "content": content, "updated_at": now()},
    )
    _tell_colleagues(conversation)


@transaction.atomic
def discard_shared_draft(conversation: Conversation) -> None:
    """Forget the shared draft. Records shared_drafts.changed when there was one."""
    gone, _rows = Draft.objects.filter(conversation=conversation, user=None).delete()
    if gone:
        _tell_colleagues(conversation)


def _record(
    conversation: Conversation, user_id: int, mode: str, *, by: User, taken_by: int | None = None
) -> None:
    record(
        DraftSaved(
            account_id=conversation.account_id,
            user_id=user_id,
            conversation_id=conversation.pk,
            mode=mode,
            taken_by=taken_by,
        ),
        actor=actor_of(by),
    )


def _tell_colleagues(conversation: Conversation, *, by: User | None = None) -> None:
    told = SharedDraftsChanged(account_id=conversation.account_id, conversation_id=conversation.pk)
    record(told, actor=actor_of(by) if by is not None else None)
