"""The stored form of what people and programs say about a contact, and the copies that lists sort and search by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.contacts.models import Contact
from ventanilla.kit import addresses, limits, phones
from ventanilla.kit.errors import Invalid
from ventanilla.kit.texts import seen

KEYS = ("identifier", "email", "phone_number")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")
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
    "last_name": lambda value: _clean_text(value, "last_name"),
    "preferred_language": lambda value: clean_language(value),
}


def clean_language(value: str | None) -> str:
    """A language tag such as "es" or "pt-BR"; "" for a blank. Raises Invalid."""
    tag = (value or "").strip().replace("_", "-")
    if tag and not _LANGUAGE.fullmatch(tag):
        raise Invalid(fields={"preferred_language": [_("Choose a language.")]})
    return tag


def named(values: Mapping[str, Any], contact: Contact | None = None) -> dict[str, Any]:
    """The values with name and surname in step: the surname is the end of the name, so each may be said alone."""
    if "name" not in values and "last_name" not in values:
        return dict(values)
    before_name, before_last = (contact.name, contact.last_name) if contact is not None else ("", "")
    name = values.get("name", before_name)
    last = values.get("last_name", before_last)
    if "last_name" not in values:
        last = last if last and (name == last or name.endswith(f" {last}")) else ""
        return {**values, "last_name": last} if last != before_last else dict(values)
    return {**values, **whole_name(first_name(name, before_last) if "name" not in values else name, last)}


def first_name(name: str, last_name: str) -> str:
    """The name without the surname at its end."""
    if last_name and (name == last_name or name.endswith(f" {last_name}")):
        return name.removesuffix(last_name).strip()
    return name


def whole_name(name: str, last_name: str) -> dict[str, str]:
    """The name with the surname at its end, said once."""
    if not last_name:
        return {"name": name, "last_name": ""}
    return {"name": f"{first_name(name, last_name)} {last_name}".strip()[:255], "last_name": last_name}


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
