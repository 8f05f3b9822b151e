"""Exports: asked for, stopped, worked on part by part, finished, taken away, forgotten."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO, Any, cast

import msgspec
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.system_mail import write_mail
from ventanilla.accounts.models import Account, Membership, User
from ventanilla.accounts.policies import Capability, may
from ventanilla.conversations.policies import Visibility, visibility_for
from ventanilla.events import wakeup
from ventanilla.events.log import record, settled_position
from ventanilla.exports import writing
from ventanilla.exports.columns import message_rows, message_titles, ticket_rows, ticket_titles
from ventanilla.exports.errors import NoFile, NotAtWork, TooManyAtOnce
from ventanilla.exports.events import ExportCancelled, ExportChanged, ExportCreated, ExportDownloaded
from ventanilla.exports.models import Export
from ventanilla.exports.ranges import days_of
from ventanilla.exports.rows import check, rows_of
from ventanilla.exports.selectors import AT_WORK, sheet_of
from ventanilla.kit import statements, storage
from ventanilla.kit.changes import lock
from ventanilla.kit.clock import now
from ventanilla.kit.errors import Invalid

BELL = "exports"
FOLDER = "exports"
KEPT_FOR = timedelta(days=30)
MOST_AT_WORK = 20
SEPARATORS = (",", ";", "\t")
_AT_ONCE = 500
PART_ROWS = 2_000
_NUMBER_BYTES = 8
_MOST_FILTER_CHARS = 100_000

State = Export.State


class Over(Exception):
    """It is not this worker's to go on with: cancelled, or somebody else has it."""


