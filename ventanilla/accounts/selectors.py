"""Questions about people, teams and who is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from ventanilla.accounts.errors import NotAColleague
from ventanilla.accounts.installation import known
from ventanilla.accounts.models import (
    Account,
    CustomRole,
    Membership,
    Presence,
    Role,
    Team,
    TeamMember,
    TeamSight,
    User,
)
from ventanilla.accounts.policies import effective_availability
from ventanilla.kit.clock import epoch, now
from ventanilla.kit.compiled import Compiled
from ventanilla.kit.errors import NotFound


@dataclass(frozen=True)
class Agent:
    """A member as colleagues see them: who they are and whether they are here."""

    membership: Membership
    availability_status: str

    @property
    def user(self) -> User:
        return self.membership.user


def last_seen(account_id: int, *, kind: str, ids: Collection[int] | None = None) -> dict[int, datetime]:
    """When users or contacts (`kind`) of the account were last connected, by id; all of them when `ids` is None."""
    if ids is None:
        rows = Presence.objects.filter(account_id=account_id, kind=kind)
        return dict(rows.values_list("ref_id", "last_seen_at"))
    some = _some_presences.all(account_id=account_id, kind=kind, ids=ids)
    return {presence.ref_id: presence.last_seen_at for presence in some}


_some_presences = Compiled(
    lambda account_id, kind, ids: Presence.objects.filter(account_id=account_id, kind=kind, ref_id__in=ids),
    account_id=int,
    kind=str,
    ids=list,
)


def last_seen_in_accounts(user_id: int) -> dict[int, datetime]:
    """When the user was last connected in each of their accounts, by account id."""
    rows = Presence.objects.filter(kind=Presence.Kind.USER, ref_id=user_id)
    return dict(rows.values_list("account_id", "last_seen_at"))


def with_presence(account_id: int, memberships: Iterable[Membership]) -> list[Agent]:
    """The same members with their effective availability. One query."""
    rows = list(memberships)
    seen = last_seen(account_id, kind=Presence.Kind.USER, ids=[row.user_id for row in rows]) if rows else {}
    moment = now()
    return [
        Agent(row, effective_availability(row, last_seen_at=seen.get(row.user_id), at=moment)) for row in rows
    ]


def memberships_of(account: Account | int) -> QuerySet[Membership]:
    """All members with their users, by name; also who is invited and has not accepted (`is_pending`)."""
    account_id = account if isinstance(account, int) else account.pk
    return (
        Membership.objects.filter(account_id=account_id)
        .select_related("user", "custom_role")
        .order_by(Lower("user__name"), "user_id")
    )


def agents_of(account: Account | int, *, user_ids: Collection[int] | None = None) -> list[Agent]:
    """Members by name with their availability; only these users when `user_ids` is given. Two queries."""
    account_id = account if isinstance(account, int) else account.pk
    if user_ids is None:
        return with_presence(account_id, memberships_of(account_id))
    return with_presence(account_id, _some_members.all(account_id=account_id, user_ids=user_ids))


_some_members = Compiled(
    lambda account_id, user_ids: memberships_of(account_id).filter(user_id__in=user_ids),
    account_id=int,
    user_ids=list,
)


def agents_by_id(account_id: int, user_ids: Collection[int]) -> dict[int, Agent]:
    """Those members by user id, for lists that show many at once. Two queries, none for an empty list."""
    wanted = {user_id for user_id in user_ids if user_id}
    return {agent.user.pk: agent for agent in agents_of(account_id, user_ids=wanted)} if wanted else {}


def online_user_ids(account_id: int, user_ids: Collection[int]) -> set[int]:
    """Those of the users whose effective availability is exactly online."""
    return {
        user_id
        for user_id, agent in agents_by_id(account_id, user_ids).items()
        if agent.availability_status == "online"
    }


def get_membership(account: Account, *, user_id: int) -> Membership:
    """The user as a member of the account. Raises NotFound."""
    membership = memberships_of(account).filter(user_id=user_id).first()
    if membership is None:
        raise NotFound
    return membership


def user_memberships(user: User) -> list[Membership]:
    """Their accounts, the one chosen last first; those never chosen come after, in the order they were joined."""
    rows = list(Membership.objects.filter(user=user).select_related("account", "custom_role").order_by("pk"))
    return sorted(
        rows, key=lambda row: (row.active_at is None, -row.active_at.timestamp() if row.active_at else 0)
    )


def active_membership(user: User) -> Membership | None:
    """The membership of the account they chose last; None when they are in no account."""
    return next(iter(user_memberships(user)), None)


def roles_of(account: Account) -> QuerySet[CustomRole]:
    """The roles that the account made, by name; `people` says how many have each."""
    rows = CustomRole.objects.filter(account=account).annotate(people=Count("memberships"))
    return rows.order_by(Lower("name"), "pk")


def get_role(account: Account, *, role_id: int, field: str = "") -> CustomRole:
    """One of them. Raises NotFound, naming the field if given."""
    role = roles_of(account).filter(pk=role_id).first()
    if role is None:
        raise NotFound(fields={field: [_("This role doesn't exist.")]} if field else None)
    return role


def is_kept_by_teams(membership: Membership) -> bool:
    """Whether their teams hide from them what lies in their channels, which policies.OPENING would open."""
    if membership.role != Role.AGENT:
        return False
    mine = TeamMember.objects.filter(
        user_id=membership.user_id, team__account_id=membership.account_id, team__deleted_at__isnull=True
    )
    sights = set(mine.values_list("team__sight", flat=True))
    return bool(sights) and TeamSight.INBOXES not in sights


def teams_of(account: Account, *, for_user: User | None = None) -> QuerySet[Team]:
    """Teams by name; `is_member` says whether `for_user` is in each."""
    member = TeamMember.objects.filter(team=OuterRef("pk"), user=for_user)
    return (
        Team.objects.filter(account=account, deleted_at__isnull=True)
        .annotate(is_member=Exists(member))
        .order_by("name", "pk")
    )


def get_team(account: Account, *, team_id: int, for_user: User | None = None) -> Team:
    """One team of the account. Raises NotFound."""
    team = teams_of(account, for_user=for_user).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def team_members(team: Team) -> list[Agent]:
    """The team's members by name with their availability."""
    rows = memberships_of(team.account_id).filter(user__team_memberships__team=team)
    return with_presence(team.account_id, rows)


def cache_keys(account: Account) -> dict[str, str]:
    """When each cached collection last changed, epoch seconds as text; ten zeros for never (contract B.5)."""
    return {
        name: f"{epoch(changed_at):010d}"
        for name, changed_at in (
            ("label", account.labels_changed_at),
            ("inbox", account.inboxes_changed_at),
            ("team", account.teams_changed_at),
        )
    }


def knows_email(email: str) -> bool:
    """Whether somebody signs in with that address."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).exists()


def keeps_installation(user: User) -> bool:
    """Whether they look after the installation: an administrator of the account that was made at the first run."""
    rows = Membership.objects.filter(
        user=user, role=Role.ADMINISTRATOR, account__status=Account.Status.ACTIVE
    )
    account_id = known().account_id
    return account_id is not None and rows.filter(account_id=account_id).exists()


def is_installed() -> bool:
    """Whether any account exists: the first run is over."""
    return Account.objects.exists()


def colleagues(account_id: int, user_ids: Collection[int]) -> set[int]:
    """These users, all of them members of the account. Raises NotAColleague."""
    wanted = set(user_ids)
    known = set(
        Membership.objects.filter(account_id=account_id, user_id__in=wanted).values_list("user_id", flat=True)
    )
    if known != wanted:
        raise NotAColleague
    return wanted
