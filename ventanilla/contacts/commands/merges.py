"""What a merge of contacts did, kept so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import F, ManyToOneRel, Model, QuerySet

from ventanilla.accounts.models import User
from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.commands.contacts import ADDRESS_KINDS, By, save_changes
from ventanilla.contacts.commands.import_undo import KEPT, before_of
from ventanilla.contacts.errors import MergeIsGone
from ventanilla.contacts.events import ContactUnmerged
from ventanilla.contacts.models import Contact, ContactAddress, ContactInbox, ContactLabel, ContactMerge
from ventanilla.contacts.normal import KEYS
from ventanilla.events.log import record
from ventanilla.kit.changes import lock
from ventanilla.labels.models import Label

_NOT_GIVEN_BACK = frozenset({"avatar", "last_activity_at"})


def moving_relations() -> Iterator[tuple[type[Model], str]]:
    """Everything that points at a contact and goes along with it; labels have rules of their own, and what there can be
    only one of stays behind."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.related_model is ContactLabel:
            continue
        if not relation.one_to_one:
            yield relation.related_model, relation.field.name


def move_rows(rows: QuerySet[Any], *, field: str, to: Contact) -> int:
    """Let these rows point at another contact, with a new version where they have one; how many."""
    changed: dict[str, Any] = {field: to}
    if any(one.name == "version" for one in rows.model._meta.get_fields()):
        changed["version"] = F("version") + 1
    return rows.update(**changed)


def begin_merge(base: Contact, mergee: Contact, *, by: By) -> ContactMerge:
    """Note the record that is about to end, and the rows that are about to move."""
    moved: dict[str, list[int]] = {}
    for model, field in moving_relations():
        pks = list(model._default_manager.filter(**{field: mergee}).values_list("pk", flat=True))
        if pks:
            moved[f"{model._meta.label}.{field}"] = pks
    sessions = ContactInbox.objects.filter(contact=mergee)
    return ContactMerge(
        account_id=base.account_id,
        contact=base,
        mergee_id=mergee.pk,
        name=str(mergee)[:255],
        snapshot={
            "record": serializers.serialize("json", [mergee]),
            "joined": list(sessions.filter(has_joined=True).values_list("pk", flat=True)),
            "verified": list(sessions.filter(hmac_verified=True).values_list("pk", flat=True)),
        },
        moved=moved,
        merged_by=by if isinstance(by, User) else None,
    )


def finish_merge(merge: ContactMerge, base: Contact, *, before: Mapping[str, Any]) -> None:
    """Note what the other one took over."""
    merge.filled = {
        field: [old, getattr(base, field)]
        for field, old in before.items()
        if field not in _NOT_GIVEN_BACK and old != getattr(base, field)
    }
    merge.save()


def keep_addresses(base: Contact, mergee: Contact) -> None:
    """Email and phone of the record that ended lead to the one that stays."""
    for key, kind in ADDRESS_KINDS.items():
        value = getattr(mergee, key)
        if value and value != getattr(base, key):
            ContactAddress.objects.get_or_create(
                account_id=base.account_id, kind=kind, value=value, defaults={"contact": base}
            )


@transaction.atomic
def unmerge_contacts(merge: ContactMerge, *, by: By) -> Contact:
    """Undo a merge: the record is there again under its old number, with what had gone from it; what was written to the
    other one since stays there.

    Raises MergeIsGone. Records contact.updated for the other one, and contact.unmerged.
    """
    base = merge.contact
    lock(base)
    if (
        not ContactMerge.objects.filter(pk=merge.pk).exists()
        or Contact.objects.filter(pk=merge.mergee_id).exists()
    ):
        raise MergeIsGone
    again = _record_of(merge)
    _give_back(base, again, merge, by=by)
    _restore(again)
    _move_back(merge, base, again)
    labels = Label.objects.filter(account_id=merge.account_id, title__in=again.label_titles)
    ContactLabel.objects.bulk_create([ContactLabel(contact=again, label=label) for label in labels])
    ContactMerge.objects.filter(pk=merge.pk).delete()
    fact = ContactUnmerged(account_id=merge.account_id, contact_id=base.pk, mergee_id=again.pk)
    record(fact, actor=actor_of(by))
    return again


def _record_of(merge: ContactMerge) -> Contact:
    found = next(
        iter(serializers.deserialize("json", merge.snapshot["record"], ignorenonexistent=True))
    ).object
    if not isinstance(found, Contact):
        raise MergeIsGone
    return found


def _give_back(base: Contact, again: Contact, merge: ContactMerge, *, by: By) -> None:
    """What the other one had taken over and still has as it was, goes."""
    values = {
        field: value
        for field, (old, new) in merge.filled.items()
        if (value := before_of(field, old, new, getattr(base, field))) is not KEPT
    }
    gone = set(base.label_titles) - set(values.get("label_titles", base.label_titles))
    save_changes(base, values, by=by)
    ContactLabel.objects.filter(contact=base, label__title__in=gone).delete()
    for key, kind in ADDRESS_KINDS.items():
        ContactAddress.objects.filter(contact=base, kind=kind, value=getattr(again, key) or "").delete()


def _restore(again: Contact) -> None:
    """Under its old number, with the keys that nobody else has by now."""
    again.version += 1
    for key in (None, *KEYS):
        if key is not None:
            setattr(again, key, None)
        try:
            with transaction.atomic():
                again.save(force_insert=True)
            return
        except IntegrityError:
            continue
    raise MergeIsGone


def _move_back(merge: ContactMerge, base: Contact, again: Contact) -> None:
    for model, field in moving_relations():
        pks = merge.moved.get(f"{model._meta.label}.{field}", [])
        for start in range(0, len(pks), 500):
            chosen = {"pk__in": pks[start : start + 500], field: base}
            move_rows(model._default_manager.filter(**chosen), field=field, to=again)
    sessions = ContactInbox.objects.filter(contact=again)
    sessions.exclude(pk__in=merge.snapshot["joined"]).update(has_joined=False)
    sessions.filter(pk__in=merge.snapshot["verified"]).update(hmac_verified=True)
