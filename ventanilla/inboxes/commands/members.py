"""Who may open an inbox."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Membership, User
from ventanilla.accounts.selectors import colleagues
from ventanilla.events.log import record
from ventanilla.inboxes.events import InboxMembersChanged
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.inboxes.selectors import member_ids
from ventanilla.kit.clock import now


def add_inbox_members(inbox: Inbox, *, user_ids: Collection[int], by: User | None) -> None:
    """Let these users in. Raises NotAColleague. Records inbox.members_changed."""
    _change_members(inbox, add=colleagues(inbox.account_id, user_ids), remove=set(), by=by)


def remove_inbox_members(inbox: Inbox, *, user_ids: Collection[int], by: User | None) -> None:
    """Keep these users out; their assignments in the inbox stay (F.5). Records inbox.members_changed."""
    _change_members(inbox, add=set(), remove=set(user_ids), by=by)


def set_inbox_members(inbox: Inbox, *, user_ids: Collection[int], by: User | None) -> None:
    """Make exactly these users the members. Raises NotAColleague. Records inbox.members_changed."""
    wanted = colleagues(inbox.account_id, user_ids)
    _change_members(inbox, add=wanted, remove=member_ids(inbox.pk) - wanted, by=by)


@transaction.atomic
def _change_members(inbox: Inbox, *, add: set[int], remove: set[int], by: User | None) -> None:
    current = member_ids(inbox.pk)
    added, removed = sorted(add - current), sorted(remove & current)
    if not added and not removed:
        return
    InboxMember.objects.bulk_create(
        [InboxMember(inbox=inbox, user_id=user_id) for user_id in added], ignore_conflicts=True
    )
    InboxMember.objects.filter(inbox=inbox, user_id__in=removed).delete()
    record(
        InboxMembersChanged(account_id=inbox.account_id, inbox_id=inbox.pk, added=added, removed=removed),
        actor=actor_of(by),
    )


@transaction.atomic
def leave_all_inboxes(*, account_id: int, user_id: int) -> None:
    """A user who left the account leaves its inboxes. Records inbox.members_changed for each."""
    rows = InboxMember.objects.filter(user_id=user_id, inbox__account_id=account_id).select_related("inbox")
    for row in list(rows):
        _change_members(row.inbox, add=set(), remove={user_id}, by=None)


@transaction.atomic
def hand_over_inboxes(*, account_id: int, from_user_id: int, to_user_id: int) -> None:
    """One user takes the places of another. Records inbox.members_changed for each inbox."""
    is_here = Membership.objects.filter(account_id=account_id, user_id=to_user_id).exists()
    rows = InboxMember.objects.filter(user_id=from_user_id, inbox__account_id=account_id)
    for row in list(rows.select_related("inbox")):
        _change_members(row.inbox, add={to_user_id} if is_here else set(), remove={from_user_id}, by=None)


@transaction.atomic
def take_turn(member: InboxMember) -> None:
    """Note that the member was given a conversation: the others come first now."""
    InboxMember.objects.filter(pk=member.pk).update(last_assigned_at=now())
