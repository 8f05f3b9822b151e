"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.integrations.commands import create_dashboard_app
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    pages = [{"type": "frame", "url": "https://acme.example"}]
    return {"app_id": create_dashboard_app(scene.account, title="Orders", content=pages, by=scene.admin).pk}


SAMPLE = Sample(lay_out)
