"""The stored form of what people and programs say about a contact, and the copies that lists sort and search by."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.contacts.models import Contact
from ventanilla.kit import addresses, limits, phones
from ventanilla.kit.errors import Invalid
from ventanilla.kit.texts import seen

KEYS = ("identifier", "email", "phone_number")
_SOCIAL = ("facebook", "twitter", "instagram", "linkedin", "github", "telegram", "tiktok")


def folded(text: str) -> str:
    """Without accents and capitals: "Ñandú" and "nandu" are the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def clean_email(value: str | None) -> str | None:
    """Lower case, the domain in one of its spellings: two that look the same are the same. None for a blank.

    Raises Invalid.
    """
    local, at, domain = seen(value).lower().rpartition("@")
    try:
        cleaned = f"{local}{at}{addresses.plain_domain(domain)}"
    except addresses.Unwritable:
        cleaned = domain
    if cleaned and not limits.is_email(cleaned):
        raise Invalid(fields={"email": [_("Enter a valid email address.")]})
    return cleaned or None


def clean_phone(value: str | None) -> str | None:
    """E.164; None for a blank. Raises Invalid."""
    cleaned = (value or "").strip()
    if not cleaned:
        return None
    try:
        return phones.to_e164(cleaned)
    except phones.InvalidPhone as refusal:
        raise Invalid(fields={"phone_number": [refusal.message]})


def _clean_text(value: str | None, field: str) -> str:
    cleaned = (value or "").strip()
    if len(cleaned) > limits.MAX_SHORT_TEXT_CHARS or "\x00" in cleaned:
        raise Invalid(fields={field: [_("This text is too long.")]})
    return cleaned


def clean_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """name, email, phone_number, identifier and blocked in their stored form. Raises Invalid, naming every faulty one."""
    values: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for field, clean in _CLEANERS.items():
        if field in given:
            try:
                values[field] = clean(given[field])
            except Invalid as refusal:
                problems |= refusal.fields
    if problems:
        raise Invalid(fields=problems)
    return values


_CLEANERS: Mapping[str, Any] = {
    "name": lambda value: _clean_text(value, "name"),
    "email": clean_email,
    "phone_number": clean_phone,
    "identifier": lambda value: _clean_text(seen(value), "identifier") or None,
    "blocked": bool,
}


def usable_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same, but what is not valid is left out: a visitor's typing error must not stop their message."""
    values: dict[str, Any] = {}
    for field, value in given.items():
        try:
            values |= clean_fields({field: value})
        except Invalid:
            continue
    return values


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Deep merge: values of `over` win, objects inside are merged alike."""
    result = dict(base)
    for key, value in over.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def completed(base: Mapping[str, Any], lacking: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with what it lacks from the other, also inside objects; an empty value counts as lacking."""
    result = dict(base)
    for key, value in lacking.items():
        before = result.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            result[key] = completed(before, value)
        elif is_blank(before):
            result[key] = value
    return result


def is_blank(value: Any) -> bool:
    """Whether a value says nothing: it may be filled, and it hides no other when two contacts become one."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def derived(contact: Contact) -> dict[str, Any]:
    """The columns that follow from others: place, company, search text, and whether we know more than a cookie."""
    extra = contact.additional_attributes
    company = str(extra.get("company_name") or extra.get("company") or "")[:255]
    known = (contact.name, contact.email, contact.phone_number, contact.identifier, company)
    contact_type = contact.contact_type
    if contact_type == Contact.Type.VISITOR and (contact.email or contact.phone_number or _has_social(extra)):
        contact_type = Contact.Type.LEAD
    return {
        "location": str(extra.get("city") or "")[:255],
        "country_code": str(extra.get("country_code") or "")[:8],
        "company": company,
        "search_text": folded("\n".join(part for part in known if part)),
        "contact_type": contact_type,
    }


def _has_social(extra: Mapping[str, Any]) -> bool:
    profiles = extra.get("social_profiles")
    found = isinstance(profiles, Mapping) and any(profiles.get(name) for name in _SOCIAL)
    return found or any(
        value for key, value in extra.items() if key.startswith("social_") and key != "social_profiles"
    )
