"""Unsent texts: one per user, conversation and mode for our desk, and the contract's one shared by all agents."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.conversations.commands.held import actor_of
from ventanilla.conversations.events import DraftSaved
from ventanilla.conversations.models import Conversation, Draft
from ventanilla.events.log import record
from ventanilla.kit.clock import now
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
    _record(conversation, user, mode)
    return draft


@transaction.atomic
def discard_draft(conversation: Conversation, *, user: User, mode: str) -> None:
    """Forget the user's draft. Records draft.saved when there was one."""
    gone, _rows = Draft.objects.filter(conversation=conversation, user=user, mode=mode).delete()
    if gone:
        _record(conversation, user, mode)


@transaction.atomic
def save_shared_draft(conversation: Conversation, *, content: str) -> None:
    """Keep the one draft that the contract's clients share; blank forgets it."""
    check_message(content)
    if not content.strip():
        discard_shared_draft(conversation)
        return
    Draft.objects.update_or_create(
        conversation=conversation,
        user=None,
        defaults={"account_id": conversation.account_id, "content": content, "updated_at": now()},
    )


@transaction.atomic
def discard_shared_draft(conversation: Conversation) -> None:
    """Forget the shared draft."""
    Draft.objects.filter(conversation=conversation, user=None).delete()


def _record(conversation: Conversation, user: User, mode: str) -> None:
    record(
        DraftSaved(
            account_id=conversation.account_id, user_id=user.pk, conversation_id=conversation.pk, mode=mode
        ),
        actor=actor_of(user),
    )
