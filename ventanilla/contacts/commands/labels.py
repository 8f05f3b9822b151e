"""Labels on contacts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import By
from ventanilla.contacts.events import ContactUpdated
from ventanilla.contacts.models import Contact, ContactLabel
from ventanilla.contacts.selectors import contacts_with_title
from ventanilla.events.log import record
from ventanilla.kit.changes import lock
from ventanilla.labels.selectors import labels_by_title


@transaction.atomic
def set_contact_labels(contact: Contact, *, titles: Iterable[object], by: By) -> list[str]:
    """Make exactly these the contact's labels; titles that are no label of the account are left out.

    Returns the titles that stand now. Records contact.updated.
    """
    labels = labels_by_title(contact.account_id, titles)
    lock(contact)
    before, after = contact.label_titles, sorted(label.title for label in labels)
    if before == after:
        return after
    ContactLabel.objects.filter(contact=contact).exclude(label__in=labels).delete()
    ContactLabel.objects.bulk_create(
        [ContactLabel(contact=contact, label=label) for label in labels], ignore_conflicts=True
    )
    contact.label_titles = after
    contact.version += 1
    contact.save(update_fields=["label_titles", "version", "updated_at"])
    record(
        ContactUpdated(
            account_id=contact.account_id, contact_id=contact.pk, changes={"label_list": [before, after]}
        ),
        actor=actor_of(by),
    )
    return after


@transaction.atomic
def retitle_label_copies(*, account_id: int, old: str, new: str | None) -> int:
    """Rewrite the copies of a label's title after it was renamed, or drop them after it was deleted (`new` None)."""
    changed = 0
    for contact in contacts_with_title(account_id, old).iterator(chunk_size=500):
        titles = {title for title in contact.label_titles if title != old}
        if new is not None:
            titles.add(new)
        Contact.objects.filter(pk=contact.pk).update(label_titles=sorted(titles), version=F("version") + 1)
        changed += 1
    return changed
