"""The audit log taken away as a table: that too is an act that stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.models import Account, User
from ventanilla.audit.events import AuditLogExported
from ventanilla.audit.models import AuditEntry
from ventanilla.audit.rendering import table
from ventanilla.events.log import record
from ventanilla.kit.tables import csv_text

_AT_ONCE = 500
_MARK = "\ufeff"  # of byte order: tells spreadsheets that this is UTF-8


@transaction.atomic
def note_export(account: Account, *, by: User) -> None:
    """Someone takes it away. Records audit_log.exported."""
    record(AuditLogExported(account_id=account.pk), actor=actor_of(by))


def export(rows: QuerySet[AuditEntry]) -> Iterator[str]:
    """All of them as CSV, piece by piece."""
    yield _MARK
    for line in table(_pages(rows)):
        yield csv_text([line])


def _pages(rows: QuerySet[AuditEntry]) -> Iterator[Sequence[AuditEntry]]:
    last: int | None = None
    while page := list((rows if last is None else rows.filter(pk__lt=last))[:_AT_ONCE]):
        yield page
        last = page[-1].pk
