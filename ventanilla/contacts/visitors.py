"""People who reach us from outside without an account of ours: their session token, and what they may see of themselves.

Anyone can claim an email or an identifier. Only what the company's own server vouched for (HMAC) opens what a record
says or what was talked elsewhere: docs/adr/0011-identity-by-claim.md. What they say is heard in commands.hearing.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import Any

from django.conf import settings

from ventanilla.contacts.commands.hearing import begin_session, session_by_source
from ventanilla.contacts.models import ContactInbox
from ventanilla.contacts.said import is_told_all, told_keys
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
    import jwt  # with all of cryptography, which only visitors need

    claims = {"source_id": contact_inbox.source_id, "inbox_id": contact_inbox.inbox_id}
    return jwt.encode(claims, _keys(contact_inbox.inbox_id)[0], algorithm=_ALGORITHM)


def visitor_by_token(inbox: Inbox, *, token: str) -> ContactInbox | None:
    """The identity a token stands for in this inbox, or None. The inbox and its account come loaded on it."""
    import jwt

    for key in _keys(inbox.pk):
        try:
            claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options={"verify_iat": False})
        except jwt.PyJWTError:
            continue
        if claims.get("inbox_id") != inbox.pk:
            return None
        return session_by_source(inbox, source_id=str(claims.get("source_id", "")))
    return None


def new_visitor(inbox: Inbox) -> ContactInbox:
    """Someone unknown: a contact with two words for a name. Records contact.created."""
    return begin_session(inbox, source_id=str(uuid.uuid4()))


def is_vouched_for(inbox: Inbox, *, identifier: str, identifier_hash: str) -> bool:
    """Whether the company's server signed that identifier with the inbox's key (contract C.1)."""
    return bool(identifier) and tokens.is_signed_by(inbox.hmac_token, identifier, identifier_hash)


def sees_own_record(session: ContactInbox) -> bool:
    """Whether what the contact's record says may be told to this visitor; else only what they said in this session."""
    return is_told_all(hmac_verified=session.hmac_verified, is_withheld=session.contact.is_withheld)


def told_of(session: ContactInbox) -> dict[str, Any]:
    """name, email, phone_number, identifier and custom_attributes as this visitor may be told them."""
    contact, all_of_it = session.contact, sees_own_record(session)
    record = {key: getattr(contact, key) for key in ("name", "email", "phone_number", "identifier")}
    attributes = contact.custom_attributes if all_of_it else session.said.get("custom_attributes", {})
    return {
        **told_keys(record, session.said, is_told_all=all_of_it, has_joined=session.has_joined),
        "custom_attributes": dict(attributes),
    }


def own_address(session: ContactInbox) -> str | None:
    """Where a copy of this session's conversation may go: to the email the session gave itself, else to the one that
    stands in the record of someone vouched for. Never to one that another unverified session brought there.
    """
    given: str | None = session.said.get("email")
    if given or not sees_own_record(session):
        return given
    email = session.contact.email
    others = ContactInbox.objects.filter(contact_id=session.contact_id, hmac_verified=False)
    brought = any(said.get("email") == email for said in others.values_list("said", flat=True))
    return None if brought else email
