"""A dashboard app as the contract shows it (B.6)."""

from __future__ import annotations

from typing import Any

from ventanilla.integrations.models import DashboardApp
from ventanilla.kit.clock import iso


def dashboard_app_json(app: DashboardApp) -> dict[str, Any]:
    return {"id": app.pk, "title": app.title, "content": app.content, "created_at": iso(app.created_at)}
