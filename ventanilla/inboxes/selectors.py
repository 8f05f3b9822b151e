"""Questions about inboxes. An inbox that was asked to be deleted is in none of the answers."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Lower

from ventanilla.accounts.models import Account, Membership, Role, Sight
from ventanilla.accounts.selectors import Agent, memberships_of, with_presence
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.inboxes.policies import answers_in, is_left, sees_all_inboxes
from ventanilla.kit.errors import NotFound


def inboxes_of(account: Account | int) -> QuerySet[Inbox]:
    """All inboxes by name."""
    return Inbox.objects.filter(account=account, deleted_at__isnull=True).order_by(Lower("name"), "pk")


def hidden_inboxes() -> QuerySet[Inbox]:
    """Inboxes that were asked to be deleted and still have rows, of every account, oldest first."""
    return Inbox.objects.filter(deleted_at__isnull=False).order_by("deleted_at")


def inboxes_for(membership: Membership) -> QuerySet[Inbox]:
    """The inboxes this member may open, by name."""
    rows = inboxes_of(membership.account_id)
    if sees_all_inboxes(membership):
        return rows
    rows = rows.filter(inbox_members__user_id=membership.user_id)
    role = membership.custom_role
    if role is None:
        return rows
    if role.sight == Sight.NONE:
        return rows.none()
    return rows if role.inbox_ids is None else rows.filter(pk__in=role.inbox_ids)


def inbox_ids_for(membership: Membership) -> set[int]:
    """Ids of the inboxes this member may open."""
    return set(inboxes_for(membership).order_by().values_list("pk", flat=True))


def get_inbox(account: Account, *, inbox_id: int) -> Inbox:
    """One inbox of the account, whoever asks. Raises NotFound."""
    inbox = inboxes_of(account).filter(pk=inbox_id).first()
    if inbox is None:
        raise NotFound
    return inbox


def get_inbox_for(membership: Membership, *, inbox_id: int) -> Inbox:
    """One inbox this member may open. Raises NotFound, also for one they may not."""
    inbox = inboxes_for(membership).filter(pk=inbox_id).first()
    if inbox is None:
        raise NotFound
    return inbox


def get_inbox_by_identifier(identifier: str, *, kinds: Collection[str]) -> Inbox:
    """The inbox behind a website_token or inbox_identifier, its account loaded. Raises NotFound."""
    inbox = (
        Inbox.objects.select_related("account", "agent_bot")
        .filter(identifier=identifier, kind__in=kinds, deleted_at__isnull=True)
        .first()
    )
    if inbox is None:
        raise NotFound
    return inbox


def member_ids(inbox_id: int) -> set[int]:
    """Users who are members of the inbox."""
    return set(InboxMember.objects.filter(inbox_id=inbox_id).values_list("user_id", flat=True))


def inbox_members(inbox: Inbox) -> list[Agent]:
    """The inbox's members by name with their availability. Two queries."""
    rows = memberships_of(inbox.account_id).filter(user__inbox_memberships__inbox=inbox)
    return with_presence(inbox.account_id, rows)


def kept_from(account_id: int, inbox_id: int) -> set[int]:
    """Users whose role lets them not even see what is in that inbox, whether they belong to it or not."""
    return {row.user_id for row in _of_own_roles(account_id) if not is_left(inbox_id, row.custom_role)}


def kept_from_answering(account_id: int, inbox_id: int) -> set[int]:
    """Users whose role does not let them answer in that inbox."""
    return {row.user_id for row in _of_own_roles(account_id) if not answers_in(inbox_id, row)}


def _of_own_roles(account_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(account_id=account_id, custom_role__isnull=False)
    return rows.select_related("custom_role")


def assignable_agents(account: Account, *, inbox_ids: Collection[int]) -> list[Agent]:
    """Who may be given conversations of all these inboxes: their common members, and administrators."""
    shared: set[int] | None = None
    for inbox_id in inbox_ids:
        members = member_ids(inbox_id)
        shared = members if shared is None else shared & members
    rows = memberships_of(account).filter(invited_email="").exclude(role=Role.ANALYST)
    return with_presence(
        account.pk,
        [
            row
            for row in rows
            if row.role == Role.ADMINISTRATOR
            or (row.user_id in (shared or set()) and all(answers_in(inbox_id, row) for inbox_id in inbox_ids))
        ],
    )
