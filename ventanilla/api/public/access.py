"""The inbox by its identifier, the contact by their source_id, and the signature of an identity."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ventanilla.api.sign_in_limits import address_of
from ventanilla.contacts.commands.hearing import session_by_source
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import is_vouched_for
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.kit import limit_values, rate_limits
from ventanilla.kit.errors import NotFound, Unauthorised


def find_inbox(identifier: str) -> Inbox:
    """The API inbox. Raises NotFound, Unauthorised for a suspended account."""
    if len(identifier) > 128:
        raise NotFound
    inbox = get_inbox_by_identifier(identifier, kinds=kinds_where(written_by_program=True))
    if not inbox.account.is_active:
        raise Unauthorised(_("This account is suspended."))
    return inbox


def find_contact(request: HttpRequest, inbox_identifier: str, source_id: str) -> ContactInbox:
    """The contact with that source_id in that inbox. Raises NotFound, and Throttled for whoever guesses."""
    inbox, caller = find_inbox(inbox_identifier), address_of(request)
    # Counted before it is looked up, and given back when it is known: guesses at once do not slip through together.
    rate_limits.check("public_misses_per_ip", caller)
    visitor = session_by_source(inbox, source_id=source_id)
    if visitor is None:
        raise NotFound
    rate_limits.give_back("public_misses_per_ip", caller)
    limit_values.acts(inbox.account_id, "contact", visitor.contact_id)
    return visitor


def check_signature(inbox: Inbox, *, identifier: str, signature: str) -> bool:
    """Whether the identifier is signed. Raises Unauthorised for a wrong signature, or none where one is needed."""
    if not signature and not inbox.hmac_mandatory:
        return False
    if not is_vouched_for(inbox, identifier=identifier, identifier_hash=signature):
        raise Unauthorised(_("The visitor's signature isn't valid."))
    return True
