"""Teams and who is in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from ventanilla.accounts.models.accounts import Account
from ventanilla.accounts.models.people import User
from ventanilla.accounts.models.roles import TeamSight
from ventanilla.kit.clock import now


class Team(models.Model):
    """A named group of agents that conversations can be given to."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=255, help_text="Lower case, unique in the account.")
    description = models.TextField(blank=True, default="")
    allow_auto_assign = models.BooleanField(default=True)
    sight = models.CharField(
        max_length=12,
        choices=TeamSight.choices,
        default=TeamSight.INBOXES,
        help_text="How far its members see; whoever is in several teams has the widest of them.",
    )
    members: models.ManyToManyField[User, TeamMember] = models.ManyToManyField(
        User, through="TeamMember", related_name="teams"
    )
    deleted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Hidden everywhere; conversations let go of it, then a job deletes it.",
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "account", Lower("name"), condition=models.Q(deleted_at__isnull=True), name="team_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A user in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_memberships")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "user"], name="team_member_once")]
