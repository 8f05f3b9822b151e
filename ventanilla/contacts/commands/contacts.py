"""Contacts: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from ventanilla.accounts.avatars import forget_avatar, store_avatar
from ventanilla.accounts.models import Account, AgentBot, Presence, User
from ventanilla.accounts.policies import is_present
from ventanilla.accounts.selectors import last_seen
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.errors import ContactIsOnline, ContactKeyTaken
from ventanilla.contacts.events import ContactCreated, ContactDeleted, ContactUpdated
from ventanilla.contacts.models import AvatarDownload, Contact, ContactAddress, ContactInbox
from ventanilla.contacts.normal import KEYS, clean_fields, derived, named
from ventanilla.events.log import record
from ventanilla.inboxes.channel import Identity
from ventanilla.inboxes.channels import kinds_where
from ventanilla.kit import limits
from ventanilla.kit.changes import Changes, assign, lock
from ventanilla.kit.clock import now
from ventanilla.kit.storage import Readable

# The keys that a further address of the same kind may be.
ADDRESS_KINDS = {"email": ContactAddress.Kind.EMAIL.value, "phone_number": ContactAddress.Kind.PHONE.value}
By = User | AgentBot | Contact | None
_COPIES = {"search_text", "location", "country_code", "company", "contact_type", "is_withheld"}


@transaction.atomic
def create_contact(
    account: Account,
    *,
    by: By,
    additional_attributes: Mapping[str, Any] | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    avatar: Readable | None = None,
    avatar_url: str | None = None,
    **fields: Any,
) -> Contact:
    """Make a contact from name, email, phone_number, identifier and blocked, all optional.

    Raises ContactKeyTaken, or Invalid naming fields. Records contact.created.
    """
    contact = Contact(account=account, origin=_origin(by), **named(clean_fields(fields)))
    contact.additional_attributes = dict(additional_attributes or {})
    limits.check_attributes(contact.additional_attributes, field="additional_attributes")
    contact.custom_attributes = clean_values(account, custom_attributes or {}, model=AttributeModel.CONTACT)
    assign(contact, derived(contact))
    _check_keys(contact, KEYS)
    if avatar is not None:
        contact.avatar = store_avatar(avatar)
    _insert_or_update(contact)
    request_avatar(contact, url=avatar_url)
    record(ContactCreated(account_id=account.pk, contact_id=contact.pk), actor=actor_of(by))
    return contact


def _origin(by: By) -> str:
    if isinstance(by, User):
        return "agent"
    return "program" if isinstance(by, AgentBot) else "channel"


@transaction.atomic
def update_contact(
    contact: Contact,
    *,
    by: By,
    additional_attributes: Mapping[str, Any] | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    avatar: Readable | None = None,
    avatar_url: str | None = None,
    **fields: Any,
) -> Contact:
    """Change what is given. custom_attributes are merged into those that stand, additional_attributes replace them (B.3).

    Raises ContactKeyTaken, or Invalid naming fields. Records contact.updated.
    """
    values = clean_fields(fields)
    lock(contact)
    values = named(values, contact)
    if additional_attributes is not None:
        limits.check_attributes(additional_attributes, field="additional_attributes")
        values["additional_attributes"] = dict(additional_attributes)
    if custom_attributes is not None:
        given = clean_values(contact.account_id, custom_attributes, model=AttributeModel.CONTACT)
        values["custom_attributes"] = {**contact.custom_attributes, **given}
    if avatar is not None:
        forget_avatar(contact.avatar.name or "")
        values["avatar"] = store_avatar(avatar)
    request_avatar(contact, url=avatar_url)
    before = contact.phone_number
    saved = save_changes(contact, values, by=by)
    if before and saved.phone_number and before != saved.phone_number:
        _follow_phone(saved, before=before)
    return saved


def _follow_phone(contact: Contact, *, before: str) -> None:
    """Where people are known by the digits of their number, as at WhatsApp, they follow a new one (B.3)."""
    old, new = before.lstrip("+"), str(contact.phone_number).lstrip("+")
    by_digits = kinds_where(identity=Identity.PHONE_DIGITS)
    rows = ContactInbox.objects.filter(contact=contact, source_id=old, inbox__kind__in=by_digits)
    for row in rows:
        if not ContactInbox.objects.filter(inbox_id=row.inbox_id, source_id=new).exists():
            row.source_id = new
            row.save(update_fields=["source_id", "updated_at"])


@transaction.atomic
def save_changes(contact: Contact, values: Mapping[str, Any], *, by: By) -> Contact:
    """Store clean values with the copies that follow from them, for a row that is locked and fresh.

    Raises ContactKeyTaken. Records contact.updated.
    """
    before = {field: getattr(contact, field) for field in values}
    changes = assign(contact, values)
    if not changes:
        return contact
    changes |= assign(contact, derived(contact))
    try:
        _check_keys(contact, [key for key in KEYS if key in changes])
        contact.version += 1
        _insert_or_update(contact, only=[*changes, "version", "updated_at"])
    except ContactKeyTaken:
        assign(contact, before)
        raise
    record(
        ContactUpdated(account_id=contact.account_id, contact_id=contact.pk, changes=_public(changes)),
        actor=actor_of(by),
    )
    return contact


def _public(changes: Changes) -> Changes:
    shown = {field: change for field, change in changes.items() if field not in _COPIES}
    if "avatar" in shown:
        shown["avatar"] = [None, None]
    return shown


def _check_keys(contact: Contact, keys: Sequence[str]) -> None:
    others = Contact.objects.filter(account_id=contact.account_id).exclude(pk=contact.pk)
    taken = {
        key: other
        for key in keys
        if (value := getattr(contact, key))
        and (other := others.filter(**{_lookup(key): value}).values_list("pk", flat=True).first())
    }
    for key, kind in ADDRESS_KINDS.items():
        if key in keys and key not in taken and (value := getattr(contact, key)):
            theirs = ContactAddress.objects.filter(account_id=contact.account_id, kind=kind, value=value)
            if other := theirs.exclude(contact=contact.pk).values_list("contact_id", flat=True).first():
                taken[key] = other
    if taken:
        raise ContactKeyTaken(taken)


def _lookup(key: str) -> str:
    return "email__iexact" if key == "email" else key


def _insert_or_update(contact: Contact, *, only: Sequence[str] | None = None) -> None:
    try:
        with transaction.atomic():
            contact.save(update_fields=only)
    except IntegrityError:
        # Someone else took a key between the question and the write: ask again to name it.
        if contact._state.adding:
            contact.pk = None
        _check_keys(contact, KEYS)
        raise


@transaction.atomic
def delete_custom_attributes(contact: Contact, *, keys: Sequence[str], by: By) -> Contact:
    """Forget the values of these keys. Records contact.updated."""
    lock(contact)
    left = {key: value for key, value in contact.custom_attributes.items() if key not in set(keys)}
    return save_changes(contact, {"custom_attributes": left}, by=by)


@transaction.atomic
def remove_contact_avatar(contact: Contact, *, by: By) -> Contact:
    """Take the picture away. Records contact.updated."""
    lock(contact)
    if not contact.avatar:
        return contact
    forget_avatar(contact.avatar.name or "")
    return save_changes(contact, {"avatar": ""}, by=by)


@transaction.atomic
def set_blocked(contact: Contact, *, blocked: bool, by: By) -> Contact:
    """Block or unblock: a blocked contact's conversations never reopen (F.3). Records contact.updated."""
    lock(contact)
    return save_changes(contact, {"blocked": blocked}, by=by)


