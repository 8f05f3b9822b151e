"""Automatic assignment."""

from __future__ import annotations

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.conversations import commands as conversations
from ventanilla.conversations.models import Conversation
from ventanilla.inboxes.commands.members import take_turn
from ventanilla.inboxes.models import Inbox
from ventanilla.routing.selectors import candidates, needs_agent


@transaction.atomic
def assign_in_turn(
    conversation_id: int, *, team_id: int | None = None, caused_by: int | None = None
) -> User | None:
    """Give the conversation to the next candidate; None when it needs no one or no one can take it.

    With `team_id` the team's own switch was asked already; without, the inbox's is. The inbox row is locked, so that two
    workers do not give two conversations to the same turn. Silent in the thread, as the contract has it (F.6).
    """
    conversation = (
        Conversation.objects.select_related("inbox", "account")
        .filter(pk=conversation_id, inbox__deleted_at__isnull=True)
        .first()
    )
    if conversation is None or not needs_agent(conversation):
        return None
    if team_id is None and not conversation.inbox.enable_auto_assignment:
        return None
    Inbox.objects.select_for_update(no_key=True).filter(pk=conversation.inbox_id).first()
    chosen = next(iter(candidates(conversation, team_id=team_id)), None)
    if chosen is None:
        return None
    take_turn(chosen)
    conversations.assign_agent(conversation, assignee=chosen.user, by=None, caused_by=caused_by)
    return chosen.user
