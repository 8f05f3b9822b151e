"""Policies, applied SLAs and service levels as JSON (contract B.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.kit.clock import epoch
from ventanilla.service_levels.models import AppliedSla, ServiceLevel, SlaEvent, SlaPolicy
from ventanilla.service_levels.reckoning import FIRST, NEXT, RESOLUTION, Promise

_WORDS = {FIRST: "first_response", NEXT: "next_response", RESOLUTION: "resolution"}


def policy_json(policy: SlaPolicy) -> dict[str, Any]:
    """The contract's policy, and what ours have beside it."""
    return {
        "id": policy.pk,
        "name": policy.name,
        "description": policy.description,
        "first_response_time_threshold": policy.first_response_time_threshold,
        "next_response_time_threshold": policy.next_response_time_threshold,
        "resolution_time_threshold": policy.resolution_time_threshold,
        "only_during_business_hours": policy.only_during_business_hours,
        "pauses": policy.pauses,
        "conditions": policy.conditions,
        "position": policy.position,
    }


def applied_json(applied: AppliedSla, policy: SlaPolicy) -> dict[str, Any]:
    """The applied SLA as conversations and reports carry it."""
    return {
        "id": applied.pk,
        "sla_id": policy.pk,
        "sla_status": AppliedSla.State(applied.state).label,
        "created_at": epoch(applied.created_at),
        "updated_at": epoch(applied.updated_at),
        "sla_description": policy.description,
        "sla_name": policy.name,
        "sla_first_response_time_threshold": policy.first_response_time_threshold,
        "sla_next_response_time_threshold": policy.next_response_time_threshold,
        "sla_only_during_business_hours": policy.only_during_business_hours,
        "sla_resolution_time_threshold": policy.resolution_time_threshold,
    }


def event_json(event: SlaEvent) -> dict[str, Any]:
    """A miss."""
    return {
        "id": event.pk,
        "event_type": event.event_type,
        "meta": event.meta,
        "created_at": epoch(event.created_at),
        "updated_at": epoch(event.updated_at),
    }


def clock_json(promise: Promise | None) -> dict[str, Any] | None:
    """What a chip needs: which promise, when half of its time is over, when all of it."""
    if promise is None:
        return None
    return {"promise": _WORDS[promise.kind], "half_at": epoch(promise.half), "due_at": epoch(promise.due)}


def report_row(applied: AppliedSla) -> dict[str, Any]:
    """A line of the report of misses. Needs policy, conversation with contact and assignee, and events."""
    conversation, policy = applied.conversation, applied.policy
    if policy is None:
        raise ValueError("a report is of applied policies")
    shown: dict[str, Any] = {
        "id": conversation.pk,
        "display_id": conversation.display_id,
        "contact": {"name": conversation.contact.name},
        "labels": conversation.label_titles,
    }
    if conversation.assignee is not None:
        shown["assignee"] = {"id": conversation.assignee.pk, "name": conversation.assignee.available_name}
    return {
        "applied_sla": applied_json(applied, policy),
        "conversation": shown,
        "sla_events": [event_json(event) for event in sorted(applied.events.all(), key=lambda one: one.pk)],
    }


def report_table(rows: Iterable[AppliedSla]) -> Iterator[list[Any]]:
    """The same as a table."""
    words = {"frt": _("First response"), "nrt": _("Next response"), "rt": _("Resolution")}
    yield [_("Conversation"), _("Contact"), _("Agent"), _("Policy"), _("Missed")]
    for row in rows:
        late = dict.fromkeys(words[event.event_type] for event in row.events.all())
        assignee = row.conversation.assignee
        yield [
            row.conversation.display_id,
            row.conversation.contact.name,
            assignee.available_name if assignee is not None else "",
            row.policy.name if row.policy is not None else "",
            ", ".join(late),
        ]


def level_json(level: ServiceLevel) -> dict[str, Any]:
    """A service level; null is what the wider one says."""
    return {
        "inbox_id": level.inbox_id,
        "team_id": level.team_id,
        "first_response": level.first_response,
        "next_response": level.next_response,
        "resolution": level.resolution,
        "in_business_hours": level.in_business_hours,
        "pauses": level.pauses,
    }


def shares_json(shares: Mapping[tuple[int | None, int | None], int]) -> Sequence[dict[str, Any]]:
    """How much was kept, by place."""
    return [
        {"inbox_id": inbox_id, "team_id": team_id, "kept_percent": percent}
        for (inbox_id, team_id), percent in shares.items()
    ]
