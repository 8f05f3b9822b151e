"""Service levels, SLA policies, and the clock of each conversation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from ventanilla.accounts.models import Account, Team
from ventanilla.conversations.models import Conversation, Status
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

PAUSABLE = (Status.SNOOZED, Status.PENDING)


def default_pauses() -> list[str]:
    """While a conversation sleeps, or a bot has it, no one is waited for."""
    return [Status(state).label for state in PAUSABLE]


def _seconds(what: str) -> Any:
    return models.PositiveIntegerField(
        null=True, blank=True, help_text=f"Seconds to {what}; null: no promise."
    )


class SlaPolicy(models.Model):
    """Thresholds under a name. A conversation has at most one, and it stands above the service levels."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    first_response_time_threshold = _seconds("the first answer")
    next_response_time_threshold = _seconds("each answer after it")
    resolution_time_threshold = _seconds("the end of the conversation")
    only_during_business_hours = models.BooleanField(default=False)
    pauses = models.JSONField(default=default_pauses, help_text="States in which its clocks stand still.")
    conditions = models.JSONField(
        default=list, blank=True, help_text="It is given by itself to what these mean; [] is by hand alone."
    )
    position = models.PositiveIntegerField(default=0, help_text="The first whose conditions fit is given.")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Can be restored for a day.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "position", "id"], name="sla_policy_in_order")]

    def __str__(self) -> str:
        return self.name


class ServiceLevel(models.Model):
    """What is promised in an account, one of its inboxes, or to what a team has there. Null: what the wider one says."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    first_response = _seconds("the first answer")
    next_response = _seconds("each answer after it")
    resolution = _seconds("the end of the conversation")
    in_business_hours = models.BooleanField(null=True, blank=True)
    pauses = models.JSONField(null=True, blank=True, help_text="States in which clocks stand still.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        # One for each place; the account's row is locked while one is made, as unique columns that are null are not.
        indexes: ClassVar = [models.Index(fields=["account", "inbox", "team"], name="service_level_by_place")]


class AppliedSla(models.Model):
    """The clock of a conversation: what the log said of it so far, what was told, and when to look again.

    With a policy it is the contract's applied SLA. `states` begins with the conversation, or with its latest reopening:
    [[epoch seconds, state], …]. `told` is by promise: [epoch seconds of its beginning, "warned" or "missed"].
    """

    class State(models.IntegerChoices):
        ACTIVE = 0, "active"
        HIT = 1, "hit"
        MISSED = 2, "missed"
        ACTIVE_WITH_MISSES = 3, "active_with_misses"

    RUNNING: ClassVar = (State.ACTIVE, State.ACTIVE_WITH_MISSES)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="applied_sla")
    policy = models.ForeignKey(
        SlaPolicy, on_delete=models.SET_NULL, null=True, blank=True, related_name="applied"
    )
    state = models.PositiveSmallIntegerField(choices=State.choices, default=State.ACTIVE)
    states = models.JSONField(default=list)
    waiting_since = models.DateTimeField(null=True, blank=True)
    has_reply = models.BooleanField(default=False)
    told = models.JSONField(default=dict, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When something is due; null: nothing.")
    is_stale = models.BooleanField(default=False, help_text="Thresholds or hours changed: reckon anew.")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes: ClassVar = [
            # What a tick asks for, however many clocks run.
            models.Index(fields=["next_at", "id"], condition=models.Q(next_at__isnull=False), name="sla_due"),
            models.Index(fields=["id"], condition=models.Q(is_stale=True), name="sla_stale"),
            models.Index(fields=["account", "-created_at"], name="sla_by_account"),
        ]


class SlaEvent(models.Model):
    """A promise that was not kept; the contract's sla_event. `created_at` is the moment it should have been kept."""

    class Type(models.TextChoices):
        FIRST_RESPONSE = "frt"
        NEXT_RESPONSE = "nrt"
        RESOLUTION = "rt"

    applied_sla = models.ForeignKey(AppliedSla, on_delete=models.CASCADE, related_name="events")
    event_type = models.CharField(max_length=3, choices=Type.choices)
    meta = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)


class Spread(models.Model):
    """The account got its first service level or policy: its open conversations get clocks, up to `last_id` so far."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_id = models.BigIntegerField(default=0)
