"""Tables of tickets and messages: asked for, followed while they are written, taken away (D-EXP)."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from django.core import signing
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from ninja import Schema

from ventanilla.accounts.policies import Capability
from ventanilla.api.application.conversation_access import visibility_of
from ventanilla.api.auth import Request
from ventanilla.api.given import Body, Given
from ventanilla.api.late import Router
from ventanilla.api.replies import json_reply
from ventanilla.exports import commands, selectors
from ventanilla.exports.models import Export
from ventanilla.exports.ranges import days_of
from ventanilla.exports.rows import rows_of
from ventanilla.kit import storage
from ventanilla.kit.clock import iso
from ventanilla.kit.errors import NotFound
from ventanilla.kit.pagination import page_number, page_of

router = Router(tags=["Desk"])

PAGE = 25
_SALT = "ventanilla.exports.file"
_GOOD_FOR_SECONDS = 5 * 60
# About as many bytes as a row of a CSV has.
_ROW_BYTES = {Export.Kind.TICKETS: 430, Export.Kind.MESSAGES: 360}


class MakerShape(Schema):
    """Who asked for it."""

    id: int
    name: str


class ExportShape(Schema):
    """One export. `done` of `total` rows are written; `rows` stand in the file, since what was deleted meanwhile does not.

    `position`: of the log, at which its rows were found. `problem` says why it failed: no_right, too_many_rows,
    parts_gone, filter_gone or failed.
    """

    id: int
    kind: Literal["tickets", "messages"]
    format: Literal["csv", "xlsx"]
    separator: str
    begins: str
    ends: str
    date_of: Literal["created", "updated"]
    order: Literal["activity", "waiting"]
    conditions: list[dict[str, Any]]
    state: Literal["queued", "running", "done", "cancelled", "failed", "expired"]
    problem: str
    position: str
    total: int
    done: int
    rows: int
    bytes: int
    created_by: MakerShape | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    expires_at: str | None
    is_downloaded: bool


class ExportList(Schema):
    """A page, newest first. `makers`: who made any; `begins` and `ends`: the range that a new one has at first."""

    payload: list[ExportShape]
    count: int
    page: int
    per_page: int
    makers: list[MakerShape]
    begins: str
    ends: str
    timezone: str


class TableBody(Body):
    """What to export. Days are of the account's time zone, both whole, the last seven if none is given.

    `conditions`: of F.15, with the keys of `filter_fields/conversation` or `filter_fields/message`.
    """

    kind: str = "tickets"
    format: str = "csv"
    separator: str = ","
    begins: str = ""
    ends: str = ""
    date_of: str = "updated"
    order: str = "activity"
    conditions: list[dict[str, Any]] = []


class TallyShape(Schema):
    """How many rows it would have now, and about how many bytes."""

    rows: int
    bytes: int


class FileShape(Schema):
    """Where the file is for five minutes, in the session that asked."""

    path: str


def _json(row: Export) -> dict[str, Any]:
    shown = selectors.export_json(row)
    for name in ("created_at", "started_at", "finished_at", "expires_at"):
        shown[name] = iso(shown[name])
    return shown


def _drafted(request: Request, given: TableBody) -> Export:
    request.auth.require(Capability.REPORTS_READ)
    return commands.drafted(
        request.auth.account,
        by=request.auth.person,
        visibility=visibility_of(request),
        locale=translation.get_language(),
        **given.dict(),
    )


def _own(request: Request, export_id: int) -> Export:
    request.auth.require(Capability.REPORTS_READ)
    return selectors.get_export(request.auth.account, visibility_of(request), export_id=export_id)


@router.get("/exports", operation_id="list_exports", response=ExportList)
def index(request: Request, account_id: int, by: int | None = None, page: str = "1") -> HttpResponse:
    """Those of the account; who does not see every conversation sees their own. `by`: of one maker."""
    request.auth.require(Capability.REPORTS_READ)
    account = request.auth.account
    rows = selectors.exports_for(account, visibility_of(request))
    asked = rows if by is None else rows.filter(created_by_id=by)
    begins, ends = days_of(None, None, timezone=account.timezone)
    return json_reply(
        {
            "payload": [_json(row) for row in page_of(asked, page=page, size=PAGE)],
            "count": asked.count(),
            "page": page_number(page),
            "per_page": PAGE,
            "makers": [{"id": one.pk, "name": one.available_name} for one in selectors.makers(rows)],
            "begins": begins.isoformat(),
            "ends": ends.isoformat(),
            "timezone": account.timezone,
        }
    )


@router.post("/exports", operation_id="begin_export", response=ExportShape)
def begin(request: Request, account_id: int, given: TableBody = Given()) -> HttpResponse:
    """Have a table written. 422 names the day when it is more than two months."""
    export = _drafted(request, given)
    return json_reply(_json(commands.begin(export, by=request.auth.person)))


@router.post("/exports/tally", operation_id="tally_export", response=TallyShape)
def tally(request: Request, account_id: int, given: TableBody = Given()) -> HttpResponse:
    """Count first: nothing is written."""
    export = _drafted(request, given)
    rows = rows_of(export, request.auth.account, visibility_of(request)).order_by().count()
    return json_reply({"rows": rows, "bytes": rows * _ROW_BYTES[Export.Kind(export.kind)]})


@router.get("/exports/{int:export_id}", operation_id="show_export", response=ExportShape)
def show(request: Request, account_id: int, export_id: int) -> HttpResponse:
    """How far it is."""
    return json_reply(_json(_own(request, export_id)))


@router.post("/exports/{int:export_id}/cancel", operation_id="cancel_export", response=ExportShape)
def cancel(request: Request, account_id: int, export_id: int) -> HttpResponse:
    """Stop it; no file is left. 409 when it has ended."""
    return json_reply(_json(commands.cancel(_own(request, export_id), by=request.auth.person)))


@router.post("/exports/{int:export_id}/repeat", operation_id="repeat_export", response=ExportShape)
def repeat(request: Request, account_id: int, export_id: int) -> HttpResponse:
    """Write one that failed or was cancelled, from its beginning and as whoever asks now. 409 for any other."""
    return json_reply(_json(commands.repeat(_own(request, export_id), by=request.auth.person)))


@router.post("/exports/{int:export_id}/download", operation_id="take_export", response=FileShape)
def take(request: Request, account_id: int, export_id: int) -> HttpResponse:
    """Where its file can be fetched now; noted in the audit log. 409 when there is none any more."""
    export = _own(request, export_id)
    commands.take_away(export, by=request.auth.person)
    key = signing.dumps([export.pk, request.auth.person.pk], salt=_SALT)
    path = f"/api/desk/accounts/{account_id}/exports/{export.pk}/file?key={quote(key)}"
    return json_reply({"path": path})


@router.get("/exports/{int:export_id}/file", operation_id="fetch_export", response={200: None})
def fetch(request: Request, account_id: int, export_id: int, key: str = "") -> HttpResponseBase:
    """The file, by a key of the last five minutes that the same person was given. 404 without one."""
    export = _own(request, export_id)
    try:
        given = signing.loads(key, salt=_SALT, max_age=_GOOD_FOR_SECONDS)
    except signing.BadSignature as error:
        raise NotFound from error
    if given != [export.pk, request.auth.person.pk] or not export.file:
        raise NotFound
    blob = commands.blob_of(export)
    try:
        content = storage.open_blob(blob)
    except FileNotFoundError as error:
        raise NotFound from error
    response = FileResponse(
        content, as_attachment=True, filename=blob.filename, content_type=blob.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
