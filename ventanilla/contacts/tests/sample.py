"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.contacts.commands.notes import create_note
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    note = create_note(scene.carla, content="note", by=scene.ana)
    return {"contact_id": scene.carla.pk, "note_id": note.pk}


SAMPLE = Sample(lay_out)
