"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.service_levels.commands import create_policy
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    made = create_policy(scene.account, by=scene.admin, name="Gold", first_response_time_threshold=300)
    return {"sla_policy_id": made.pk}


SAMPLE = Sample(lay_out, body={"name": "Silver", "first_response": 60})
