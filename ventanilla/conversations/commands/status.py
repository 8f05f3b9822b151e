"""The state machine (contract F.1)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from ventanilla.accounts.models import Membership, Role, User
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.following import follow
from ventanilla.conversations.commands.held import By, Held, close_reason_for, held
from ventanilla.conversations.commands.templates import ask_satisfaction
from ventanilla.conversations.errors import AlreadyMerged
from ventanilla.conversations.events import ConversationUpdated
from ventanilla.conversations.models import CloseReason, Conversation, Status
from ventanilla.kit.clock import SKEW, iso
from ventanilla.kit.errors import Invalid

lines(
    {
        "status.open": lazy("%(actor)s reopened the conversation"),
        "status.resolved": lazy("%(actor)s resolved the conversation"),
        "status.pending": lazy("%(actor)s marked the conversation as pending"),
        "status.snoozed": lazy("%(actor)s snoozed the conversation"),
        "status.archived": lazy("%(actor)s archived the conversation"),
        "resolved_by_contact": lazy("%(actor)s resolved the conversation"),
        "auto_resolved": lazy("The conversation was resolved for inactivity (days: %(days)s)"),
        "woken": lazy("The conversation is open again: the snooze ended"),
    }
)


def change_status(
    conversation: Conversation,
    *,
    status: int,
    by: By,
    snoozed_until: datetime | None = None,
    caused_by: int | None = None,
) -> Conversation:
    """Set the state. `snoozed_until` is kept for snoozed alone; without it the snooze lasts until the next reply.

    Opened by a user whose role is agent, the conversation becomes theirs (decision Q-13), also when it was open
    already or another's. Resolved in an inbox with a survey, the customer is asked how they were served.
    Records conversation.status_changed, opened or resolved, bot_handoff, assignee.changed, message.created.
    Raises AlreadyMerged: a merged conversation stays resolved.
    """
    if status not in Status.values:
        raise Invalid(fields={"status": [_("This state doesn't exist.")]})
    with held(conversation, caused_by=caused_by) as row:
        if row.merged_into_id is not None:
            raise AlreadyMerged
        set_status(row, status, by=by, snoozed_until=snoozed_until)
        if status == Status.OPEN and isinstance(by, User) and _is_agent(by, row.account_id):
            take_over(row, by)
        if "status" in row.changes:
            ask_satisfaction(row)
        row.save(by=by)
    return conversation


def archive(conversation: Conversation, *, by: By, caused_by: int | None = None) -> Conversation:
    """Resolve with the reason "archived" (decision Q-11). One that is resolved already only changes its reason.

    Raises AlreadyMerged.
    """
    with held(conversation, caused_by=caused_by) as row:
        if row.merged_into_id is not None:
            raise AlreadyMerged
        if row.status != Status.RESOLVED:
            row.set("status", Status.RESOLVED)
            row.set("snoozed_until", None)
        if row.set("close_reason", CloseReason.ARCHIVED) and by is not None:
            write_activity(row, "status.archived", by=by)
        if "status" in row.changes:
            ask_satisfaction(row)
        row.save(by=by)
    return conversation


def unarchive(conversation: Conversation, *, by: By, caused_by: int | None = None) -> Conversation:
    """Resolved, but archived no more: the reason is what it would have been. One that is not archived stays as it is."""
    with held(conversation, caused_by=caused_by) as row:
        if row.close_reason == CloseReason.ARCHIVED and row.set("close_reason", close_reason_for(row)):
            row.save(by=by)
    return conversation


def wake(conversation: Conversation) -> bool:
    """Open a snoozed conversation whose time has come; whether it had (someone may have been faster)."""
    with held(conversation) as row:
        due = row.status == Status.SNOOZED and row.snoozed_until is not None and row.snoozed_until <= row.at
        if due:
            set_status(row, Status.OPEN, by=None)
            write_activity(row, "woken", by=None)
            row.save(by=None)
    return due


def auto_resolve(conversation: Conversation, *, idle_since: datetime, days: int) -> bool:
    """Resolve an open conversation in which nothing happened since `idle_since`; whether it was so."""
    with held(conversation) as row:
        idle = row.status == Status.OPEN and row.last_activity_at < idle_since
        if idle:
            set_status(row, Status.RESOLVED, by=None)
            write_activity(row, "auto_resolved", by=None, days=days)
            ask_satisfaction(row)
            row.save(by=None)
    return idle


def mend_future(conversation: Conversation) -> bool:
    """Let nothing of the conversation lie in the future, where a clock that ran ahead put it; whether anything did."""
    with held(conversation) as row:
        past = (
            "last_activity_at",
            "last_incoming_at",
            "waiting_since",
            "agent_last_seen_at",
            "assignee_last_seen_at",
        )
        for column in (*past, "contact_last_seen_at"):
            moment = getattr(row, column)
            if moment is not None and moment > row.at + SKEW:
                row.set(column, row.at)
        changes = {name: [iso(old), iso(new)] for name, (old, new) in row.changes.items()}
        row.save(by=None)
        if changes:  # lists sort by it, so whoever shows the conversation must hear
            row.record(
                ConversationUpdated(account_id=row.account_id, conversation_id=row.id, changes=changes),
                by=None,
            )
    return bool(changes)


def set_status(row: Held, status: int, *, by: By, snoozed_until: datetime | None = None) -> None:
    """The change of state itself and its line in the thread. The caller saves."""
    row.set("snoozed_until", snoozed_until if status == Status.SNOOZED else None)
    if not row.set("status", int(status)):
        return
    row.set("close_reason", close_reason_for(row) if status == Status.RESOLVED else CloseReason.NONE)
    if isinstance(by, Contact):
        if status == Status.RESOLVED:
            write_activity(row, "resolved_by_contact", by=by)
    elif by is not None:
        write_activity(row, f"status.{Status(status).label}", by=by)


def take_over(row: Held, user: User) -> None:
    """Make the conversation the user's own, with its line. The caller saves."""
    if row.set("assignee_id", user.pk):
        follow(row, [user.pk], by=user)
        write_activity(row, "self_assigned", by=user)


def _is_agent(user: User, account_id: int) -> bool:
    return Membership.objects.filter(user=user, account_id=account_id, role=Role.AGENT).exists()
