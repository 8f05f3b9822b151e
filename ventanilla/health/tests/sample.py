"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.events.models import SetAsideEvent
from ventanilla.kit.clock import now
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    row = SetAsideEvent.objects.create(
        consumer="audit.entries", event_id=2**40, account_id=scene.account.pk, name="team.created", attempts=6,
        error="Traceback\nValueError: no", set_aside_at=now(),
    )  # fmt: skip
    return {"set_aside_id": row.pk}


SAMPLE = Sample(lay_out)
