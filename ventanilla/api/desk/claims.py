"""What visitors say of themselves and no one vouched for: shown to agents, who believe it or not (decision Q-16)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from ventanilla.accounts.avatars import avatar_url
from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.contacts.commands.claims import accept_claim, decline_claim
from ventanilla.contacts.models import Contact, ContactClaim
from ventanilla.contacts.selectors import (
    Claim,
    contacts_for,
    get_claim,
    get_contact_for,
    holder_of,
    is_vouched_contact,
    open_claims,
)
from ventanilla.kit.clock import epoch
from ventanilla.kit.errors import NotFound

router = Router(tags=["Desk"])


class KnownContactShape(Schema):
    """The contact who has what was claimed."""

    id: int
    name: str
    email: str | None
    phone_number: str | None
    thumbnail: str


class ClaimShape(Schema):
    """`field`: name, email, phone_number, identifier, or a path such as custom_attributes.plan. `said_at`: seconds since
    1970. `is_taken`: another contact has it; `known` is that contact when the agent may open it.
    """

    id: int
    field: str
    value: Any
    said_at: int
    inbox_name: str
    is_taken: bool
    known: KnownContactShape | None


class ClaimsShape(Schema):
    """`is_verified`: the company's own server vouched for one of the contact's visitors."""

    payload: list[ClaimShape]
    is_verified: bool


class ClaimDecided(Schema):
    """The contact that continues: after a merge the one who was known."""

    contact_id: int


_CONTACT = "/contacts/{int:contact_id}/claims"


@router.get(_CONTACT, operation_id="list_contact_claims", response=ClaimsShape)
def index(request: Request, account_id: int, contact_id: int) -> HttpResponse:
    """What waits for an agent, oldest first."""
    return json_reply(claims_json(request, contact_id))


def claims_json(request: Request, contact_id: int) -> dict[str, Any]:
    """What waits for an agent about that contact. Raises NotFound when the caller may not see it."""
    contact = get_contact_for(request.auth.member, contact_id=contact_id)
    waiting = open_claims(contact)
    ids = [claim.known.pk for claim in waiting if claim.known]
    shown = (
        set(contacts_for(request.auth.member).filter(pk__in=ids).values_list("pk", flat=True))
        if ids
        else set()
    )
    return {
        "payload": [_row(claim, may_open=bool(claim.known and claim.known.pk in shown)) for claim in waiting],
        "is_verified": is_vouched_contact(contact),
    }


def _row(claim: Claim, *, may_open: bool) -> dict[str, Any]:
    return {
        "id": claim.row.pk,
        "field": claim.row.field,
        "value": claim.row.value,
        "said_at": epoch(claim.row.said_at),
        "inbox_name": claim.row.contact_inbox.inbox.name,
        "is_taken": claim.known is not None,
        "known": _known(claim.known) if claim.known and may_open else None,
    }


def _known(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "name": contact.name,
        "email": contact.email,
        "phone_number": contact.phone_number,
        "thumbnail": avatar_url(contact.avatar.name or ""),
    }


@router.post(
    f"{_CONTACT}/{{int:claim_id}}/accept", operation_id="accept_contact_claim", response=ClaimDecided
)
def accept(request: Request, account_id: int, contact_id: int, claim_id: int) -> HttpResponse:
    """Believe it: the contact goes into the one who has this key, or takes the value over."""
    claim = _claim(request, contact_id, claim_id)
    known = holder_of(claim)
    if known is not None and not contacts_for(request.auth.member).filter(pk=known.pk).exists():
        raise NotFound
    return json_reply({"contact_id": accept_claim(claim, by=request.auth.person).pk})


@router.post(
    f"{_CONTACT}/{{int:claim_id}}/decline", operation_id="decline_contact_claim", response=ClaimDecided
)
def decline(request: Request, account_id: int, contact_id: int, claim_id: int) -> HttpResponse:
    """Do not believe it; the same visitor's same words are not shown again."""
    claim = _claim(request, contact_id, claim_id)
    return json_reply({"contact_id": decline_claim(claim, by=request.auth.person).pk})


def _claim(request: Request, contact_id: int, claim_id: int) -> ContactClaim:
    request.auth.require(Capability.CONTACTS_WRITE)
    contact = get_contact_for(request.auth.member, contact_id=contact_id)
    return get_claim(contact, claim_id=claim_id)
