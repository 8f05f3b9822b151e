"""The inbox as its clients see it, and the contacts they speak for."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.public.access import check_signature, find_contact, find_inbox
from ventanilla.api.replies import json_reply
from ventanilla.api.sign_in_limits import address_of
from ventanilla.api.visitors import contact_row
from ventanilla.contacts.commands.hearing import (
    begin_session,
    belongs_to_another,
    hear_visitor,
    session_by_source,
)
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.normal import clean_fields
from ventanilla.kit import rate_limits
from ventanilla.kit.errors import Invalid, Unauthorised

router = Router(tags=["public"])


class PublicInboxOut(Schema):
    """What a client needs to know of the inbox."""

    identifier: str
    identity_validation_enabled: bool
    name: str
    timezone: str
    working_hours: list[dict[str, Any]]
    working_hours_enabled: bool
    csat_survey_enabled: bool
    csat_response_visible: bool
    greeting_enabled: bool


class PublicContactIn(Body):
    """Who the contact is. `identifier_hash`: HMAC-SHA256 of the identifier under the inbox's key, in hexadecimal."""

    source_id: str = ""
    identifier: str = ""
    identifier_hash: str = ""
    email: str | None = None
    name: str | None = None
    phone_number: str | None = None
    avatar_url: str | None = None
    custom_attributes: dict[str, Any] | None = None


class PublicContactOut(Schema):
    """The contact as the client may know it."""

    source_id: str
    pubsub_token: str
    id: int
    name: str
    email: str | None
    phone_number: str | None


def _row(visitor: ContactInbox) -> dict[str, Any]:
    row = contact_row(visitor)
    return {
        "source_id": visitor.source_id,
        "pubsub_token": visitor.pubsub_token,
        **{key: row[key] for key in ("id", "name", "email", "phone_number")},
    }


def _told(given: PublicContactIn) -> dict[str, Any]:
    """What was given about the contact besides the identifier, checked. Raises Invalid, naming each faulty field."""
    told = {key: value for key, value in given.given.items() if value is not None}
    plain: dict[str, Any] = {key: told[key] for key in ("email", "name", "phone_number") if key in told}
    kept: dict[str, Any] = {key: told[key] for key in ("avatar_url", "custom_attributes") if key in told}
    return {**clean_fields(plain), **kept}


@router.get("/inboxes/{inbox_identifier}", response=PublicInboxOut, summary="Show the inbox")
def show_inbox(request: HttpRequest, inbox_identifier: str) -> HttpResponse:
    """Its name, hours and switches."""
    inbox = find_inbox(inbox_identifier)
    return json_reply(
        {
            "identifier": inbox.identifier,
            "identity_validation_enabled": inbox.hmac_mandatory,
            "name": inbox.name,
            "timezone": inbox.timezone,
            "working_hours": inbox.working_hours,
            "working_hours_enabled": inbox.working_hours_enabled,
            "csat_survey_enabled": inbox.csat_survey_enabled,
            "csat_response_visible": inbox.csat_response_visible,
            "greeting_enabled": inbox.greeting_enabled,
        }
    )


@router.post(
    "/inboxes/{inbox_identifier}/contacts", response=PublicContactOut, summary="Make or find a contact"
)
def create(request: HttpRequest, inbox_identifier: str, given: PublicContactIn = Given()) -> HttpResponse:
    """Whoever has that source_id already; else a new session. Signed, it is of the contact with that identifier (F.11);
    unsigned, of a contact of its own.
    """
    inbox = find_inbox(inbox_identifier)
    identifier = given.identifier.strip()
    signed = check_signature(inbox, identifier=identifier, signature=given.identifier_hash)
    source_id = given.source_id.strip() or str(uuid.uuid4())
    if len(source_id) > 255 or "/" in source_id:
        raise Invalid(fields={"source_id": [_("This source_id isn't valid.")]})
    visitor = session_by_source(inbox, source_id=source_id)
    if visitor is None:
        rate_limits.check("public_contacts_per_ip", address_of(request))
        visitor = begin_session(
            inbox, source_id=source_id, signed=signed, identifier=identifier, **_told(given)
        )
    elif signed:
        _recognise(visitor, identifier)
    return json_reply(_row(visitor))


@router.get(
    "/inboxes/{inbox_identifier}/contacts/{source_id}", response=PublicContactOut, summary="Show a contact"
)
def show(request: HttpRequest, inbox_identifier: str, source_id: str) -> HttpResponse:
    """The contact; with `identifier` and `identifier_hash` in the query the identity is checked."""
    visitor = find_contact(request, inbox_identifier, source_id)
    identifier = request.GET.get("identifier", "").strip()
    signature = request.GET.get("identifier_hash", "")
    if check_signature(visitor.inbox, identifier=identifier, signature=signature):
        _check_same(visitor, identifier)
        _recognise(visitor, identifier)
    return json_reply(_row(visitor))


@router.patch(
    "/inboxes/{inbox_identifier}/contacts/{source_id}", response=PublicContactOut, summary="Change a contact"
)
def change(
    request: HttpRequest, inbox_identifier: str, source_id: str, given: PublicContactIn = Given()
) -> HttpResponse:
    """Say who the contact is. Signed, they may turn out to be one we know (F.11); unsigned, only an agent says so."""
    visitor = find_contact(request, inbox_identifier, source_id)
    rate_limits.check("public_contact_per_visitor", visitor.pk)
    identifier = given.identifier.strip()
    signed = check_signature(visitor.inbox, identifier=identifier, signature=given.identifier_hash)
    told = _told(given)
    if signed:
        _check_same(visitor, identifier)
        told["identifier"] = identifier
    hear_visitor(visitor, signed=signed, **told)
    return json_reply(_row(visitor))


def _recognise(visitor: ContactInbox, identifier: str) -> None:
    """From now on the session is vouched for, when its contact is the one that the signature is about."""
    if visitor.contact.identifier == identifier and not visitor.hmac_verified:
        hear_visitor(visitor, signed=True, identifier=identifier)


def _check_same(visitor: ContactInbox, identifier: str) -> None:
    """A good signature of one person gives nothing of another. Raises Unauthorised."""
    if belongs_to_another(visitor, identifier=identifier, signed=True):
        raise Unauthorised(_("The visitor's signature isn't valid."))
