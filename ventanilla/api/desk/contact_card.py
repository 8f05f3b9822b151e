"""A contact's card: who they are beyond the contract, their addresses, and merges to undo."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.contact_notes import NoteShape
from ventanilla.api.application.contacts import exists_reply
from ventanilla.api.application.conversation_access import seen_with
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts import selectors
from ventanilla.contacts.card import card_json
from ventanilla.contacts.commands import addresses as commands
from ventanilla.contacts.commands.merges import unmerge_contacts
from ventanilla.contacts.errors import ContactKeyTaken, MergeIsGone
from ventanilla.contacts.models import Contact, ContactAddress, ContactMerge
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class AddressShape(Schema):
    """One more address."""

    id: int
    kind: str
    value: str


class WayShape(Schema):
    """A channel by which the contact comes, and how many conversations came by it."""

    inbox_id: int
    name: str
    channel: str
    conversations: int


class MergeShape(Schema):
    """A record that was merged into this one; it can be undone."""

    id: int
    name: str
    at: int


class CompanyShape(Schema):
    """`contacts`: how many of those the caller may see say that they work there."""

    name: str
    contacts: int


class CardShape(Schema):
    """`origin`: agent, program, import, channel or nothing; `notes`: the newest three. Times are seconds since 1970."""

    id: int
    first_name: str
    last_name: str
    preferred_language: str
    origin: str
    origin_channel: str
    created_at: int
    labels: list[str]
    addresses: list[AddressShape]
    ways: list[WayShape]
    company: CompanyShape | None
    notes: list[NoteShape]
    merges: list[MergeShape]


class AddressBody(Body):
    """An address to add."""

    kind: str = "email"
    value: str = ""


class UnmergedShape(Schema):
    """The record that is there again."""

    contact_id: int


def _readable(request: Request, contact_id: int) -> Contact:
    return selectors.get_contact_for(request.auth.member, contact_id=contact_id)


def _writable(request: Request, contact_id: int) -> Contact:
    request.auth.require(Capability.CONTACTS_WRITE)
    return _readable(request, contact_id)


def _address(contact: Contact, address_id: int) -> ContactAddress:
    found = ContactAddress.objects.filter(contact=contact, pk=address_id).first()
    if found is None:
        raise NotFound
    return found


def _card(request: Request, contact: Contact) -> HttpResponse:
    contact.refresh_from_db()
    return _shown(request, contact)


def _shown(request: Request, contact: Contact) -> HttpResponse:
    seen = seen_with(request, contact.pk)
    return json_reply(card_json(contact, reader=request.auth.member, seen=seen))


@router.get("/contacts/{int:contact_id}/card", operation_id="desk_contact_card", response=CardShape)
def show(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """The card."""
    return _shown(request, _readable(request, contact_id))


@router.post("/contacts/{int:contact_id}/addresses", operation_id="desk_add_address", response=CardShape)
def add(request: Request, account_id: int, contact_id: int, given: AddressBody = Given()) -> HttpResponse:
    """One more address; a refusal names the contact who has it."""
    contact = _writable(request, contact_id)
    try:
        commands.add_address(contact, kind=given.kind, value=given.value, by=request.auth.person)
    except ContactKeyTaken as taken:
        return exists_reply(request, taken)
    return _card(request, contact)


@router.delete(
    "/contacts/{int:contact_id}/addresses/{int:address_id}",
    operation_id="desk_remove_address",
    response=CardShape,
)
def remove(request: Request, account_id: int, contact_id: int, address_id: int) -> HttpResponse:
    """Forget it."""
    contact = _writable(request, contact_id)
    commands.remove_address(contact, address=_address(contact, address_id), by=request.auth.person)
    return _card(request, contact)


@router.post(
    "/contacts/{int:contact_id}/addresses/{int:address_id}/primary",
    operation_id="desk_primary_address",
    response=CardShape,
)
def primary(request: Request, account_id: int, contact_id: int, address_id: int) -> HttpResponse:
    """Write to this one first."""
    contact = _writable(request, contact_id)
    commands.make_primary(contact, address=_address(contact, address_id), by=request.auth.person)
    return _card(request, contact)


@router.post(
    "/contacts/{int:contact_id}/merges/{int:contact_merge_id}/undo",
    operation_id="desk_undo_merge",
    response=UnmergedShape,
)
def unmerge(request: Request, account_id: int, contact_id: int, contact_merge_id: int) -> HttpResponse:
    """The merged record is there again."""
    contact = _writable(request, contact_id)
    merge = (
        ContactMerge.objects.filter(contact=contact, pk=contact_merge_id).select_related("contact").first()
    )
    if merge is None:
        raise MergeIsGone
    again = unmerge_contacts(merge, by=request.auth.person)
    return json_reply({"contact_id": again.pk})