class CannotGoOn(Exception):
    """It ends here, without a file. `problem` is a word the desk has a sentence for."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


# ── asked for ─────────────────────────────────────────────────────────────────────────────────────────


def drafted(account: Account, *, by: User, visibility: Visibility, locale: str, **given: Any) -> Export:
    """The export that is meant, not kept yet. Raises Invalid or InvalidCondition, naming the field at fault."""
    export = Export(account=account, created_by=by, locale=locale)
    wrong = {}
    for name, known in (
        ("kind", Export.Kind.values),
        ("format", Export.Format.values),
        ("separator", SEPARATORS),
        ("date_of", Export.Of.values),
        ("order", Export.Order.values),
    ):
        value = given.get(name) or getattr(export, name)
        if value not in known:
            wrong[name] = [_("This isn't one of the known values.")]
        setattr(export, name, value)
    if wrong:
        raise Invalid(fields=wrong)
    days = (_day(given, "begins"), _day(given, "ends"))
    export.begins, export.ends = days_of(*days, timezone=account.timezone)
    export.conditions = given.get("conditions") or []
    if len(json.dumps(export.conditions)) > _MOST_FILTER_CHARS:
        raise Invalid(fields={"conditions": [_("The filter is too long.")]})
    check(export, account, visibility)
    return export


def _day(given: dict[str, Any], name: str) -> date | None:
    if not given.get(name):
        return None
    try:
        return date.fromisoformat(str(given[name]))
    except ValueError:
        raise Invalid(fields={name: [_("This day isn't valid.")]}) from None


@transaction.atomic
def begin(export: Export, *, by: User) -> Export:
    """Have it written. Raises TooManyAtOnce. Records export.created."""
    Account.objects.select_for_update().only("pk").get(pk=export.account_id)
    if Export.objects.filter(account_id=export.account_id, state__in=AT_WORK).count() >= MOST_AT_WORK:
        raise TooManyAtOnce
    export.save()
    wakeup.ring(BELL)
    fact = ExportCreated(
        account_id=export.account_id,
        export_id=export.pk,
        kind=export.kind,
        format=export.format,
        begins=export.begins.isoformat(),
        ends=export.ends.isoformat(),
        filtered=bool(export.conditions),
    )
    record(fact, actor=actor_of(by))
    return export


@transaction.atomic
def cancel(export: Export, *, by: User) -> Export:
    """Stop it: what was written of it is deleted. Raises NotAtWork. Records export.cancelled."""
    lock(export)
    if export.state not in AT_WORK:
        raise NotAtWork
    export.state, export.finished_at = State.CANCELLED, now()
    _drop_files(export)
    export.save()
    record(ExportCancelled(account_id=export.account_id, export_id=export.pk), actor=actor_of(by))
    return export


@transaction.atomic
def repeat(export: Export, *, by: User) -> Export:
    """Write one that failed or was cancelled from its beginning. Raises NotAtWork. Records export.created."""
    lock(export)
    if export.state not in (State.FAILED, State.CANCELLED):
        raise NotAtWork
    export.state, export.problem, export.numbers, export.parts = State.QUEUED, "", "", []
    export.total = export.done = export.rows = 0
    export.created_by, export.created_at = by, now()
    export.started_at = export.finished_at = None
    return begin(export, by=by)


@transaction.atomic
def take_away(export: Export, *, by: User) -> storage.Blob:
    """The file, for somebody who takes it away. Raises NoFile. Records export.downloaded."""
    lock(export)
    if export.state != State.DONE or not export.file:
        raise NoFile
    if export.created_by_id == by.pk or export.created_by_id is None:
        export.downloaded_at = export.downloaded_at or now()
        export.save(update_fields=["downloaded_at"])
    record(ExportDownloaded(account_id=export.account_id, export_id=export.pk), actor=actor_of(by))
    return blob_of(export)


def blob_of(export: Export) -> storage.Blob:
    """The finished table."""
    return msgspec.convert(export.file, storage.Blob)


# ── worked on ─────────────────────────────────────────────────────────────────────────────────────────


def work(export: Export, *, claim: str, rest: Callable[[], None] = lambda: None) -> None:
    """Write it as far as it goes, from where whoever had it before was. Raises Over or CannotGoOn."""
    membership = _membership(export)
    with translation.override(export.locale):
        if not export.numbers:
            _take_numbers(export, membership, claim)
        sheet = sheet_of(export, membership)
        rows = message_rows if export.kind == Export.Kind.MESSAGES else ticket_rows
        for numbers in _batches(export):
            written = []
            for start in range(0, len(numbers), _AT_ONCE):
                written += rows(sheet, numbers[start : start + _AT_ONCE])
                rest()
            _keep_part(export, claim, len(numbers), written)
        titles = message_titles if export.kind == Export.Kind.MESSAGES else ticket_titles
        _finish(export, claim, titles(sheet))


def _membership(export: Export) -> Membership:
    """Who asked for it, who may have lost the right since: a table is no way round that."""
    rows = Membership.objects.select_related("custom_role", "account", "user")
    found = rows.filter(
        account=export.account_id, user=export.created_by_id or 0, user__is_active=True
    ).first()
    if found is None or not may(found, Capability.REPORTS_READ) or not found.account.is_active:
        raise CannotGoOn("no_right")
    return found


def _take_numbers(export: Export, membership: Membership, claim: str) -> None:
    """Which rows it has, at one position of the log: what happens later changes what they say, and not which they are."""
    account = membership.account
    visibility = visibility_for(membership.user, account, membership=membership)
    with _of_one_moment():
        position = settled_position()
        found = rows_of(export, account, visibility).values_list("pk", flat=True)
        numbers = array("q", found.iterator(chunk_size=5_000))
    if export.format == Export.Format.XLSX and len(numbers) > writing.MOST_XLSX_ROWS:
        raise CannotGoOn("too_many_rows")
    key = _keep(numbers.tobytes())
    export.numbers, export.position, export.total = key, str(position), len(numbers)
    _advance(export, claim, key, numbers=key, position=export.position, total=export.total)


@contextmanager
def _of_one_moment() -> Iterator[None]:
    """All that is read within is as it was at one moment, and no one who writes waits for it."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            statements.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", [])
            yield
    else:  # a transaction of the framework's takes SQLite's one lock of writers at once
        statements.execute("BEGIN DEFERRED", [])
        try:
            yield
        finally:
            statements.execute("COMMIT", [])


def _batches(export: Export) -> Iterator[list[int]]:
    with default_storage.open(export.numbers, "rb") as file:
        while True:
            file.seek(export.done * _NUMBER_BYTES)
            numbers = array("q")
            numbers.frombytes(file.read(PART_ROWS * _NUMBER_BYTES))
            if not numbers:
                return
            yield numbers.tolist()


