"""Files of contacts: uploaded, looked at, imported, taken back."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import empty_reply, json_reply
from ventanilla.contacts import import_selectors as selectors
from ventanilla.contacts.commands import imports as commands
from ventanilla.contacts.commands.taking import note_lines_taken
from ventanilla.contacts.errors import NotAnImport
from ventanilla.contacts.import_rendering import import_json, refused_json
from ventanilla.contacts.importing.guessing import ENCODINGS
from ventanilla.contacts.importing.options import FIELDS
from ventanilla.contacts.models import ContactImport
from ventanilla.kit.pagination import page_of
from ventanilla.kit.phones import REGIONS

router = Router(tags=["Desk"])

PAGE = 50
_NAMED = 5


class ImportFile(Schema):
    """The file as it was uploaded."""

    name: str
    bytes: int


class ImportOptions(Schema):
    """How the file is read and where its columns go: skip, a field, custom:<key> or new:<name>."""

    encoding: str
    delimiter: str
    has_header: bool
    columns: list[str]
    targets: list[str]
    region: str
    day_first: bool
    decimal_comma: bool
    on_existing: Literal["update", "fill", "keep"]
    labels: list[str]


class ColumnFinding(Schema):
    """What was seen in a column."""

    example: str
    filled: int
    wrong: int
    with_country: int
    skipped: bool


class ImportCounts(Schema):
    """Four numbers whose sum is `read`."""

    read: int
    created: int
    updated: int
    unchanged: int
    refused: int


class RefusedRowShape(Schema):
    """A row that stays out. `line`: where it begins in the file."""

    number: int
    line: int
    who: str
    value: str
    reason: str


class ImportPreview(ImportCounts):
    """What the check arrived at."""

    refused_rows: list[RefusedRowShape]


class ImportShape(Schema):
    """One import. Times are seconds since 1970."""

    id: int
    state: Literal["checking", "checked", "importing", "done", "stopped", "failed", "undoing", "undone"]
    file: ImportFile
    options: ImportOptions
    findings: list[ColumnFinding]
    counts: ImportCounts
    total: int
    preview: ImportPreview | None
    can_start: bool
    problem: str
    created_at: int
    started_at: int | None
    finished_at: int | None
    undo_until: int | None


class ImportChoices(Schema):
    """What options can be."""

    encodings: list[str]
    fields: list[str]
    regions: list[str]


class Imports(Schema):
    """The newest ones, and what can be chosen for them."""

    payload: list[ImportShape]
    choices: ImportChoices


class RefusedRows(Schema):
    """A page of rows that stayed out."""

    payload: list[RefusedRowShape]


class EndedImports(Schema):
    """Newest first."""

    payload: list[ImportShape]


class EditedSince(Schema):
    """Contacts that undoing would leave as they are now: how many, and some by name."""

    count: int
    names: list[str]


class ImportFileBody(Body):
    """A CSV file."""

    import_file: Any = None


class ImportOptionsBody(Body):
    """What is to be read otherwise."""

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    targets: list[str] | None = None
    region: str | None = None
    day_first: bool | None = None
    decimal_comma: bool | None = None
    on_existing: str | None = None
    labels: list[str] | None = None


def uploaded(given: ImportFileBody) -> UploadedFile[Any]:
    """The file of a form. Raises NotAnImport when there is none."""
    if not isinstance(given.import_file, UploadedFile):
        raise NotAnImport(_("Choose a CSV file."))
    return given.import_file


def _found(request: Request, import_id: int) -> ContactImport:
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    return selectors.get_import(request.auth.account, import_id=import_id)


@router.get("/contact_imports", operation_id="desk_contact_imports", response=Imports)
def index(request: Request, account_id: int) -> HttpResponse:
    """The last ten imports."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    jobs = selectors.imports_of(request.auth.account)[:10]
    choices = {"encodings": list(ENCODINGS), "fields": list(FIELDS), "regions": list(REGIONS)}
    return json_reply({"payload": [import_json(job) for job in jobs], "choices": choices})


