"""Teams and their members."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.caches import Cached, invalidate_cache
from ventanilla.accounts.events import TeamCreated, TeamDeleted, TeamMembersChanged, TeamUpdated
from ventanilla.accounts.models import Account, Team, TeamMember, TeamSight, User
from ventanilla.accounts.selectors import colleagues
from ventanilla.events.log import record
from ventanilla.kit import limits, row_by_row
from ventanilla.kit.changes import assign
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid


def _clean_team_name(name: str) -> str:
    cleaned = " ".join(name.split()).lower()
    if not cleaned or len(cleaned) > limits.MAX_SHORT_TEXT_CHARS:
        raise Invalid(fields={"name": [_("Enter a team name of up to 255 characters.")]})
    return cleaned


def _clean_sight(sight: str) -> str:
    if sight not in TeamSight.values:
        raise Invalid(fields={"sight": [_("Choose which conversations its members see.")]})
    return sight


def _check_name_is_free(account_id: int, name: str, *, but: int = 0) -> None:
    if (
        Team.objects.filter(account_id=account_id, name__iexact=name, deleted_at__isnull=True)
        .exclude(pk=but)
        .exists()
    ):
        raise _name_taken()


def _name_taken() -> Invalid:
    return Invalid(fields={"name": [_("There's already a team with that name.")]})


@transaction.atomic
def create_team(
    account: Account,
    *,
    name: str,
    by: User | None,
    description: str = "",
    allow_auto_assign: bool = True,
    sight: str = TeamSight.INBOXES,
) -> Team:
    """Make a team; its name is kept in lower case. Raises Invalid. Records team.created."""
    cleaned = _clean_team_name(name)
    _check_name_is_free(account.pk, cleaned)
    try:
        with transaction.atomic():
            team = Team.objects.create(
                account=account,
                name=cleaned,
                description=description,
                allow_auto_assign=allow_auto_assign,
                sight=_clean_sight(sight),
            )
    except IntegrityError:  # someone else took the name between the question and the insert
        raise _name_taken()
    record(TeamCreated(account_id=account.pk, team_id=team.pk), actor=actor_of(by))
    invalidate_cache(account, of=Cached.TEAMS)
    return team


@transaction.atomic
def update_team(team: Team, *, by: User | None, **fields: Any) -> Team:
    """Change name, description, allow_auto_assign or sight. Raises Invalid. Records team.updated."""
    known = {"name", "description", "allow_auto_assign", "sight"}
    values = {key: value for key, value in fields.items() if key in known and value is not None}
    if "name" in values:
        values["name"] = _clean_team_name(values["name"])
        _check_name_is_free(team.account_id, values["name"], but=team.pk)
    if "sight" in values:
        values["sight"] = _clean_sight(values["sight"])
    changes = assign(team, values)
    if changes:
        team.save(update_fields=[*changes, "updated_at"])
        record(TeamUpdated(account_id=team.account_id, team_id=team.pk, changes=changes), actor=actor_of(by))
        invalidate_cache(team.account, of=Cached.TEAMS)
    return team


@transaction.atomic
def delete_team(team: Team, *, by: User | None) -> None:
    """Hide the team everywhere; conversations let go of it when they read team.deleted, then a job deletes the row."""
    TeamMember.objects.filter(team=team).delete()
    team.deleted_at = now()
    team.save(update_fields=["deleted_at", "updated_at"])
    record(TeamDeleted(account_id=team.account_id, team_id=team.pk), actor=actor_of(by))
    invalidate_cache(team.account, of=Cached.TEAMS)


def delete_hidden_teams(*, hidden_before: datetime) -> int:
    """Delete the rows of teams that were hidden before that moment; how many."""
    hidden = Team.objects.filter(deleted_at__lt=hidden_before).order_by("pk")
    return row_by_row.walk(hidden, lambda team: bool(team.delete()[0]), where="accounts.delete_hidden_teams")


def add_team_members(team: Team, *, user_ids: Collection[int], by: User | None) -> None:
    """Put these users into the team. Raises NotAColleague. Records team.members_changed."""
    wanted = colleagues(team.account_id, user_ids)
    _change_members(team, add=wanted, remove=set(), by=by)


def remove_team_members(team: Team, *, user_ids: Collection[int], by: User | None) -> None:
    """Take these users out of the team; those who are not in it are left out. Records team.members_changed."""
    _change_members(team, add=set(), remove=set(user_ids), by=by)


def set_team_members(team: Team, *, user_ids: Collection[int], by: User | None) -> None:
    """Make exactly these users the team. Raises NotAColleague. Records team.members_changed."""
    wanted = colleagues(team.account_id, user_ids)
    current = set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    _change_members(team, add=wanted, remove=current - wanted, by=by)


@transaction.atomic
def _change_members(team: Team, *, add: set[int], remove: set[int], by: User | None) -> None:
    current = set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))
    added, removed = sorted(add - current), sorted(remove & current)
    if not added and not removed:
        return
    TeamMember.objects.bulk_create(
        [TeamMember(team=team, user_id=user_id) for user_id in added], ignore_conflicts=True
    )
    TeamMember.objects.filter(team=team, user_id__in=removed).delete()
    record(
        TeamMembersChanged(account_id=team.account_id, team_id=team.pk, added=added, removed=removed),
        actor=actor_of(by),
    )
    invalidate_cache(team.account, of=Cached.TEAMS)
