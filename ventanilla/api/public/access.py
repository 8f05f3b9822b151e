"""The inbox by its identifier, the contact by their source_id, and the signature of an identity."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.contacts.commands.hearing import session_by_source
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.visitors import is_vouched_for
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.selectors import get_inbox_by_identifier
from ventanilla.kit.errors import NotFound, Unauthorised

KIND = "api"


def find_inbox(identifier: str) -> Inbox:
    """The API inbox. Raises NotFound, Unauthorised for a suspended account."""
    if len(identifier) > 128:
        raise NotFound
    inbox = get_inbox_by_identifier(identifier, kind=KIND)
    if not inbox.account.is_active:
        raise Unauthorised(_("This account is suspended."))
    return inbox


def find_contact(inbox_identifier: str, source_id: str) -> ContactInbox:
    """The contact with that source_id in that inbox. Raises NotFound."""
    visitor = session_by_source(find_inbox(inbox_identifier), source_id=source_id)
    if visitor is None:
        raise NotFound
    return visitor


def check_signature(inbox: Inbox, *, identifier: str, signature: str) -> bool:
    """Whether the identifier is signed. Raises Unauthorised for a wrong signature, or none where one is needed."""
    if not signature and not inbox.hmac_mandatory:
        return False
    if not is_vouched_for(inbox, identifier=identifier, identifier_hash=signature):
        raise Unauthorised(_("The visitor's signature is not valid."))
    return True