@router.get("/contact_imports/ended", operation_id="desk_ended_imports", response=EndedImports)
def ended(request: Request, account_id: int) -> HttpResponse:
    """The caller's own of whose end they have not seen."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    jobs = selectors.ended_unseen(request.auth.account, user=request.auth.person)[:10]
    return json_reply({"payload": [import_json(job) for job in jobs]})


@router.post("/contact_imports/{int:import_id}/seen", operation_id="desk_import_seen", response={200: None})
def seen(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """The caller has seen how it ended; nothing happens when another began it."""
    commands.note_end_seen(_found(request, import_id), by=request.auth.person)
    return empty_reply()


@router.post("/contact_imports", operation_id="desk_begin_import", response=ImportShape)
def begin(request: Request, account_id: int, given: ImportFileBody = Given()) -> HttpResponse:
    """Upload a file: it is checked, and nothing is written."""
    request.auth.require(Capability.CONTACTS_EXCHANGE)
    file = uploaded(given)
    job = commands.begin_import(
        request.auth.account, content=file, filename=file.name or "", by=request.auth.person
    )
    return json_reply(import_json(job))


@router.get("/contact_imports/{int:import_id}", operation_id="desk_contact_import", response=ImportShape)
def show(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """One import and how far it is."""
    return json_reply(import_json(_found(request, import_id)))


@router.patch("/contact_imports/{int:import_id}", operation_id="desk_change_import", response=ImportShape)
def change(
    request: Request, account_id: int, import_id: int, given: ImportOptionsBody = Given()
) -> HttpResponse:
    """Read the file otherwise; the check begins anew."""
    changes = {key: value for key, value in given.given.items() if value is not None}
    job = commands.change_import(_found(request, import_id), changes=changes, by=request.auth.person)
    return json_reply(import_json(job))


@router.delete("/contact_imports/{int:import_id}", operation_id="desk_discard_import", response={200: None})
def discard(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """Forget a file that was not imported."""
    commands.discard_import(_found(request, import_id), by=request.auth.person)
    return empty_reply()


@router.post("/contact_imports/{int:import_id}/start", operation_id="desk_start_import", response=ImportShape)
def start(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """Write it; one that was stopped goes on. New attributes take the right to make some."""
    job = _found(request, import_id)
    if commands.makes_attributes(job):
        request.auth.require(Capability.SHARED_SETTINGS_WRITE)
    return json_reply(import_json(commands.start_import(job, by=request.auth.person)))


@router.post("/contact_imports/{int:import_id}/stop", operation_id="desk_stop_import", response=ImportShape)
def stop(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """Leave it where it is."""
    return json_reply(import_json(commands.stop_import(_found(request, import_id), by=request.auth.person)))


@router.post("/contact_imports/{int:import_id}/undo", operation_id="desk_undo_import", response=ImportShape)
def undo(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """Take back what it did."""
    return json_reply(import_json(commands.undo_import(_found(request, import_id), by=request.auth.person)))


@router.get(
    "/contact_imports/{int:import_id}/edited", operation_id="desk_import_edited", response=EditedSince
)
def edited(request: Request, account_id: int, import_id: int) -> HttpResponse:
    """Whom undoing would leave as they are."""
    rows = selectors.edited_since(_found(request, import_id))
    return json_reply({"count": rows.count(), "names": [str(contact) for contact in rows[:_NAMED]]})


@router.get(
    "/contact_imports/{int:import_id}/refused", operation_id="desk_import_refused", response=RefusedRows
)
def refused(request: Request, account_id: int, import_id: int, page: str = "1") -> HttpResponse:
    """Rows that stayed out, fifty to a page."""
    rows = selectors.refused_rows(_found(request, import_id))
    return json_reply({"payload": refused_json(page_of(rows, page=page, size=PAGE))})


@router.get(
    "/contact_imports/{int:import_id}/refused.csv",
    operation_id="desk_import_refused_file",
    response={200: None},
)
def refused_file(request: Request, account_id: int, import_id: int) -> StreamingHttpResponse:
    """The same as a file with the original columns and why."""
    job = _found(request, import_id)
    stem = str(job.file["filename"]).rsplit(".", 1)[0] or "contacts"
    name = _("%(file)s to correct.csv") % {"file": stem}
    note_lines_taken(job, by=request.auth.asker)
    response = StreamingHttpResponse(selectors.refused_table(job), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
