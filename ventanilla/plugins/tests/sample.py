"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    return {"plugin": "ventanilla-nobody"}


SAMPLE = Sample(lay_out, body={"on": False})
