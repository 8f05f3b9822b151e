"""What administrators did to service levels and policies."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import About, Fact, collection

Changes = dict[str, list[Any]]


class SlaPolicyCreated(Fact, frozen=True, kw_only=True):
    """A policy was made, or restored."""

    name: ClassVar[str] = "sla_policy.created"
    administrative = About("service_levels.SlaPolicy")
    told = collection("service_level", "sla_policy_id")
    sla_policy_id: int


class SlaPolicyUpdated(Fact, frozen=True, kw_only=True):
    """Thresholds, conditions or the name changed: its clocks are reckoned anew."""

    name: ClassVar[str] = "sla_policy.updated"
    administrative = About("service_levels.SlaPolicy")
    told = collection("service_level", "sla_policy_id")
    sla_policy_id: int
    changes: Changes


class SlaPolicyDeleted(Fact, frozen=True, kw_only=True):
    """Its conversations keep the service level of their place."""

    name: ClassVar[str] = "sla_policy.deleted"
    administrative = About("service_levels.SlaPolicy")
    told = collection("service_level", "sla_policy_id")
    sla_policy_id: int


class ServiceLevelChanged(Fact, frozen=True, kw_only=True):
    """Other times are promised in an account, an inbox or to a team there: clocks are reckoned anew."""

    name: ClassVar[str] = "service_level.changed"
    administrative = About("accounts.Account", "account_id", noun="ServiceLevel")
    told = collection("service_level", "account_id")
    inbox_id: int | None
    team_id: int | None
    changes: Changes
