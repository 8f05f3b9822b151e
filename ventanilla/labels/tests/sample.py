"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.labels.commands import create_label
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    return {"label_id": create_label(scene.account, title="label", by=scene.admin).pk}


SAMPLE = Sample(lay_out, body={"title": "stranger", "labels": ["stranger"]})
