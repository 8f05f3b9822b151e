"""Macros and what became of each time one was run; changes to many conversations that go on by themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.conversations.models import Conversation, KeptFile
from ventanilla.events.claims import CHARS
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


class BulkChange(models.Model):
    """Steps that someone asked to be done to each of many conversations. Its numbers are counted from its items."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        UNDOING = "undoing"
        UNDONE = "undone"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(
        max_length=255, blank=True, default="", help_text="Of the macro that it runs; none for a change."
    )
    steps = models.JSONField(help_text="[{name, given}, …] of automation.action.Step, in their order.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    claim = models.CharField(
        max_length=CHARS, blank=True, default="", help_text="Who works on it (events.claims)."
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "user", "-id"], name="bulk_of_user"),
            models.Index(
                fields=["id"], condition=models.Q(state__in=["running", "undoing"]), name="bulk_at_work"
            ),
        ]


class BulkItem(models.Model):
    """One of the conversations, and what came of it. Written in the transaction of its change, so it happens once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CHANGED = "changed"
        REFUSED = "refused"
        UNDONE = "undone"

    bulk_change = models.ForeignKey(
        BulkChange, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.TextField(blank=True, default="", help_text="Why it was refused, or could not be undone.")
    undo = models.JSONField(
        default=list, blank=True, help_text="Steps that bring it back, as `steps` has them."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulk_change", "conversation"], name="bulk_item_once")
        ]
        indexes: ClassVar = [models.Index(fields=["bulk_change", "state", "id"], name="bulk_items_by_state")]


class BulkRefusal(models.Model):
    """A step of a macro that one of the conversations refused; the other steps were done all the same."""

    item = models.ForeignKey(BulkItem, on_delete=models.CASCADE, related_name="refusals", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="Of the step in the change.")
    reason = models.TextField(help_text="For people.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "position"], name="bulk_refusal_once")
        ]
