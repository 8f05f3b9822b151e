"""Macros and what became of each time one was run."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation, KeptFile
from ventanilla.kit.clock import now


class Macro(models.Model):
    """An ordered list of actions under a name: its maker's alone, or everyone's."""

    class Visibility(models.TextChoices):
        PERSONAL = "personal"
        GLOBAL = "global"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="macros")
    name = models.CharField(max_length=255)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PERSONAL)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    actions = models.JSONField(
        default=list, help_text="As the contract has them: [{action_name, action_params}, …]."
    )
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="Hidden everywhere, and can be brought back; then a job deletes it."
    )
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "name"], name="macros_by_name")]

    def __str__(self) -> str:
        return self.name


class MacroFile(KeptFile):
    """A file that one of its actions sends; as long as the row is there, so are the bytes."""

    macro = models.ForeignKey(Macro, on_delete=models.CASCADE, related_name="files")
    created_at = models.DateTimeField(default=now)


class MacroRun(models.Model):
    """One time that someone ran a macro, with the actions as they were then."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    macro = models.ForeignKey(Macro, on_delete=models.SET_NULL, null=True, related_name="runs")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", help_text="Whoever runs it.")
    name = models.CharField(max_length=255)
    actions = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["running", "undoing"]),
                name="macro_runs_under_way",
            ),
            models.Index(fields=["created_at"], name="macro_runs_by_age"),
        ]


class MacroStep(models.Model):
    """One action on one conversation. Its row and what it does are written together, so it is done once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        UNDONE = "undone"

    run = models.ForeignKey(MacroRun, on_delete=models.CASCADE, related_name="steps", db_index=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Of the action in the macro.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True, default="", help_text="Why it failed, for people.")
    undo = models.JSONField(default=list, help_text="What brings back what was: [{name, given}, …].")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "conversation", "position"], name="macro_step_once")
        ]
