"""Who is at the widget: the inbox by its website_token, the visitor by their token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.api.given import given_fields
from ventanilla.api.sign_in_limits import address_of
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import visitor_by_token
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.inboxes.widget import language_for
from ventanilla.kit import limit_values, rate_limits
from ventanilla.kit.errors import NotFound, Unauthorised

if TYPE_CHECKING:

    class InboxRequest(HttpRequest):
        """A request from the page of a known inbox."""

        auth: Door

    class VisitorRequest(HttpRequest):
        """A request of a known visitor."""

        auth: ContactInbox
else:
    InboxRequest = VisitorRequest = HttpRequest


@dataclass(frozen=True)
class Door:
    """An inbox, and the visitor if their token is good."""

    inbox: Inbox
    visitor: ContactInbox | None


def find_inbox(website_token: str) -> Inbox:
    """The website inbox. Raises NotFound, Unauthorised for a suspended account."""
    if not website_token or len(website_token) > 128:
        raise NotFound
    inbox = get_inbox_by_identifier(website_token, kinds=kinds_where(in_our_widget=True))
    if not inbox.account.is_active:
        raise Unauthorised(_("This account is suspended."))
    return inbox


def _door(request: HttpRequest) -> Door:
    website_token = request.GET.get("website_token") or given_fields(request).get("website_token")
    inbox = find_inbox(str(website_token or ""))
    # Visitors are spoken to in more languages than the team; the middleware's own choice comes back after the request.
    translation.activate(visitor_language(request, inbox))
    token = request.headers.get("X-Auth-Token", "")
    visitor = visitor_by_token(inbox, token=token) if token else None
    limit_values.acts(
        inbox.account_id,
        "contact" if visitor else "address",
        visitor.contact_id if visitor else address_of(request),
    )
    return Door(inbox, visitor)


def visitor_language(request: HttpRequest, inbox: Inbox) -> str:
    """What the visitor is spoken to: what their frame asks for, which is what it speaks itself."""
    return language_for(
        inbox,
        asked=request.GET.get("locale", ""),
        accept_language=request.headers.get("Accept-Language", ""),
    )


class InboxAuth:
    """The inbox must exist; the visitor may be new. `request.auth` is the Door."""

    openapi_security_schema: Any = {"type": "apiKey", "in": "query", "name": "website_token"}

    def __call__(self, request: HttpRequest) -> Door:
        return _door(request)


class VisitorAuth:
    """The visitor must be known. `request.auth` is their ContactInbox. An unknown one is a 404, as the contract says."""

    openapi_security_schema: Any = {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}

    def __call__(self, request: HttpRequest) -> ContactInbox:
        visitor = _door(request).visitor
        if visitor is None:
            raise NotFound
        return visitor


inbox_auth = InboxAuth()
visitor_auth = VisitorAuth()


def throttle(request: VisitorRequest, what: str) -> None:
    """Count one more of `what` for this visitor, and far more generously for their address. Raises Throttled."""
    rate_limits.check(f"{what}_per_visitor", request.auth.pk)
    rate_limits.check(f"{what}_per_ip", address_of(request))
