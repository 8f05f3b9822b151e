"""Agents: invited, changed, removed, and what they say of their availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.invitations import invite
from ventanilla.accounts.commands.users import (
    clean_availability,
    clean_email,
    clean_name,
    clean_role,
)
from ventanilla.accounts.errors import AgentLimitReached, LastAdministrator
from ventanilla.accounts.events import AgentRemoved, AgentUpdated
from ventanilla.accounts.models import (
    Account,
    Availability,
    CustomRole,
    Membership,
    OneTimeToken,
    PlatformApp,
    Role,
    SystemMail,
    TeamMember,
    User,
)
from ventanilla.accounts.selectors import get_role
from ventanilla.events.log import record
from ventanilla.kit import limits, row_by_row
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid, Refusal

_MOST_AT_ONCE = 100


@transaction.atomic
def add_agent(
    account: Account,
    *,
    email: str,
    by: User | None,
    name: str = "",
    role: str = Role.AGENT,
    custom_role_id: int | None = None,
    availability: str = Availability.ONLINE,
    auto_offline: bool = True,
) -> Membership:
    """Invite a person; they are in the account once they accept. The same happens whether they use Ventanilla or not.

    Raises AgentLimitReached, AlreadyMember or Invalid. Records agent.added.
    """
    address = clean_email(email)
    check_agent_limit(account)
    return invite(
        account,
        email=address,
        by=by,
        name=name,
        role=role,
        custom_role=_custom_role(account, custom_role_id, role=role),
        availability=availability,
        auto_offline=auto_offline,
    )


def _custom_role(account: Account, role_id: int | None, *, role: str) -> CustomRole | None:
    """Raises NotFound for one of another account, Invalid beside a role that has everything or only looks."""
    if not role_id:
        return None
    if role != Role.AGENT:
        raise Invalid(fields={"custom_role_id": [_("Only an agent can have a role of the account's own.")]})
    return get_role(account, role_id=role_id, field="custom_role_id")


def check_agent_limit(account: Account) -> None:
    """Raises AgentLimitReached when no one more may join. Inside a transaction."""
    most = account.limits.get("agents")
    # The row lock makes two invitations at once count one after the other.
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    if most and Membership.objects.filter(account=account).count() >= int(most):
        raise AgentLimitReached


@transaction.atomic
def bulk_create_agents(account: Account, *, emails: Sequence[str], by: User | None) -> list[Membership]:
    """Invite many; addresses that cannot be used are left out. New ones start offline. Raises AgentLimitReached."""
    made: list[Membership] = []
    for email in list(dict.fromkeys(emails))[:_MOST_AT_ONCE]:
        try:
            with transaction.atomic():
                made.append(add_agent(account, email=email, by=by, availability=Availability.OFFLINE))
        except AgentLimitReached:
            raise
        except Refusal:
            continue
    return made


@transaction.atomic
def update_agent(
    membership: Membership,
    *,
    by: User | None,
    name: str | None = None,
    role: str | None = None,
    custom_role_id: int | None = None,
    availability: str | None = None,
    auto_offline: bool | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> Membership:
    """Change what is given. Raises LastAdministrator or Invalid. Records agent.updated.

    A name belongs to the person: it is changed for them only while they belong to no other account. A custom role makes
    an agent of them; another standard role ends it, and so does 0.
    """
    lock(membership)
    values: dict[str, Any] = {}
    if role is not None:
        values["role"] = clean_role(role)
    values |= _roles(membership, role=values.get("role"), custom_role_id=custom_role_id)
    if availability is not None:
        values["availability"] = clean_availability(availability)
    if auto_offline is not None:
        values["auto_offline"] = auto_offline
    if custom_attributes is not None:
        limits.check_attributes(custom_attributes)
        values["custom_attributes"] = {**membership.custom_attributes, **custom_attributes}
    changes = assign(membership, values)
    if "role" in changes and changes["role"][0] == Role.ADMINISTRATOR and not membership.is_pending:
        _check_another_administrator(membership)
    if changes:
        membership.save(update_fields=[*changes, "updated_at"])
    if name is not None:
        renamed = assign(membership.user, {"name": clean_name(name)})
        if renamed:
            _check_own_alone(membership)
            membership.user.version += 1
            membership.user.save(update_fields=["name", "version", "updated_at"])
            changes |= renamed
    if changes:
        record(
            AgentUpdated(account_id=membership.account_id, user_id=membership.user_id, changes=changes),
            actor=actor_of(by),
        )
    return membership


def _roles(membership: Membership, *, role: str | None, custom_role_id: int | None) -> dict[str, Any]:
    """What becomes of the standard role and of the account's own."""
    if custom_role_id is None:
        return {"custom_role_id": None} if role not in (None, Role.AGENT) else {}
    if not custom_role_id:
        return {"custom_role_id": None}
    found = _custom_role(membership.account, custom_role_id, role=role or Role.AGENT)
    return {"role": Role.AGENT, "custom_role_id": found.pk if found is not None else None}


