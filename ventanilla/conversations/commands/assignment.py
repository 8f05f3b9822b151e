"""Who has the conversation: agent and team (contract F.5, the manual part; who is chosen by itself is routing's)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ventanilla.accounts.models import Team, TeamMember, User
from ventanilla.conversations.commands.activity import lines, write_activity
from ventanilla.conversations.commands.following import check_assignable, follow
from ventanilla.conversations.commands.held import By, Held, held
from ventanilla.conversations.models import Conversation
from ventanilla.kit.errors import NotFound

lines(
    {
        "assigned": _("%(actor)s assigned the conversation to %(assignee)s"),
        "self_assigned": _("%(actor)s assigned the conversation to themselves"),
        "unassigned": _("%(actor)s unassigned the conversation"),
        "team_assigned": _("%(actor)s assigned the conversation to the %(team)s team"),
        "team_assigned_with_agent": _(
            "%(actor)s assigned the conversation to %(assignee)s in the %(team)s team"
        ),
        "team_removed": _("%(actor)s removed the conversation from the %(team)s team"),
    }
)


def assign_agent(
    conversation: Conversation, *, assignee: User | None, by: By, caused_by: int | None = None
) -> Conversation:
    """Give the conversation to someone who can open and answer it, or to no one. They begin to follow it.

    Raises NotFound for a user of another account, NotAMember for one who cannot open the inbox.
    Records assignee.changed. `by` None leaves no line in the thread.
    """
    with held(conversation, caused_by=caused_by) as row:
        check_assignable(assignee, account_id=row.account_id, inbox_id=row.inbox_id)
        if row.set("assignee_id", assignee.pk if assignee else None):
            if assignee is not None:
                follow(row, [assignee.pk], by=by)
            _say_assigned(row, assignee, by=by)
            row.save(by=by)
    conversation.assignee = assignee
    return conversation


def assign_team(
    conversation: Conversation,
    *,
    team: Team | None,
    by: By,
    assignee: User | None = None,
    caused_by: int | None = None,
) -> Conversation:
    """Give the conversation to a team, or to none. An agent who is not in the team loses it.

    `assignee` gets it in the same step. Raises NotFound for another account's team, and what assign_agent raises.
    Records team.changed, and assignee.changed when that changes.
    """
    with held(conversation, caused_by=caused_by) as row:
        check_assignable(assignee, account_id=row.account_id, inbox_id=row.inbox_id)
        check_team(team, account_id=row.account_id)
        old = Team.objects.filter(pk=row.team_id).first() if row.team_id else None
        changed = row.set("team_id", team.pk if team else None)
        if changed and team is not None and not _is_in(team, row.assignee_id):
            row.set("assignee_id", None)
        if assignee is not None and row.set("assignee_id", assignee.pk):
            follow(row, [assignee.pk], by=by)
        if changed and by is not None:
            _say_team(row, team, old, assignee, by=by)
        row.save(by=by)
    conversation.team = team
    return conversation


def check_team(team: Team | None, *, account_id: int) -> None:
    """Raises NotFound for another account's team."""
    if team is not None and team.account_id != account_id:
        raise NotFound(fields={"team_id": [_("This team doesn't exist.")]})


def _is_in(team: Team, user_id: int | None) -> bool:
    return user_id is None or TeamMember.objects.filter(team=team, user_id=user_id).exists()


def _say_assigned(row: Held, assignee: User | None, *, by: By) -> None:
    if by is None:
        return
    if assignee is None:
        write_activity(row, "unassigned", by=by)
    elif isinstance(by, User) and by.pk == assignee.pk:
        write_activity(row, "self_assigned", by=by)
    else:
        write_activity(row, "assigned", by=by, assignee=assignee.available_name)


def _say_team(row: Held, team: Team | None, old: Team | None, assignee: User | None, *, by: By) -> None:
    if team is None:
        write_activity(row, "team_removed", by=by, team=old.name if old else "")
    elif assignee is not None:
        write_activity(
            row, "team_assigned_with_agent", by=by, team=team.name, assignee=assignee.available_name
        )
    else:
        write_activity(row, "team_assigned", by=by, team=team.name)
