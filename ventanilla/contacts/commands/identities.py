"""How inboxes know contacts: identities found or made, contacts recognised, two that are one person merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from ventanilla.accounts.models import Account, User
from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.values import clean_values
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import By, create_contact, request_avatar, save_changes
from ventanilla.contacts.commands.merges import (
    begin_merge,
    finish_merge,
    keep_addresses,
    move_rows,
    moving_relations,
)
from ventanilla.contacts.errors import ContactKeyTaken, SourceTaken
from ventanilla.contacts.events import ContactMerged
from ventanilla.contacts.models import AvatarDownload, Contact, ContactInbox, ContactLabel
from ventanilla.contacts.normal import KEYS, completed, is_blank, merged, usable_fields
from ventanilla.contacts.said import is_nameless
from ventanilla.contacts.selectors import find_contact, is_vouched_contact, source_id_for
from ventanilla.events.log import record
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import limits
from ventanilla.kit.changes import lock
from ventanilla.kit.errors import Conflict, Invalid
from ventanilla.kit.names import is_visitor_name, visitor_name
from ventanilla.labels.models import Label

_ATTEMPTS = 3


@transaction.atomic
def find_or_create_contact_inbox(
    inbox: Inbox,
    *,
    source_id: str,
    additional_attributes: Mapping[str, Any] | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    avatar_url: str | None = None,
    hmac_verified: bool = False,
    **fields: Any,
) -> ContactInbox:
    """Whoever this inbox knows as `source_id`; the first time, the contact with that identifier, email or phone_number
    (in this order), else a new one. Someone without a name gets two words for one.

    What is not valid among name, email, phone_number and identifier is left out: a message must not fail for it.
    Records contact.created for a new contact.
    """
    usable = usable_fields(fields)
    more = {"additional_attributes": additional_attributes, "avatar_url": avatar_url}
    for _attempt in range(_ATTEMPTS):
        known = _by_source(inbox, source_id)
        if known is not None:
            return known
        try:
            with transaction.atomic():
                contact = find_contact(inbox.account_id, **{key: usable.get(key) for key in KEYS})
                if contact is None:
                    contact = _create_sender(inbox, usable, custom_attributes=custom_attributes, **more)
                return ContactInbox.objects.create(
                    contact=contact, inbox=inbox, source_id=source_id, hmac_verified=hmac_verified
                )
        except (IntegrityError, ContactKeyTaken):
            continue  # the same sender's two first messages at once: the other one was quicker, look again
    raise Conflict


def _create_sender(
    inbox: Inbox, usable: Mapping[str, Any], *, custom_attributes: Mapping[str, Any] | None, **more: Any
) -> Contact:
    return create_contact(
        inbox.account,
        by=None,
        custom_attributes=_usable_attributes(inbox.account_id, custom_attributes),
        **more,
        **{**usable, "name": usable.get("name") or visitor_name(inbox.account.locale)},
    )


def _by_source(inbox: Inbox, source_id: str) -> ContactInbox | None:
    found = ContactInbox.objects.select_related("contact").filter(inbox=inbox, source_id=source_id).first()
    if found is not None:
        found.inbox = inbox
        found.contact.account = inbox.account
    return found


def _usable_attributes(account_id: int, given: Mapping[str, Any] | None) -> dict[str, Any]:
    try:
        return clean_values(account_id, given or {}, model=AttributeModel.CONTACT)
    except Invalid:
        return {}


@transaction.atomic
def create_contact_in(
    account: Account, *, inbox: Inbox | None, by: By, source_id: str | None = None, **fields: Any
) -> tuple[Contact, ContactInbox | None]:
    """Make a contact and, in `inbox`, its identity: both or neither.

    Raises ContactKeyTaken, NotReachable, SourceTaken or Invalid. Records contact.created.
    """
    contact = create_contact(account, by=by, **fields)
    if inbox is None:
        return contact, None
    return contact, create_contact_inbox(contact, inbox=inbox, source_id=source_id)


@transaction.atomic
def create_contact_inbox(
    contact: Contact, *, inbox: Inbox, source_id: str | None = None, hmac_verified: bool = False
) -> ContactInbox:
    """Let the inbox know the contact: by `source_id`, else by their address or number, else by a new uuid.

    An identity the contact has already is returned. Raises NotReachable or SourceTaken.
    """
    source = (source_id or "").strip() or source_id_for(contact, inbox)
    if len(source) > limits.MAX_SHORT_TEXT_CHARS:
        raise SourceTaken
    made, _is_new = ContactInbox.objects.select_related("contact").get_or_create(
        inbox=inbox, source_id=source, defaults={"contact": contact, "hmac_verified": hmac_verified}
    )
    if made.contact_id != contact.pk:
        raise SourceTaken
    if hmac_verified and not made.hmac_verified:
        set_hmac_verified(made)
    made.inbox = inbox
    return made


def ensure_contact_inbox(contact: Contact, *, inbox: Inbox) -> ContactInbox:
    """The contact's newest identity in the inbox, or a new one. Raises NotReachable."""
    known = ContactInbox.objects.filter(contact=contact, inbox=inbox).order_by("-pk").first()
    if known is None:
        return create_contact_inbox(contact, inbox=inbox)
    known.contact, known.inbox = contact, inbox
    return known


