"""What happens to dashboard apps."""

from __future__ import annotations

from typing import Any, ClassVar

from ventanilla.events.facts import About, Fact, collection


class DashboardAppCreated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "dashboard_app.created"
    administrative = About("integrations.DashboardApp")
    told = collection("dashboard_app", "dashboard_app_id")
    dashboard_app_id: int


class DashboardAppUpdated(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "dashboard_app.updated"
    administrative = About("integrations.DashboardApp")
    told = collection("dashboard_app", "dashboard_app_id")
    dashboard_app_id: int
    changes: dict[str, list[Any]]


class DashboardAppDeleted(Fact, frozen=True, kw_only=True):
    name: ClassVar[str] = "dashboard_app.deleted"
    administrative = About("integrations.DashboardApp")
    told = collection("dashboard_app", "dashboard_app_id")
    dashboard_app_id: int
