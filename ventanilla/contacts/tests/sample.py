"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

import io
from typing import Any

from ventanilla.contacts.commands.addresses import add_address
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.commands.imports import begin_import
from ventanilla.contacts.commands.notes import create_note
from ventanilla.contacts.models import ContactAddress, ContactMerge
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    note = create_note(scene.carla, content="note", by=scene.ana)
    file = io.BytesIO(b"email\ncarla@example.com\n")
    job = begin_import(scene.account, content=file, filename="contacts.csv", by=scene.admin)
    add_address(scene.carla, kind="email", value="further@example.com", by=scene.ana)
    gone = create_contact(scene.account, name="Gone", email="gone@example.com", by=scene.ana)
    merge_contacts(scene.carla, mergee=gone, by=scene.ana)
    address = ContactAddress.objects.get(contact=scene.carla, value="further@example.com")
    merge = ContactMerge.objects.get(contact=scene.carla)
    return {
        "contact_id": scene.carla.pk,
        "note_id": note.pk,
        "import_id": job.pk,
        "address_id": address.pk,
        "contact_merge_id": merge.pk,
    }


SAMPLE = Sample(lay_out)
