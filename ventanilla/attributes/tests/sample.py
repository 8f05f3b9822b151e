"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.attributes.commands import create_definition
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    definition = create_definition(scene.account, key="k", display_name="K", by=scene.admin)
    return {"definition_id": definition.pk}


SAMPLE = Sample(lay_out, body={"custom_attributes": {"stranger": True}})