def _keep_part(export: Export, claim: str, taken: int, written: list[list[str | int]]) -> None:
    key = _keep(writing.part_of(export, written))
    parts, done, rows = [*export.parts, key], export.done + taken, export.rows + len(written)
    _advance(export, claim, key, parts=parts, done=done, rows=rows)
    export.parts, export.done, export.rows = parts, done, rows


def _keep(content: bytes) -> str:
    return default_storage.save(storage.new_key(folder=FOLDER), ContentFile(content))


def _advance(export: Export, claim: str, key: str, **changes: Any) -> None:
    """Note how far it is, while it is still this worker's; else what was just kept goes. Raises Over."""
    if not Export.objects.filter(pk=export.pk, state=State.RUNNING, claim=claim).update(**changes):
        default_storage.delete(key)
        raise Over


def _finish(export: Export, claim: str, titles: list[str]) -> None:
    with TemporaryFile() as out:
        parts = (cast("IO[bytes]", default_storage.open(key, "rb")) for key in export.parts)
        writing.finish(export, titles, parts, out)
        size = out.seek(0, 2)
        out.seek(0)
        key = default_storage.save(storage.new_key(folder=FOLDER), File(out, name="export"))
    blob = storage.Blob(
        key=key, filename=_filename(export), content_type=_TYPES[export.format], byte_size=size
    )
    moment = now()
    with transaction.atomic():
        _advance(
            export,
            claim,
            key,
            state=State.DONE,
            file=msgspec.to_builtins(blob),
            parts=[],
            numbers="",
            finished_at=moment,
            expires_at=moment + KEPT_FOR,
        )
        _delete_later([*export.parts, export.numbers])
        _tell(export, State.DONE)
        _write_mail(export)


_TYPES = {
    Export.Format.CSV.value: "text/csv; charset=utf-8",
    Export.Format.XLSX.value: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _filename(export: Export) -> str:
    name = _("messages") if export.kind == Export.Kind.MESSAGES else _("conversations")
    return f"{name}_{export.begins:%Y-%m-%d}_{export.ends:%Y-%m-%d}.{export.format}"


@transaction.atomic
def fail(export: Export, *, claim: str, problem: str) -> None:
    """It cannot go on, and leaves no file. Records export.changed."""
    lock(export)
    if export.state != State.RUNNING or export.claim != claim:
        raise Over
    export.state, export.problem, export.finished_at = State.FAILED, problem, now()
    _drop_files(export)
    export.save()
    _tell(export, State.FAILED)


@transaction.atomic
def expire(export: Export) -> None:
    """Its time is over: the file goes, its line stays. Records export.changed."""
    lock(export)
    if export.state == State.DONE:
        export.state = State.EXPIRED
        _drop_files(export)
        export.save()
        _tell(export, State.EXPIRED)


def _drop_files(export: Export) -> None:
    """In the caller's transaction; the bytes go when it holds."""
    _delete_later([*export.parts, export.numbers, str(export.file.get("key", ""))])
    export.parts, export.numbers, export.file = [], "", {}


def _delete_later(keys: list[str]) -> None:
    def delete() -> None:
        for key in filter(None, keys):
            default_storage.delete(key)

    transaction.on_commit(delete)


def _tell(export: Export, state: Export.State) -> None:
    fact = ExportChanged(account_id=export.account_id, export_id=export.pk, state=state.value)
    record(fact, actor=actor_of(None))


def _write_mail(export: Export) -> None:
    if export.created_by is None:
        return
    rows = number_format(export.rows, use_l10n=True, force_grouping=True)
    write_mail(
        export.created_by.email,
        subject=_("Your export is ready"),
        heading=_("Your export is ready"),
        paragraphs=[
            _("File: %(file)s. Rows: %(rows)s.") % {"file": _filename(export), "rows": rows},
            _("You can download it for 30 days, in Exports."),
        ],
        locale=export.locale,
        button_label=_("Open exports"),
        button_path=f"/app/accounts/{export.account_id}/exports",
        user=export.created_by,
        purpose="export",
    )
