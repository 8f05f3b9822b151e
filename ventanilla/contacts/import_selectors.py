"""Questions about imports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.imports import blob_of, options_of
from ventanilla.contacts.importing.reading import UNREADABLE, rows_of, text_of
from ventanilla.contacts.importing.reasons import sentence
from ventanilla.contacts.models import Contact, ContactImport, ImportedContact, RefusedRow
from ventanilla.kit import storage
from ventanilla.kit.clock import now
from ventanilla.kit.errors import NotFound
from ventanilla.kit.tables import csv_text

_ROWS_AT_ONCE = 500
_ENDS = (ContactImport.State.DONE, ContactImport.State.FAILED)
_NEWS_FOR = timedelta(days=7)


def imports_of(account: Account) -> QuerySet[ContactImport]:
    """The account's imports, newest first."""
    return ContactImport.objects.filter(account=account).select_related("account").order_by("-pk")


def ended_unseen(account: Account, *, user: User) -> QuerySet[ContactImport]:
    """Those that the user began, that came to their end by themselves, and of whose end they have not seen; newest first."""
    ended = imports_of(account).filter(state__in=_ENDS, created_by=user, seen_at=None)
    return ended.filter(finished_at__gt=now() - _NEWS_FOR)


def get_import(account: Account, *, import_id: int) -> ContactImport:
    """One import of the account. Raises NotFound."""
    job = imports_of(account).filter(pk=import_id).first()
    if job is None:
        raise NotFound
    return job


def refused_rows(job: ContactImport) -> QuerySet[RefusedRow]:
    """Those that stayed out, as they stand in the file."""
    return RefusedRow.objects.filter(file=job).order_by("number")


def edited_since(job: ContactImport) -> QuerySet[Contact]:
    """Contacts of the import that somebody changed, or that wrote to us, after it: undoing leaves that as it is."""
    same = ImportedContact.objects.filter(file=job, contact_id=OuterRef("pk"), version=OuterRef("version"))
    ours = ImportedContact.objects.filter(file=job).values("contact_id")
    return Contact.objects.filter(pk__in=ours).exclude(Exists(same)).order_by("-pk")


def refused_table(job: ContactImport) -> Iterator[bytes]:
    """The rows that stayed out as CSV: the file's own columns and one more that says why; in pieces.

    Read from the file itself, so that every cell is as long as it was.
    """
    options = options_of(job)
    width = len(options.columns)
    reasons = {row.number: (row.code, row.details) for row in refused_rows(job).iterator()}
    yield "\ufeff".encode() + csv_text([[*options.columns, _("Reason")]]).encode()
    waiting: list[list[Any]] = []
    with storage.open_blob(blob_of(job)) as content:
        text = text_of(content, encoding=options.encoding)
        for row in rows_of(text, delimiter=options.delimiter, has_header=options.has_header):
            why = reasons.pop(row.number, None)
            if why is None:
                if not reasons:
                    break
                continue
            cells = [cell.replace("\x00", "").replace(UNREADABLE, "?") for cell in row.cells]
            waiting.append([*cells, *[""] * (width - len(cells)), sentence(*why)])
            if len(waiting) >= _ROWS_AT_ONCE:
                yield csv_text(waiting).encode()
                waiting = []
    if waiting:
        yield csv_text(waiting).encode()