def set_hmac_verified(contact_inbox: ContactInbox) -> None:
    """The customer's server vouched for this visitor: they see all conversations of the contact from now on."""
    contact_inbox.hmac_verified = True
    contact_inbox.save(update_fields=["hmac_verified", "updated_at"])


@transaction.atomic
def identify_contact(
    contact: Contact,
    *,
    by: By,
    keep_name: bool = False,
    additional_attributes: Mapping[str, Any] | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
    avatar_url: str | None = None,
    apart: dict[str, Any] | None = None,
    **fields: Any,
) -> Contact:
    """Say who the contact is, for someone vouched for (F.11); returns the contact they turn out to be.

    Someone with the same identifier, email or phone takes the contact in, unless another key says they are two
    people: then that key is left out and put into `apart`. What is not valid is left out too. `keep_name`: a name that
    stands is not replaced (pre-chat form). Records contact.merged and contact.updated.
    """
    given = {key: value for key, value in usable_fields(fields).items() if value not in (None, "")}
    left_out: dict[str, Any] = {} if apart is None else apart
    lock(contact)
    for key in KEYS:
        contact = _recognise(contact, given, key, apart=left_out, by=by)
    if keep_name and contact.name and not is_visitor_name(contact.name):
        given.pop("name", None)
    extra, custom = (
        dict(additional_attributes or {}),
        _usable_attributes(contact.account_id, custom_attributes),
    )
    try:
        limits.check_attributes(extra, field="additional_attributes")
    except Invalid:
        extra = {}
    values = {
        **given,
        "additional_attributes": merged(contact.additional_attributes, extra),
        "custom_attributes": merged(contact.custom_attributes, custom),
    }
    request_avatar(contact, url=avatar_url)
    try:
        return save_changes(contact, values, by=by)
    except ContactKeyTaken as taken:  # someone else took a key a moment ago
        left = {field: value for field, value in values.items() if field not in taken.fields}
        left_out |= {field: values[field] for field in taken.fields}
        return save_changes(contact, left, by=by)


def _recognise(
    contact: Contact, given: dict[str, Any], key: str, *, apart: dict[str, Any], by: By
) -> Contact:
    """Merge the contact into whoever has this key already; keep the key apart when they cannot be the same.

    What a signature vouches for is the identifier. An email or phone beside it leads to a contact whom nothing else
    speaks for (F.11), whose record is then not read to anyone.
    """
    value = given.get(key)
    if not value:
        return contact
    other = find_contact(contact.account_id, **{key: value})
    if other is None or other.pk == contact.pk:
        return contact
    if are_two_people(contact, other, key=key, given=given) or (
        key != "identifier" and is_vouched_contact(other)
    ):
        apart[key] = given.pop(key)
        return contact
    met = merge_contacts(other, mergee=contact, by=by)
    if key != "identifier":
        save_changes(met, {"is_withheld": True}, by=by)
    return met


