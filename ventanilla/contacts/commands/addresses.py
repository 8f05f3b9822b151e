"""Further addresses of a contact: added, removed, made the one that is written to first."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import ADDRESS_KINDS, By, save_changes
from ventanilla.contacts.errors import ContactKeyTaken
from ventanilla.contacts.events import ContactUpdated
from ventanilla.contacts.models import Contact, ContactAddress
from ventanilla.contacts.normal import clean_email, clean_phone
from ventanilla.contacts.selectors import find_contact
from ventanilla.events.log import record
from ventanilla.kit.changes import lock
from ventanilla.kit.errors import Invalid
from ventanilla.kit.texts import seen

MOST = 50
Kind = ContactAddress.Kind
_KEYS = {kind: key for key, kind in ADDRESS_KINDS.items()}


def _clean(kind: str, value: str) -> str:
    if kind not in Kind.values:
        raise Invalid(fields={"kind": [_("This isn't one of the known values.")]})
    cleaned = seen(value)
    try:
        if kind == Kind.EMAIL:
            cleaned = clean_email(cleaned) or ""
        elif kind == Kind.PHONE:
            cleaned = clean_phone(cleaned) or ""
    except Invalid as refusal:
        raise Invalid(fields={"value": next(iter(refusal.fields.values()))}) from refusal
    if not cleaned or len(cleaned) > 255 or "\x00" in cleaned:
        raise Invalid(fields={"value": [_("Enter the address.")]})
    return cleaned


@transaction.atomic
def add_address(contact: Contact, *, kind: str, value: str, by: By) -> None:
    """One more address; the first email or phone goes on the record itself. One they have already: nothing.

    Raises Invalid, or ContactKeyTaken when someone else has it. Records contact.updated.
    """
    cleaned = _clean(kind, value)
    lock(contact)
    key = _KEYS.get(kind, "")
    if key and getattr(contact, key) in (None, "", cleaned):
        save_changes(contact, {key: cleaned}, by=by)
        return
    _check_free(contact, kind, key, cleaned)
    if ContactAddress.objects.filter(contact=contact).count() >= MOST:
        raise Invalid(fields={"value": [_("That's too many addresses.")]})
    try:
        with transaction.atomic():
            made, is_new = ContactAddress.objects.get_or_create(
                account_id=contact.account_id, kind=kind, value=cleaned, defaults={"contact": contact}
            )
    except IntegrityError:
        _check_free(contact, kind, key, cleaned)
        raise
    if made.contact_id != contact.pk:
        raise ContactKeyTaken({key or "value": made.contact_id})
    if is_new:
        _tell(contact, [None, cleaned], by=by)


def _check_free(contact: Contact, kind: str, key: str, value: str) -> None:
    theirs = ContactAddress.objects.filter(account_id=contact.account_id, kind=kind, value=value)
    taken = theirs.exclude(contact=contact).values_list("contact_id", flat=True).first()
    if taken is None and key:
        other = find_contact(contact.account_id, **{key: value})
        taken = other.pk if other is not None and other.pk != contact.pk else None
    if taken is not None:
        raise ContactKeyTaken({key or "value": taken})


@transaction.atomic
def remove_address(contact: Contact, *, address: ContactAddress, by: By) -> None:
    """Forget it. Records contact.updated."""
    lock(contact)
    address.delete()
    _tell(contact, [address.value, None], by=by)


@transaction.atomic
def make_primary(contact: Contact, *, address: ContactAddress, by: By) -> None:
    """Write to this one first; the one before stays among the further ones. Records contact.updated.

    Raises Invalid for a kind of which the record has none.
    """
    key = _KEYS.get(address.kind)
    if key is None:
        raise Invalid(fields={"kind": [_("This isn't one of the known values.")]})
    lock(contact)
    before = getattr(contact, key)
    address.delete()
    save_changes(contact, {key: address.value}, by=by)
    if before:
        ContactAddress.objects.create(
            account_id=contact.account_id, contact=contact, kind=address.kind, value=before
        )


def _tell(contact: Contact, change: list[str | None], *, by: By) -> None:
    contact.version += 1
    contact.save(update_fields=["version", "updated_at"])
    fact = ContactUpdated(account_id=contact.account_id, contact_id=contact.pk, changes={"addresses": change})
    record(fact, actor=actor_of(by))
