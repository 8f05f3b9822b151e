"""What the rows of an import do: batches, each with the place reached in one short transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from ventanilla.contacts.actors import actor_of
from ventanilla.contacts.events import ContactsImported
from ventanilla.contacts.importing.known import COLUMNS, Book, Known
from ventanilla.contacts.importing.planning import Outcome, Planned
from ventanilla.contacts.models import Contact, ContactImport, ContactLabel, ImportedContact, RefusedRow
from ventanilla.contacts.normal import derived
from ventanilla.events.log import record
from ventanilla.kit.clock import now
from ventanilla.labels.models import Label

# How long a batch may hold the one lock by which SQLite lets a single writer in. The size follows what the last one took.
# PostgreSQL lets others write beside it, and each statement costs it a way to the server and back.
_LONGEST_SECONDS = {"sqlite": 0.015, "postgresql": 0.1}
MOST_ROWS = 250
_MOST_WEIGHT, _LEAST_WEIGHT = 500.0, 5.0
# What a row costs beside one that stays out or is there already: a new contact has a share in three inserts, one that is
# changed has an update to itself. A hundred light rows say nothing of how long a hundred heavy ones would take.
_WEIGHTS = {Outcome.CREATED: 2.0, Outcome.UPDATED: 5.0, Outcome.UNCHANGED: 1.0, Outcome.REFUSED: 1.0}


class Moved(Exception):
    """Someone changed one of the contacts between the question and the write: the batch is planned anew."""


class Over(Exception):
    """The import was stopped, or another process goes on with it."""


@dataclass
class Pace:
    """How much the next batch takes: the weight of its rows is what the last one's time allows."""

    weight: float = 30.0
    seconds: list[float] = field(default_factory=list)

    def fits(self, planned: Sequence[Planned]) -> int:
        """How many of these rows, one at least."""
        left = self.weight
        for count, row in enumerate(planned):
            left -= _WEIGHTS[row.outcome]
            if left < 0:
                return max(1, count)
        return len(planned)

    def note(self, seconds: float, planned: Sequence[Planned]) -> None:
        """These rows held the lock for so long."""
        self.seconds.append(seconds)
        del self.seconds[:-5000]
        held = sum(_WEIGHTS[row.outcome] for row in planned)
        allowed = held * _LONGEST_SECONDS[connection.vendor] / max(seconds, 0.0001)
        allowed = min(self.weight * 1.25, max(self.weight * 0.3, allowed))
        self.weight = min(_MOST_WEIGHT, max(_LEAST_WEIGHT, allowed))

    def share(self, part: float) -> float:
        """Milliseconds that this part of the batches stayed under."""
        ordered = sorted(self.seconds)
        return round(ordered[int((len(ordered) - 1) * part)] * 1000, 1) if ordered else 0.0


def write_batch(
    job: ContactImport,
    *,
    claim: str,
    planned: Sequence[Planned],
    book: Book,
    labels: Sequence[Label],
    pace: Pace,
) -> None:
    """Write what the rows do and move the place: all of it or nothing. `job.read` is where it stood.

    Raises Moved, Over, or IntegrityError when someone else took a key a moment ago. Records contacts.imported.
    """
    counts = Counter(row.outcome for row in planned)
    changed = [(known, _instance(known, job.account_id)) for known in book.touched.values()]
    made = [(known, _instance(known, job.account_id)) for known in book.new]
    refused = [_refused_row(job, row) for row in planned if row.outcome == Outcome.REFUSED]
    with transaction.atomic():
        began = time.perf_counter()
        _move(job, claim, counts)
        for known, contact in changed:
            _update(known, contact)
        Contact.objects.bulk_create([contact for _known, contact in made])
        _label([*changed, *made], labels)
        ImportedContact.objects.bulk_create(_traces(job, changed, made))
        RefusedRow.objects.bulk_create(refused)
        _tell(job, [contact.pk for _known, contact in made], [contact.pk for _known, contact in changed])
    pace.note(time.perf_counter() - began, planned)
    job.read += len(planned)
    for outcome, count in counts.items():
        setattr(job, outcome.value, getattr(job, outcome.value) + count)


def _move(job: ContactImport, claim: str, counts: Counter[Outcome]) -> None:
    """The place and the numbers, only where we still are the ones who go on."""
    moved = ContactImport.objects.filter(
        pk=job.pk, state=ContactImport.State.IMPORTING, read=job.read, claim=claim
    ).update(
        read=F("read") + counts.total(),
        **{outcome.value: F(outcome.value) + counts[outcome] for outcome in Outcome},
    )
    if not moved:
        raise Over


def _instance(known: Known, account_id: int) -> Contact:
    """A row of the model with the columns that follow from others."""
    values = {name: getattr(known, name) for name in COLUMNS}
    contact = Contact(
        id=known.id,
        account_id=account_id,
        contact_type=known.contact_type,
        origin="import" if known.id is None else "",
        **values,
    )
    for name, value in derived(contact).items():
        setattr(contact, name, value)
    return contact


def _update(known: Known, contact: Contact) -> None:
    values: dict[str, Any] = {name: getattr(contact, name) for name in known.before}
    values |= derived(contact)
    found = Contact.objects.filter(pk=contact.pk, version=known.version).update(
        version=F("version") + 1, updated_at=now(), **values
    )
    if not found:
        raise Moved
    contact.version = known.version + 1


def _label(rows: Sequence[tuple[Known, Contact]], labels: Sequence[Label]) -> None:
    if not labels:
        return
    links = [
        ContactLabel(contact_id=contact.pk, label=label)
        for known, contact in rows
        if "label_titles" in known.before
        for label in labels
    ]
    ContactLabel.objects.bulk_create(links, ignore_conflicts=True)


def _traces(
    job: ContactImport, changed: Sequence[tuple[Known, Contact]], made: Sequence[tuple[Known, Contact]]
) -> list[ImportedContact]:
    updated = [
        ImportedContact(
            file=job,
            contact_id=contact.pk,
            is_new=False,
            version=contact.version,
            changes={name: [old, getattr(known, name)] for name, old in known.before.items()},
        )
        for known, contact in changed
    ]
    new = [
        ImportedContact(file=job, contact_id=contact.pk, is_new=True, version=contact.version)
        for _known, contact in made
    ]
    return updated + new


def _refused_row(job: ContactImport, row: Planned) -> RefusedRow:
    why = row.refused
    assert why is not None
    return RefusedRow(
        file=job,
        number=row.row.number,
        line=row.row.line,
        who=row.who[:255],
        value=why.value.replace("\x00", "")[:255],
        code=why.code,
        details=dict(why.details),
    )


def _tell(job: ContactImport, created: list[int], updated: list[int]) -> None:
    if not created and not updated:
        return
    fact = ContactsImported(account_id=job.account_id, import_id=job.pk, created=created, updated=updated)
    record(fact, actor=actor_of(job.created_by))


def labels_of(job: ContactImport, titles: Sequence[str]) -> list[Label]:
    """The labels that its contacts get; one that was deleted meanwhile is left out."""
    return list(Label.objects.filter(account_id=job.account_id, title__in=titles)) if titles else []
