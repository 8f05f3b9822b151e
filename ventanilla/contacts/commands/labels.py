"""Labels on contacts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from ventanilla.accounts.models import User
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import By
from ventanilla.contacts.events import ContactUpdated
from ventanilla.contacts.models import Contact, ContactLabel
from ventanilla.contacts.selectors import contacts_with_title
from ventanilla.events.log import record
from ventanilla.kit.changes import lock
from ventanilla.kit.errors import NotFound
from ventanilla.labels.commands import ensure_labels


@transaction.atomic
def set_contact_labels(contact: Contact, *, titles: Iterable[object], by: By) -> list[str]:
    """Make exactly these the contact's labels; a word the account does not have yet becomes a label.

    Returns the titles that stand now. Raises Invalid, naming labels. Records contact.updated.
    """
    labels = ensure_labels(contact.account, titles=titles, by=by if isinstance(by, User) else None)
    lock(contact)
    before, after = contact.label_titles, sorted(label.title for label in labels)
    if before == after:
        return after
    ContactLabel.objects.filter(contact=contact).exclude(label__in=labels).delete()
    ContactLabel.objects.bulk_create(
        [ContactLabel(contact=contact, label=label) for label in labels], ignore_conflicts=True
    )
    _save_titles(contact, after)
    record(
        ContactUpdated(
            account_id=contact.account_id, contact_id=contact.pk, changes={"label_list": [before, after]}
        ),
        actor=actor_of(by),
    )
    return after


@transaction.atomic
def refresh_label_copies(*, account_id: int, title: str, caused_by: int) -> int:
    """Bring the copies of a label's old title up to date after it was renamed or deleted.

    `caused_by` is the event that said so. Returns how many contacts changed. Records contact.updated for each.
    """
    stale = contacts_with_title(account_id, title).iterator(chunk_size=500)
    return sum(_refresh_titles(contact, caused_by=caused_by) for contact in stale)


def _refresh_titles(contact: Contact, *, caused_by: int) -> bool:
    try:
        lock(contact)
    except NotFound:  # deleted while others were brought up to date
        return False
    before = contact.label_titles
    labels = ContactLabel.objects.filter(contact=contact)
    after = sorted(labels.values_list("label__title", flat=True))
    if before == after:
        return False
    _save_titles(contact, after)
    changes = {"label_list": [before, after]}
    fact = ContactUpdated(account_id=contact.account_id, contact_id=contact.pk, changes=changes)
    record(fact, actor=actor_of(None), caused_by=caused_by)
    return True


def _save_titles(contact: Contact, titles: list[str]) -> None:
    contact.label_titles = titles
    contact.version += 1
    contact.save(update_fields=["label_titles", "version", "updated_at"])
