"""Roles that an account makes for itself, and how far a role or a team lets its people see."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from ventanilla.accounts.models.accounts import Account
from ventanilla.kit.clock import now


class Sight(models.TextChoices):
    """Which conversations someone sees, the widest first; all but the last always lie in the inboxes they belong to."""

    INBOXES = "inboxes"  # all of their inboxes
    TEAM = "team"  # their teams' and their own
    UNASSIGNED = "unassigned"  # their own and those that nobody has
    OWN = "own"
    NONE = "none"


class TeamSight(models.TextChoices):
    """What a team keeps its members to."""

    INBOXES = Sight.INBOXES.value
    TEAM = Sight.TEAM.value
    OWN = Sight.OWN.value


class CustomRole(models.Model):
    """What an agent with this role may do instead of what agents may (policies.py), and what they see.

    A member with it has the role `agent`, so that the contract's clients know what they are.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="custom_roles")
    name = models.CharField(max_length=64, help_text="Unique in the account.")
    description = models.TextField(blank=True, default="")
    sight = models.CharField(max_length=12, choices=Sight.choices, default=Sight.INBOXES)
    inbox_ids = models.JSONField(
        null=True,
        blank=True,
        default=None,
        help_text="Of the inboxes they belong to only these; null: all. Ids, because inboxes live above.",
    )
    capabilities = models.JSONField(default=list, help_text="Values of policies.Capability.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("account", Lower("name"), name="custom_role_name_once")
        ]

    def __str__(self) -> str:
        return self.name
