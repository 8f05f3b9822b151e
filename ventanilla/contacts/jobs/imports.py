"""From the tray: files of contacts are checked, imported and taken back, one at a time in a worker.

Killed in the middle, the next worker goes on at the row after the last one that was written: the place and the rows are
in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import IO

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from ventanilla.attributes.models import AttributeModel
from ventanilla.attributes.selectors import definitions_of
from ventanilla.contacts.commands import import_ends as ends
from ventanilla.contacts.commands.import_rows import MOST_ROWS, Moved, Over, Pace, labels_of, write_batch
from ventanilla.contacts.commands.import_undo import undo_batch
from ventanilla.contacts.commands.imports import BELL, KEPT_FOR, UNDO_FOR, blob_of, forget_import, options_of
from ventanilla.contacts.importing.findings import Findings
from ventanilla.contacts.importing.known import Book
from ventanilla.contacts.importing.planning import Outcome, Planned, Planner
from ventanilla.contacts.importing.reading import Row, rows_of, text_of
from ventanilla.contacts.importing.values import Reader, Refused
from ventanilla.contacts.models import ContactImport, ImportedContact
from ventanilla.events import claims, wakeup
from ventanilla.events.timed import timed_job
from ventanilla.kit import limit_values, row_by_row, storage
from ventanilla.kit.clock import now

log = structlog.get_logger("contacts")

_AT_WORK = ("checking", "importing", "undoing")
_CHECKED_AT_ONCE = 500
_ATTEMPTS = 5
# Between batches others write: SQLite has one lock, and a loop of short transactions would still have it nearly always.
_REST_SECONDS = 0.004
_TOLD_EVERY_SECONDS = 0.5
_Write = Callable[[Sequence[Planned], Book], None]
State = ContactImport.State


class TooManyRows(Exception):
    """The file has more rows than an import may have."""


@wakeup.rung_by(BELL, every_seconds=5.0)
def work_on_imports() -> int:
    """Do one import's work as far as it goes; 0 when none waits. A tray of the worker."""
    claim = claims.new()
    mine = ContactImport.objects.filter(claim=claim)
    with claims.holding(claim, lambda: mine.update(claimed_until=now() + claims.LEASE)):
        job = _claim(claim)
        if job is None:
            return 0
        claims.keep_alive()
        try:
            _work(job, claim)
        except Over:
            pass
        except FileNotFoundError:
            ends.fail(job, claim=claim, problem="file_gone")
        except TooManyRows:
            ends.fail(job, claim=claim, problem="too_many_rows")
        finally:
            mine.update(claim="", claimed_until=None)
    return 1


@transaction.atomic
def _claim(claim: str) -> ContactImport | None:
    waiting = (
        ContactImport.objects.filter(state__in=_AT_WORK)
        .select_related("account", "created_by")
        .order_by("pk")
    )
    if not waiting.exists():
        return None
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    moment = now()
    for job in waiting:
        if job.claim and not claims.is_lost(job.claim, job.claimed_until, at=moment):
            continue
        job.claim, job.claimed_until = claim, moment + claims.LEASE
        job.save(update_fields=["claim", "claimed_until"])
        return job
    return None


def _work(job: ContactImport, claim: str) -> None:
    if job.state == State.UNDOING:
        while undo_batch(job):
            time.sleep(_REST_SECONDS)
        ends.undone(job)
        return
    with storage.open_blob(blob_of(job)) as content:
        if job.state == State.CHECKING:
            _check(job, claim, content)
        else:
            _import(job, claim, content)


def _planner(job: ContactImport) -> Planner:
    options = options_of(job)
    definitions = list(definitions_of(job.account_id, model=AttributeModel.CONTACT))
    return Planner(options, Reader(options, definitions))


def _rows(job: ContactImport, content: IO[bytes]) -> Iterator[Row]:
    options = options_of(job)
    text = text_of(content, encoding=options.encoding)
    for row in rows_of(text, delimiter=options.delimiter, has_header=options.has_header):
        if row.number > limit_values.of("MAX_IMPORT_ROWS"):
            limit_values.met("max_import_rows", account_id=job.account_id)
            raise TooManyRows
        yield row


# ── the check ─────────────────────────────────────────────────────────────────────────────────────────


def _check(job: ContactImport, claim: str, content: IO[bytes]) -> None:
    """Count what the rows would do. It writes nothing but numbers, so one that is cut short begins anew."""
    planner, book = _planner(job), Book(job.account_id, keeps_all=True)
    rows, findings = _rows(job, content), Findings(planner.options)
    told = time.monotonic()
    while batch := list(islice(rows, _CHECKED_AT_ONCE)):
        findings.take(planner.plan(batch, book))
        if time.monotonic() - told > _TOLD_EVERY_SECONDS:
            told = time.monotonic()
            ends.note_check(job, claim=claim, findings=findings)
    ends.checked(job, claim=claim, findings=findings)


# ── the import ────────────────────────────────────────────────────────────────────────────────────────


def _import(job: ContactImport, claim: str, content: IO[bytes]) -> None:
    planner, rows = _planner(job), _rows(job, content)
    for row in islice(rows, job.read):
        planner.pass_over(row)
    labels = labels_of(job, planner.options.labels)
    pace = Pace()

    def write(planned: Sequence[Planned], book: Book) -> None:
        write_batch(job, claim=claim, planned=planned, book=book, labels=labels, pace=pace)

    waiting: list[Row] = []
    while batch := waiting + list(islice(rows, max(0, _rows_for(pace) - len(waiting)))):
        waiting = batch[_write(job, planner, batch, write, pace) :]
        time.sleep(_REST_SECONDS)
    log.info(
        "contacts.imported", import_id=job.pk, rows=job.read, p50_ms=pace.share(0.5), p95_ms=pace.share(0.95)
    )
    ends.done(job, claim=claim)


def _rows_for(pace: Pace) -> int:
    """So many are looked at; how many of them are written depends on what they do."""
    return max(1, min(MOST_ROWS, int(pace.weight)))


def _write(job: ContactImport, planner: Planner, batch: Sequence[Row], write: _Write, pace: Pace) -> int:
    """As many of the batch as one transaction may hold, planned anew while others change what they are about; row by row
    when a key is in the way. How many.
    """
    for _attempt in range(_ATTEMPTS):
        book = Book(job.account_id, keeps_all=False)
        planned = planner.plan(batch, book)
        if (fits := pace.fits(planned)) < len(batch):
            batch, book = batch[:fits], Book(job.account_id, keeps_all=False)
            planned = planner.plan(batch, book)
        try:
            write(planned, book)
        except Moved:
            continue
        except IntegrityError:
            break
        return len(batch)
    if len(batch) > 1:
        for row in batch:
            _write(job, planner, [row], write, pace)
        return len(batch)
    row = batch[0]
    write([Planned(row, Outcome.REFUSED, Refused("taken"))], Book(job.account_id, keeps_all=False))
    return 1


@timed_job(name="contacts.forget_imports", every=timedelta(hours=1))
def forget_imports() -> None:
    """Forget what can't be undone any more, and files a month after they came."""
    over = Q(file__finished_at__lt=now() - UNDO_FOR) & ~Q(file__state=State.UNDOING)
    while rows := list(ImportedContact.objects.filter(over).values_list("pk", flat=True)[:1000]):
        ImportedContact.objects.filter(pk__in=rows).delete()
    old = ContactImport.objects.filter(created_at__lt=now() - KEPT_FOR).exclude(state__in=_AT_WORK)
    row_by_row.each(old[:100], forget_import, where="contacts.forget_imports")
