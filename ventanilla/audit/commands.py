"""The only writers of the audit log: entries are added, and what is personal in them is blanked. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from ventanilla.accounts.models import User
from ventanilla.audit.models import AuditEntry
from ventanilla.audit.subjects import PERSON, Subject, key_of, names_of
from ventanilla.events import facts, origins
from ventanilla.events.log import LoggedEvent
from ventanilla.kit.clock import now

YOUNG = timedelta(days=30)  # an entry is never deleted earlier; the database's own guard has the same number
_AT_ONCE = 500


def write_entries(events: Sequence[LoggedEvent]) -> None:
    """One entry for each. Inside the consumer's transaction."""
    rows = [_entry(event) for event in events]
    names = names_of({(row.subject, row.subject_id) for row in rows})
    for row in rows:
        row.subject_name = names.get((row.subject, row.subject_id), "") or _said(row)
    _name_the_gone(rows)
    AuditEntry.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _entry(event: LoggedEvent) -> AuditEntry:
    kind = facts.kind_of(event.name)
    about, key = kind.administrative, key_of(kind)
    where = event.origin or origins.Origin()
    whole = {**event.payload, "account_id": event.account_id}
    return AuditEntry(
        account_id=event.account_id,
        event=event.name,
        subject=about.model if about is not None else "",
        subject_id=whole.get(key),
        actor_kind=event.actor.kind if event.actor else "",
        actor_id=event.actor.id if event.actor else None,
        data={name: value for name, value in event.payload.items() if name != key},
        address=where.address,
        device=where.device,
        way=where.way,
        request=where.request,
        happened_at=event.occurred_at,
    )


def _said(row: AuditEntry) -> str:
    """A name that the fact itself carries: of a label that is gone, of a plug-in."""
    named = (row.data.get(field) for field in ("title", "key", "plugin"))
    return next((str(value)[:255] for value in named if isinstance(value, str)), "")


def _name_the_gone(rows: Sequence[AuditEntry]) -> None:
    """What was deleted is called what its last entry called it."""
    nameless = [row for row in rows if not row.subject_name and row.subject_id is not None]
    if not nameless:
        return
    known: dict[Subject, str] = {}
    earlier = AuditEntry.objects.filter(
        subject__in={row.subject for row in nameless}, subject_id__in={row.subject_id for row in nameless}
    ).exclude(subject_name="")
    for subject, pk, name in earlier.order_by("id").values_list("subject", "subject_id", "subject_name"):
        known[subject, pk] = name
    for row in nameless:
        row.subject_name = known.get((row.subject, row.subject_id), "")


@transaction.atomic
def forget_addresses() -> int:
    """Blank addresses and devices past their term, here and in the log; how many entries lost them."""
    before = now() - timedelta(days=settings.AUDIT_ADDRESS_DAYS)
    origins.forget(before=before)
    old = AuditEntry.objects.filter(happened_at__lt=before).exclude(address="", device="")
    return old.update(address="", device="")


@transaction.atomic
def forget_people() -> int:
    """Blank what is personal of users who are no more: where they came from, what they were called. The entries stay."""
    there = User.objects.values("pk")
    of_theirs = Q(actor_kind="user") & ~Q(actor_id__in=there)
    changed = (
        AuditEntry.objects.filter(of_theirs).exclude(address="", device="").update(address="", device="")
    )
    about = AuditEntry.objects.filter(subject=PERSON, subject_id__isnull=False).exclude(subject_id__in=there)
    return changed + about.exclude(data={}).update(data={})


def forget_old() -> int:
    """Delete entries past retention; how many."""
    kept = max(timedelta(days=settings.AUDIT_RETENTION_DAYS), YOUNG + timedelta(days=1))
    gone = 0
    while True:
        with transaction.atomic():
            ids = list(
                AuditEntry.objects.filter(happened_at__lt=now() - kept).values_list("pk", flat=True)[
                    :_AT_ONCE
                ]
            )
            AuditEntry.objects.filter(pk__in=ids).delete()
        gone += len(ids)
        if len(ids) < _AT_ONCE:
            return gone