def _check_own_alone(membership: Membership) -> None:
    User.objects.select_for_update().only("pk").get(pk=membership.user_id)
    if Membership.objects.filter(user=membership.user_id).exclude(pk=membership.pk).exists():
        raise Invalid(
            fields={"name": [_("They also work in another account: only they can change their name.")]}
        )


def set_availability(membership: Membership, *, availability: str) -> Membership:
    """The user says online, busy or offline. Raises Invalid. Records agent.updated."""
    return update_agent(membership, availability=availability, by=membership.user)


def set_auto_offline(membership: Membership, *, auto_offline: bool) -> Membership:
    """Whether the user is shown offline while no screen of theirs is open. Records agent.updated."""
    return update_agent(membership, auto_offline=auto_offline, by=membership.user)


@transaction.atomic
def remove_agent(membership: Membership, *, by: User | None) -> None:
    """The user leaves the account and its teams; a user left in no account at all is deleted later.

    Rooms above clear what they keep of them (inboxes, open assignments, notification settings) when they read
    agent.removed. Raises LastAdministrator.
    """
    if membership.role == Role.ADMINISTRATOR and not membership.is_pending:
        _check_another_administrator(membership)
    leave_account(membership, by=by)


def leave_account(membership: Membership, *, by: User | PlatformApp | None) -> None:
    """The same for an operator, who may also take the last administrator. Inside a transaction. Records agent.removed."""
    account_id, user = membership.account_id, membership.user
    if membership.is_pending:  # what was written to them is called back, as far as it can be
        OneTimeToken.objects.filter(user=user).delete()
        SystemMail.objects.filter(user=user, state=SystemMail.State.WAITING).delete()
    TeamMember.objects.filter(user=user, team__account_id=account_id).delete()
    membership.delete()
    if not Membership.objects.filter(user=user).exists():
        User.objects.filter(pk=user.pk).update(left_at=now())
    record(AgentRemoved(account_id=account_id, user_id=user.pk), actor=actor_of(by))


def _check_another_administrator(membership: Membership) -> None:
    Account.objects.select_for_update().only("pk").get(pk=membership.account_id)
    others = Membership.objects.filter(
        account_id=membership.account_id, role=Role.ADMINISTRATOR, invited_email=""
    )
    if not others.exclude(pk=membership.pk).exists():
        raise LastAdministrator


def delete_departed_users(*, left_before: datetime) -> int:
    """Delete users who left their last account before that moment; how many. Operators (superusers) stay.

    Not at once: rooms above first read agent.removed and hand their conversations back, with a line in the thread.
    """
    gone = User.objects.filter(left_at__lt=left_before, is_superuser=False, memberships__isnull=True)
    return row_by_row.walk(gone.order_by("pk"), _delete_user, where="accounts.delete_departed_users")


@transaction.atomic
def _delete_user(user: User) -> bool:
    return bool(user.delete()[0])
