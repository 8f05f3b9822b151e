"""People who reach us from outside without an account of ours: their session token, and what they may see of themselves.

Anyone can claim an e-mail or an identifier. A claim finds the contact (F.11), but only what the company's own server
vouched for (HMAC) opens what that contact's record says or what was talked elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Any

import jwt
from django.conf import settings
from django.db import transaction

from ventanilla.contacts.commands.identities import (
    find_or_create_contact_inbox,
    identify_contact,
    set_hmac_verified,
)
from ventanilla.contacts.models import Contact, ContactInbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import tokens

_ALGORITHM = "HS256"


def _keys(inbox_id: int) -> list[str]:
    """The inbox's signing keys, newest first: derived, so that a token of one inbox is worth nothing in another."""
    return [
        hmac.new(secret.encode(), f"ventanilla/visitor/{inbox_id}".encode(), hashlib.sha256).hexdigest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def visitor_token(contact_inbox: ContactInbox) -> str:
    """The session token of this identity (contract C.2): a JWT without an end, kept in the visitor's browser."""
    claims = {"source_id": contact_inbox.source_id, "inbox_id": contact_inbox.inbox_id}
    return jwt.encode(claims, _keys(contact_inbox.inbox_id)[0], algorithm=_ALGORITHM)


def visitor_by_token(inbox: Inbox, *, token: str) -> ContactInbox | None:
    """The identity a token stands for in this inbox, or None. The inbox and its account come loaded on it."""
    for key in _keys(inbox.pk):
        try:
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options={"verify_iat": False})
        except jwt.PyJWTError:
            continue
        if claims.get("inbox_id") != inbox.pk:
            return None
        return visitor_by_source(inbox, source_id=str(claims.get("source_id", "")))
    return None


def visitor_by_source(inbox: Inbox, *, source_id: str) -> ContactInbox | None:
    """The identity with that source_id in this inbox, or None."""
    found = ContactInbox.objects.select_related("contact").filter(inbox=inbox, source_id=source_id).first()
    if found is not None:
        found.inbox = inbox
        found.contact.account = inbox.account
    return found


def new_visitor(inbox: Inbox, *, additional_attributes: dict[str, Any] | None = None) -> ContactInbox:
    """Somebody unknown: a contact with two words for a name. Records contact.created."""
    return find_or_create_contact_inbox(
        inbox, source_id=str(uuid.uuid4()), additional_attributes=additional_attributes
    )


def is_vouched_for(inbox: Inbox, *, identifier: str, identifier_hash: str) -> bool:
    """Whether the company's server signed that identifier with the inbox's key (contract C.1)."""
    return bool(identifier) and tokens.is_signed_by(inbox.hmac_token, identifier, identifier_hash)


def sees_own_record(contact_inbox: ContactInbox) -> bool:
    """Whether what the contact's record says may be told to this visitor.

    Yes when vouched for, or when all of it can only have come through this very session: the contact began with it
    and nobody else was merged in. Otherwise whoever claims an e-mail would read the phone number that goes with it.
    """
    if contact_inbox.hmac_verified:
        return True
    began_together = contact_inbox.created_at == contact_inbox.contact.created_at
    others = ContactInbox.objects.filter(contact_id=contact_inbox.contact_id).exclude(pk=contact_inbox.pk)
    return began_together and not others.exists()


@transaction.atomic
def identify_visitor(
    contact_inbox: ContactInbox, *, vouched_for: bool, keep_name: bool = False, **fields: Any
) -> Contact:
    """The visitor says who they are; the contact they turn out to be (F.11), also on `contact_inbox`.

    `vouched_for`: the identifier among the fields was signed. Without it, a visitor who turns out to be another
    contact loses what was vouched for before: that was about the contact they came from.
    """
    before = contact_inbox.contact
    verified = list(
        ContactInbox.objects.filter(contact=before, hmac_verified=True).values_list("pk", flat=True)
    )
    contact = identify_contact(before, by=before, keep_name=keep_name, **fields)
    contact_inbox.contact = contact
    if vouched_for:
        set_hmac_verified(contact_inbox)
    elif contact.pk != before.pk and verified:
        ContactInbox.objects.filter(pk__in=verified).update(hmac_verified=False)
        contact_inbox.hmac_verified = False
    return contact
