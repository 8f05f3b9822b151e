"""Notes about contacts, and two contacts that are one person (B.3)."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.agents import AgentShape
from ventanilla.api.application.contacts import ContactShape
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.contacts.commands import notes as commands
from ventanilla.contacts.commands.identities import merge_contacts
from ventanilla.contacts.models import Contact, ContactNote
from ventanilla.contacts.rendering import contacts_json, notes_json
from ventanilla.contacts.selectors import get_contact_for, get_note, notes_of

router = Router(tags=["Contacts"])


class NoteShape(Schema):
    """A note about a contact."""

    id: int
    content: str
    account_id: int
    contact_id: int
    user: AgentShape | None = None
    created_at: int
    updated_at: int


class NoteBody(Body):
    """What to write down."""

    wrapper = "note"
    content: str = ""


class MergeBody(Body):
    """The contact that stays and the one that goes into it."""

    base_contact_id: int
    mergee_contact_id: int


def _contact(request: Request, contact_id: int) -> Contact:
    return get_contact_for(request.auth.member, contact_id=contact_id)


def _note(request: Request, contact_id: int, note_id: int) -> ContactNote:
    return get_note(_contact(request, contact_id), note_id=note_id)


@router.get("/contacts/{int:contact_id}/notes", operation_id="list_notes", response=list[NoteShape])
def index(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """Notes about the contact, newest first."""
    return json_reply(notes_json(list(notes_of(_contact(request, contact_id)))))


@router.post("/contacts/{int:contact_id}/notes", operation_id="create_note", response=NoteShape)
def create(request: Request, account_id: int, contact_id: int, given: NoteBody = Given()) -> HttpResponse:
    """Write something down."""
    request.auth.require(Capability.CONTACTS_WRITE)
    note = commands.create_note(_contact(request, contact_id), content=given.content, by=request.auth.person)
    return json_reply(notes_json([note])[0])


@router.get("/contacts/{int:contact_id}/notes/{int:note_id}", operation_id="show_note", response=NoteShape)
def show(request: Request, account_id: int, contact_id: int, note_id: int) -> HttpResponse:
    """One note."""
    return json_reply(notes_json([_note(request, contact_id, note_id)])[0])


@router.patch(
    "/contacts/{int:contact_id}/notes/{int:note_id}", operation_id="update_note", response=NoteShape
)
def change(
    request: Request, account_id: int, contact_id: int, note_id: int, given: NoteBody = Given()
) -> HttpResponse:
    """Replace the text."""
    request.auth.require(Capability.CONTACTS_WRITE)
    note = commands.update_note(
        _note(request, contact_id, note_id), content=given.content, by=request.auth.person
    )
    return json_reply(notes_json([note])[0])


@router.delete(
    "/contacts/{int:contact_id}/notes/{int:note_id}", operation_id="delete_note", response={200: None}
)
def destroy(request: Request, account_id: int, contact_id: int, note_id: int) -> HttpResponse:
    """Delete the note."""
    request.auth.require(Capability.CONTACTS_WRITE)
    commands.delete_note(_note(request, contact_id, note_id), by=request.auth.person)
    return empty_reply()


@router.post("/actions/contact_merge", operation_id="merge_contacts", response=ContactShape)
def merge(request: Request, account_id: int, given: MergeBody = Given()) -> HttpResponse:
    """Move all the mergee has to the base contact; the mergee is gone afterwards."""
    request.auth.require(Capability.CONTACTS_WRITE)
    base = merge_contacts(
        _contact(request, given.base_contact_id),
        mergee=_contact(request, given.mergee_contact_id),
        by=request.auth.person,
    )
    return json_reply(contacts_json([base], reader=request.auth.member)[0])