def are_two_people(contact: Contact, other: Contact, *, key: str, given: Mapping[str, Any]) -> bool:
    """Whether a stronger key says that the contact, of whom this is given, is not the `other` who has `key` (F.11)."""
    identifier = given.get("identifier") or contact.identifier
    email = given.get("email") or contact.email
    if key != "identifier" and other.identifier and identifier and other.identifier != identifier:
        return True
    return key == "phone_number" and bool(other.email and email and other.email != email)


@transaction.atomic
def merge_contacts(base: Contact, *, mergee: Contact, by: By) -> Contact:
    """Move all the mergee has to `base`, fill what `base` lacks, and delete the mergee (F.11). The same one: nothing.

    What rooms above keep of the mergee moves with it through the keys that point here; texts that name the old id
    they rewrite when they read contact.merged. Records contact.merged.
    """
    if base.pk == mergee.pk:
        return base
    for contact in sorted(
        (base, mergee), key=lambda row: row.pk
    ):  # one order for all, so that two never wait in a ring
        lock(contact)
    titles = set(mergee.label_titles)
    merge = begin_merge(base, mergee, by=by) if isinstance(by, User) or mergee.is_known else None
    _move_labels(base, mergee)
    _move_rows(base, mergee)
    if not base.avatar and not mergee.avatar and not AvatarDownload.objects.filter(contact=base).exists():
        AvatarDownload.objects.filter(contact=mergee).update(contact=base)
    values = _lacking(base, mergee)
    values["label_titles"] = sorted({*base.label_titles, *titles})
    account_id, mergee_id = base.account_id, mergee.pk
    Contact.objects.filter(pk=mergee_id).delete()  # before its keys can be given to the base
    before = {field: getattr(base, field) for field in values}
    save_changes(base, values, by=by)
    keep_addresses(base, mergee)
    if merge is not None:
        finish_merge(merge, base, before=before)
    record(ContactMerged(account_id=account_id, contact_id=base.pk, mergee_id=mergee_id), actor=actor_of(by))
    return base


def _lacking(base: Contact, mergee: Contact) -> dict[str, Any]:
    """What the base has not, from the mergee: an empty value, and a name no one gave, count as lacking."""
    values: dict[str, Any] = {
        field: getattr(mergee, field)
        for field in (*KEYS, "avatar", "last_activity_at")
        if not getattr(base, field) and getattr(mergee, field)
    }
    if is_blank(base.name) or (is_nameless(base.name) and not is_nameless(mergee.name)):
        values["name"] = mergee.name
    for column in ("additional_attributes", "custom_attributes"):
        values[column] = completed(getattr(base, column), getattr(mergee, column))
    return values


def _move_labels(base: Contact, mergee: Contact) -> None:
    theirs = Label.objects.filter(contact_labels__contact=mergee)
    ContactLabel.objects.bulk_create(
        [ContactLabel(contact=base, label=label) for label in theirs], ignore_conflicts=True
    )
    ContactLabel.objects.filter(contact=mergee).delete()


def _move_rows(base: Contact, mergee: Contact) -> None:
    identities = ContactInbox.objects.filter(contact=mergee)
    identities.update(has_joined=True)
    if base.identifier and mergee.identifier and base.identifier != mergee.identifier:
        # Vouched for was the identifier that ends here.
        identities.update(hmac_verified=False)
    for model, field in moving_relations():
        move_rows(model._default_manager.filter(**{field: mergee}), field=field, to=base)
