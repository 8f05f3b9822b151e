"""The visitor: what we know of them, and what they or their page tell us."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.api.visitors import contact_row, known_keys, own_attributes
from ventanilla.api.widget.access import VisitorRequest, throttle
from ventanilla.contacts.commands.hearing import belongs_to_another, forget_words, hear_visitor
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import is_vouched_for, new_visitor, visitor_token
from ventanilla.kit.errors import Unauthorised

router = Router(tags=["widget"])


class WidgetContactIn(Body):
    """What a page or a form knows of the visitor. What is not valid is left out."""

    name: str | None = None
    email: str | None = None
    phone_number: str | None = None
    avatar_url: str | None = None
    custom_attributes: dict[str, Any] | None = None
    additional_attributes: dict[str, Any] | None = None


class WidgetUserIn(WidgetContactIn):
    """The same with the visitor's id in the company's own system, and its signature (contract C.1)."""

    identifier: str = ""
    identifier_hash: str = ""


class WidgetContactOut(Schema):
    """Which of the keys are known."""

    id: int
    has_email: bool
    has_name: bool
    has_phone_number: bool
    identifier: str | None = None
    widget_auth_token: str | None = None


class WidgetKeysIn(Body):
    """Keys of attributes to forget."""

    custom_attributes: list[str] = []


class WidgetContactRowOut(Schema):
    """The visitor's own record."""

    id: int
    name: str
    email: str | None
    phone_number: str | None
    identifier: str | None
    custom_attributes: dict[str, Any]


def _fields(given: WidgetContactIn) -> dict[str, Any]:
    return {
        name: value
        for name, value in given.given.items()
        if value is not None and name not in {"identifier", "identifier_hash"}
    }


@router.get("/contact", response=WidgetContactOut, summary="What is known of the visitor")
def show(request: VisitorRequest) -> HttpResponse:
    """Whether email, name and phone are known; never their values."""
    return json_reply(known_keys(request.auth))


@router.patch("/contact", response=WidgetContactOut, summary="Tell about the visitor")
def change(request: VisitorRequest, given: WidgetContactIn = Given()) -> HttpResponse:
    """Keep what the form or the page says. An email or phone that is not valid is left out."""
    throttle(request, "widget_contact")
    hear_visitor(request.auth, signed=False, **_fields(given))
    return json_reply(known_keys(request.auth))


@router.patch("/contact/set_user", response=WidgetContactOut, summary="Say who the visitor is")
def set_user(request: VisitorRequest, given: WidgetUserIn = Given()) -> HttpResponse:
    """The page knows its user. With a signature the visitor sees the user's earlier conversations.

    When the session belongs to someone else, a new one begins and its token is in the answer.
    """
    throttle(request, "widget_contact")
    visitor, identifier = request.auth, given.identifier.strip()
    vouched_for = _check_signature(visitor, identifier, given.identifier_hash)
    is_another = belongs_to_another(visitor, identifier=identifier, signed=vouched_for)
    if is_another:
        visitor = new_visitor(visitor.inbox)
    fields = _fields(given)
    if identifier:
        fields["identifier"] = identifier
    hear_visitor(visitor, signed=vouched_for, **fields)
    answer = known_keys(visitor)
    if is_another:
        answer["widget_auth_token"] = visitor_token(visitor)
    return json_reply(answer)


def _check_signature(visitor: ContactInbox, identifier: str, signature: str) -> bool:
    """Whether the identifier is vouched for. Raises Unauthorised for a wrong signature, or none where one is needed."""
    if not signature and not visitor.inbox.hmac_mandatory:
        return False
    if not is_vouched_for(visitor.inbox, identifier=identifier, identifier_hash=signature):
        raise Unauthorised(_("The visitor's signature isn't valid."))
    return True


@router.post("/contact/destroy_custom_attributes", response=WidgetContactRowOut, summary="Forget attributes")
def forget(request: VisitorRequest, given: WidgetKeysIn = Given()) -> HttpResponse:
    """Forget the values of these keys, as far as they are the visitor's to forget."""
    visitor = request.auth
    forget_words(visitor, keys=given.custom_attributes)
    return json_reply({**contact_row(visitor), "custom_attributes": own_attributes(visitor)})
