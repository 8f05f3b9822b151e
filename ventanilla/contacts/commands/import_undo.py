"""Taking back what an import did, a batch at a time; what people changed since stays as they left it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.events import ContactsImportUndone
from ventanilla.contacts.importing.known import COLUMNS
from ventanilla.contacts.models import (
    Contact,
    ContactImport,
    ContactInbox,
    ContactLabel,
    ContactNote,
    ImportedContact,
)
from ventanilla.contacts.normal import derived
from ventanilla.events.log import record
from ventanilla.kit.clock import now

_AT_ONCE = 40
_OBJECTS = ("additional_attributes", "custom_attributes")


@transaction.atomic
def undo_batch(job: ContactImport) -> bool:
    """Take back the newest ones that are left; False when nothing is. Records contacts.import_undone."""
    traces = list(ImportedContact.objects.filter(file=job).order_by("-pk")[:_AT_ONCE])
    if not traces:
        return False
    deleted = _delete_untouched([trace for trace in traces if trace.is_new])
    updated = [trace.contact_id for trace in traces if not trace.is_new and _restore(trace)]
    ImportedContact.objects.filter(pk__in=[trace.pk for trace in traces]).delete()
    if deleted or updated:
        fact = ContactsImportUndone(
            account_id=job.account_id, import_id=job.pk, deleted=deleted, updated=updated
        )
        record(fact, actor=actor_of(job.created_by))
    return True


def _delete_untouched(traces: Sequence[ImportedContact]) -> list[int]:
    """Contacts that the import made and no one has used since."""
    as_left = {trace.contact_id: trace.version for trace in traces}
    rows = (
        Contact.objects.select_for_update()
        .filter(pk__in=as_left)
        .exclude(Exists(ContactNote.objects.filter(contact=OuterRef("pk"))))
        .exclude(Exists(ContactInbox.objects.filter(contact=OuterRef("pk"))))
    )
    going = [pk for pk, version in rows.values_list("pk", "version") if version == as_left[pk]]
    if going:
        Contact.objects.filter(pk__in=going).delete()
    return going


def _restore(trace: ImportedContact) -> bool:
    """Give each field back what it had, where it still has what the import gave it."""
    contact = Contact.objects.select_for_update().filter(pk=trace.contact_id).first()
    if contact is None:
        return False
    values = {
        name: value
        for name, (old, new) in trace.changes.items()
        if name in COLUMNS and (value := before_of(name, old, new, getattr(contact, name))) is not KEPT
    }
    if not values:
        return False
    titles = contact.label_titles
    for name, value in values.items():
        setattr(contact, name, value)
    try:
        with transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(
                **values, **derived(contact), version=F("version") + 1, updated_at=now()
            )
    except IntegrityError:  # someone else has the old address or number by now
        return False
    if "label_titles" in values:
        gone = set(titles) - set(values["label_titles"])
        ContactLabel.objects.filter(contact=contact, label__title__in=gone).delete()
    return True


KEPT: Any = object()


def before_of(name: str, old: Any, new: Any, current: Any) -> Any:
    """What to give the field back, or KEPT when someone changed it since."""
    if name in _OBJECTS:
        back = dict(current)
        for key in {*old, *new}:
            if old.get(key) != new.get(key) and current.get(key) == new.get(key):
                back.pop(key, None)
                if key in old:
                    back[key] = old[key]
        return back if back != current else KEPT
    if name == "label_titles":
        back_titles = sorted(set(current) - (set(new) - set(old)))
        return back_titles if back_titles != current else KEPT
    return old if current == new else KEPT
