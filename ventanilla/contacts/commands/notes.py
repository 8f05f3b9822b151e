"""Notes about contacts."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import User
from ventanilla.contacts.events import ContactNoteCreated, ContactNoteDeleted, ContactNoteUpdated
from ventanilla.contacts.models import Contact, ContactNote
from ventanilla.events.log import record
from ventanilla.kit.errors import Invalid

_MAX_NOTE_CHARS = 50_000


def _clean(content: str) -> str:
    cleaned = content.strip()
    if not cleaned or len(cleaned) > _MAX_NOTE_CHARS:
        raise Invalid(fields={"content": [_("Enter the text of the note.")]})
    return cleaned


@transaction.atomic
def create_note(contact: Contact, *, content: str, by: User) -> ContactNote:
    """Write something down about the contact. Raises Invalid. Records contact_note.created."""
    note = ContactNote.objects.create(
        account_id=contact.account_id, contact=contact, user=by, content=_clean(content)
    )
    record(
        ContactNoteCreated(account_id=contact.account_id, contact_id=contact.pk, note_id=note.pk),
        actor=actor_of(by),
    )
    return note


@transaction.atomic
def update_note(note: ContactNote, *, content: str, by: User) -> ContactNote:
    """Replace the text. Raises Invalid. Records contact_note.updated."""
    note.content = _clean(content)
    note.save(update_fields=["content", "updated_at"])
    record(
        ContactNoteUpdated(account_id=note.account_id, contact_id=note.contact_id, note_id=note.pk),
        actor=actor_of(by),
    )
    return note


@transaction.atomic
def delete_note(note: ContactNote, *, by: User) -> None:
    """Delete the note. Records contact_note.deleted."""
    fact = ContactNoteDeleted(account_id=note.account_id, contact_id=note.contact_id, note_id=note.pk)
    note.delete()
    record(fact, actor=actor_of(by))
