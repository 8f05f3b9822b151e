"""Blocking the contact of a conversation (contract F.3)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as lazy

from ventanilla.contacts.commands.contacts import set_blocked
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.held import By, held
from ventanilla.conversations.commands.status import set_status
from ventanilla.conversations.models import Conversation, Status

lines(
    {
        "muted": lazy("%(actor)s blocked the contact"),
        "unmuted": lazy("%(actor)s unblocked the contact"),
    }
)


@transaction.atomic
def mute(conversation: Conversation, *, by: By, caused_by: int | None = None) -> Conversation:
    """Block the contact and resolve the conversation."""
    set_blocked(conversation.contact, blocked=True, by=by)
    with held(conversation, caused_by=caused_by) as row:
        # One line says both; the state's own would repeat it.
        set_status(row, Status.RESOLVED, by=None)
        write_activity(row, "muted", by=by)
        row.save(by=by)
    return conversation


@transaction.atomic
def unmute(conversation: Conversation, *, by: By, caused_by: int | None = None) -> Conversation:
    """Unblock the contact; the state stays."""
    set_blocked(conversation.contact, blocked=False, by=by)
    with held(conversation, caused_by=caused_by) as row:
        write_activity(row, "unmuted", by=by)
        row.save(by=by)
    return conversation