def touch_contact(contact_id: int, *, at: datetime) -> None:
    """The contact was active then. Part of a message's own transaction and told by its event, so it records none."""
    Contact.objects.filter(pk=contact_id).update(last_activity_at=at, version=F("version") + 1)


def check_contact_is_away(contact: Contact) -> None:
    """Raises ContactIsOnline."""
    seen = last_seen(contact.account_id, kind=Presence.Kind.CONTACT, ids=[contact.pk])
    if is_present(seen.get(contact.pk), at=now()):
        raise ContactIsOnline


@transaction.atomic
def delete_contact(contact: Contact, *, by: By) -> None:
    """Delete the contact and all that hangs on it. Raises ContactIsOnline. Records contact.deleted.

    Conversations should go first, by their own command (conversations.commands.deletion).
    """
    check_contact_is_away(contact)
    account_id, contact_id = contact.account_id, contact.pk
    Presence.objects.filter(account_id=account_id, kind=Presence.Kind.CONTACT, ref_id=contact_id).delete()
    forget_avatar(contact.avatar.name or "")
    contact.delete()
    record(ContactDeleted(account_id=account_id, contact_id=contact_id), actor=actor_of(by))


# ── pictures that live elsewhere ──────────────────────────────────────────────────────────────────────


def request_avatar(contact: Contact, *, url: str | None) -> None:
    """Let a job fetch the contact's picture from that address; anything but an http(s) address is left alone."""
    if url and limits.is_web_url(url):
        AvatarDownload.objects.update_or_create(
            contact=contact, defaults={"url": url, "attempts": 0, "due_at": now()}
        )


@transaction.atomic
def set_downloaded_avatar(download: AvatarDownload, *, content: Readable) -> None:
    """Keep the fetched picture. Raises Invalid for what is no picture. Records contact.updated."""
    contact = download.contact
    path = store_avatar(content)
    lock(contact)
    forget_avatar(contact.avatar.name or "")
    download.delete()
    save_changes(contact, {"avatar": path}, by=None)


def postpone_avatar(download: AvatarDownload, *, until: datetime) -> None:
    """Try again then."""
    AvatarDownload.objects.filter(pk=download.pk).update(due_at=until, attempts=F("attempts") + 1)


def give_up_avatar(download: AvatarDownload) -> None:
    """Forget a picture that cannot be had."""
    AvatarDownload.objects.filter(pk=download.pk).delete()
