"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

import io
from typing import Any

from ventanilla.contacts.commands.imports import begin_import
from ventanilla.contacts.commands.notes import create_note
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    note = create_note(scene.carla, content="note", by=scene.ana)
    file = io.BytesIO(b"email\ncarla@example.com\n")
    job = begin_import(scene.account, content=file, filename="contacts.csv", by=scene.admin)
    return {"contact_id": scene.carla.pk, "note_id": note.pk, "import_id": job.pk}


SAMPLE = Sample(lay_out)
