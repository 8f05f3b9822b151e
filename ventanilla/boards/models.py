"""Saved filters, and walls of columns."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Team, User
from ventanilla.kit.clock import now

ICONS = (
    "folder", "star", "flag", "alarm", "flame", "heart", "package", "cart", "card", "bug", "phone", "users",
)  # fmt: skip


class CustomFilter(models.Model):
    """Conditions that one person saved; evaluated anew each time they are opened (P-05).

    On screens a folder (of conversations) or a segment (of contacts). With a team its members see it as well, each with what
    they may see in it; only its owner changes it.
    """

    class Type(models.TextChoices):
        CONVERSATION = "conversation"
        CONTACT = "contact"
        REPORT = "report"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="custom_filters")
    name = models.CharField(max_length=255)
    filter_type = models.CharField(max_length=12, choices=Type.choices, default=Type.CONVERSATION)
    query = models.JSONField(default=dict, help_text='{"payload": [condition, …]} of the filter language.')
    icon = models.CharField(
        max_length=24, default="folder", help_text="One of ICONS, by its name at the desk."
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Shared with it."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "user", "filter_type"], name="filter_by_owner")]

    def __str__(self) -> str:
        return self.name


class Board(models.Model):
    """A wall of columns (D-COL-01). Its owner may share it with a team or with everyone, who may
    change it where that is said.

    What is in a column is found anew for each viewer: a shared wall shows everyone what they may see.
    """

    class Sharing(models.TextChoices):
        NOBODY = "nobody"
        TEAM = "team"
        ACCOUNT = "account"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="boards")
    name = models.CharField(max_length=255)
    shared_with = models.CharField(max_length=8, choices=Sharing.choices, default=Sharing.NOBODY)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Shared with it."
    )
    is_editable = models.BooleanField(default=False, help_text="Whom it is shared with may change it.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "user"], name="board_by_owner")]

    def __str__(self) -> str:
        return self.name


class Column(models.Model):
    """One column of a wall: what it shows (a filter of the one language) and in which order."""

    class Kind(models.TextChoices):
        TICKETS = "tickets"  # whole conversations
        MESSAGES = "messages"  # single messages
        SCHEDULED = "scheduled"  # what is to be sent later

    class Order(models.TextChoices):
        ACTIVITY = "activity"  # the last update first
        WAITING = "waiting"  # open ones that wait for a person, the longest wait first (decision Q-3)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="columns")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TICKETS)
    conditions = models.JSONField(default=list, blank=True, help_text="Of the filter language.")
    order = models.CharField(max_length=12, choices=Order.choices, default=Order.ACTIVITY)
    is_flipped = models.BooleanField(default=False, help_text="The order upside down.")
    sounds = models.BooleanField(default=False, help_text="What comes in is heard.")
    notifies = models.BooleanField(default=False, help_text="What comes in is told by the browser.")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["board", "position", "id"], name="column_in_order")]

    def __str__(self) -> str:
        return self.name


class ColumnLook(models.Model):
    """When a user last looked at a column: what moved in it since is new to them (D-MYC-02)."""

    column = models.ForeignKey(Column, on_delete=models.CASCADE, related_name="looks", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["column", "user"], name="column_look_once")]
