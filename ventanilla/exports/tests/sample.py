"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.conversations.policies import visibility_for
from ventanilla.exports.commands import begin, drafted
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    visibility = visibility_for(scene.admin, scene.account)
    draft = drafted(scene.account, by=scene.admin, visibility=visibility, locale="en")
    return {"export_id": begin(draft, by=scene.admin).pk}


SAMPLE = Sample(lay_out)
